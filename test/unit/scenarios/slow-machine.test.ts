import { describe, expect, test } from 'vitest';
import { fooledClient } from '../../../harness/scenarios/fooled-client.ts';
import { LAST, openedLate, tooLate } from '../../../harness/scenarios/last-place.ts';
import { repeatedItsSyn } from '../../../harness/scenarios/one-syn.ts';
import { synQueue } from '../../../harness/scenarios/syn-queue.ts';
import { youngRequests } from '../../../harness/scenarios/young-requests.ts';
import {
  buildFooled,
  buildObservations,
  buildTimedOut,
  buildWaiting,
} from '../../helpers/build-observations.ts';

describe('a SYN that was repeated in spite of a short timer', () => {
  const repeatedAfter = (ms: number) =>
    buildObservations([buildTimedOut(1, 0, [0, ms], ms + 10)], {
      plan: synQueue.plan(synQueue.defaults),
    });

  test.each([990, 1_000, 1_040])('after %i ms the machine was late', (ms) => {
    expect(repeatedItsSyn(repeatedAfter(ms))?.reason).toContain('too slow');
  });

  test.each([200, 500, 980])('after %i ms the kernel was early, which is no excuse', (ms) => {
    expect(repeatedItsSyn(repeatedAfter(ms))).toBeNull();
  });
});

describe('a SYN-ACK that was repeated too soon for the experiment', () => {
  const repeatedAfter = (ms: number) => {
    const last = buildWaiting(2, 1_200);
    const fooled = buildFooled(1, 0, [0, ms]);
    return buildObservations([fooled, { ...last, story: { ...last.story, wave: LAST } }]);
  };

  test('spoils the run when it was due', () => {
    expect(tooLate(repeatedAfter(1_030))?.reason).toContain('too slow');
    expect(youngRequests.spoiledBy?.(repeatedAfter(1_030))?.reason).toContain('too slow');
  });

  test('is a finding about the kernel when it was not', () => {
    expect(tooLate(repeatedAfter(300))).toBeNull();
    expect(youngRequests.spoiledBy?.(repeatedAfter(300))).toBeNull();
  });
});

describe('a gate that opened when a SYN-ACK had been repeated', () => {
  const openedAt = (openedAtMs: number) => {
    const plan = fooledClient.plan(fooledClient.defaults);
    const steps = plan.steps.map((step) => {
      const atMs = step.kind === 'gate' && !step.closed ? openedAtMs : 0;
      return { label: step.kind, startedAtMs: atMs, endedAtMs: atMs };
    });
    return buildObservations([buildFooled(1, 0, [0, 1_030, 3_080])], { plan, steps });
  };

  test('spoils the run: the ACK that it drew was held back', () => {
    expect(openedLate(openedAt(1_100))?.reason).toContain('before the gate opened');
    expect(fooledClient.spoiledBy?.(openedAt(1_100))).not.toBeNull();
  });

  test('does not matter in time', () => {
    expect(openedLate(openedAt(900))).toBeNull();
  });
});
