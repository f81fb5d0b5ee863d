import { describe, expect, test } from 'vitest';
import { oldSynQueueFormula } from '../../../harness/kernel/queue-capacity.ts';
import { queueCapacities } from '../../../harness/scenarios/queue-capacities.ts';
import { defaultCells, parametersOf, productOf } from '../../../harness/scenarios/sweep-grid.ts';

const words = defaultCells().map(
  ({ backlog, somaxconn, maxSynBacklog, syncookies }) =>
    `${backlog} ${somaxconn} ${maxSynBacklog} ${syncookies}`,
);

describe('the settings that a sweep measures by default', () => {
  test('are at least sixty, each once', () => {
    expect(words.length).toBeGreaterThanOrEqual(60);
    expect(new Set(words).size).toBe(words.length);
  });

  test.each(
    [1, 2, 5, 128, 511, 4_096].flatMap((backlog) =>
      [1, 2, 128, 4_096].map((somaxconn) => [backlog, somaxconn] as const),
    ),
  )('cover 002-e: backlog %i, somaxconn %i', (backlog, somaxconn) => {
    expect(words).toContain(`${backlog} ${somaxconn} 128 1`);
  });

  test.each([
    [1, 128],
    [2, 128],
    [7, 128],
    [8, 128],
    [128, 64],
    [128, 128],
    [128, 256],
    [511, 4_096],
    [511, 512],
  ])('cover 002-a: backlog %i, tcp_max_syn_backlog %i, no cookies', (backlog, maxSynBacklog) => {
    expect(words).toContain(`${backlog} 4096 ${maxSynBacklog} 0`);
  });

  test('cover 002-b with cookies, and cookies for everybody', () => {
    expect(words).toContain('128 4096 64 1');
    expect(words).toContain('128 4096 64 2');
  });
});

test('lists are combined, each with each', () => {
  const cells = productOf({
    backlog: [1, 2],
    somaxconn: [128],
    maxSynBacklog: [64, 128, 256],
    syncookies: [0, 1],
  });
  expect(cells).toHaveLength(12);
  expect(cells[3]).toEqual({ backlog: 1, somaxconn: 128, maxSynBacklog: 128, syncookies: 1 });
});

test('more clients flood a cell than any known rule lets in', () => {
  for (const cell of defaultCells()) {
    const { clients } = parametersOf(cell);
    const { backlog, somaxconn, maxSynBacklog } = cell;
    expect(clients).toBeGreaterThan(Math.min(backlog, somaxconn) + 1);
    expect(clients).toBeGreaterThan(oldSynQueueFormula(backlog, somaxconn, maxSynBacklog));
  }
});

test('clients that would repeat their SYNs are refused with a remedy', () => {
  const slow = { ...queueCapacities.defaults, connectTimeoutMs: 1_000 };
  expect(() => queueCapacities.plan(slow)).toThrow(
    expect.objectContaining({ code: 'USAGE', remedy: expect.stringContaining('900ms') }),
  );
});
