import { expect, test } from 'vitest';
import {
  estimateLeftMs,
  progressLine,
  type RunLeft,
} from '../../../harness/commands/verify-progress.ts';

const left = (lastsMs: number, elapsedMs: number | null = null): RunLeft => ({
  label: `r${lastsMs}`,
  lastsMs,
  elapsedMs,
});

test.each([
  ['nothing is left', [], 4, 0],
  ['the longest decides when all run at once', [left(9_000, 1_000), left(2_000, 1_000)], 8, 8_000],
  ['the jobs share the rest', [left(4_000), left(4_000), left(4_000)], 2, 6_000],
  ['a run that takes longer than expected is nearly done', [left(2_000, 7_000)], 2, 0],
])('%s', (_, runs, jobs, expected) => {
  expect(estimateLeftMs(runs, jobs)).toBe(expected);
});

test('the line says what is done, what runs and how long it takes', () => {
  const line = progressLine([left(9_000, 1_500), left(2_000), left(3_000, 100)], 12, 2);
  expect(line).toBe('9/12 done, about 8 s left; running: r9000, r3000');
});
