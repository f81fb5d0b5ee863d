import { expect, test } from 'vitest';
import { dueTurns } from '../../../clients/take-turns.ts';

const FOUR_IN_100_MS = { members: 4, everyMs: 100 };

test.each([
  ['the first turn is due at once', 0, 0, { from: 0, until: 1, nextAtMs: 25 }],
  ['the next one after a share of the period', 1, 25, { from: 1, until: 2, nextAtMs: 50 }],
  ['a timer that was early finds none', 1, 24.9, { from: 1, until: 1, nextAtMs: 25 }],
  ['a late one finds all that are due', 1, 99, { from: 1, until: 4, nextAtMs: 100 }],
  ['but of each member one at most', 1, 1_000, { from: 37, until: 41, nextAtMs: 1_025 }],
])('%s', (_, taken, elapsedMs, due) => {
  expect(dueTurns(FOUR_IN_100_MS, taken, elapsedMs)).toEqual(due);
});

test('a clock that stands still takes no turn twice', () => {
  const { until } = dueTurns(FOUR_IN_100_MS, 0, 60);
  expect(dueTurns(FOUR_IN_100_MS, until, 60)).toEqual({ from: 3, until: 3, nextAtMs: 75 });
});
