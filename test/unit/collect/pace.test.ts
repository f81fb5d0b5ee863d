import { expect, test } from 'vitest';
import { type Pace, paceOf } from '../../../harness/collect/pace.ts';

/** Looks whenever the timer comes and one is due; returns when. */
function looksOf(pace: Pace, everyMs: number, costsMs: readonly number[]): readonly number[] {
  const times: number[] = [];
  for (let nowMs = 0; times.length < costsMs.length; nowMs += everyMs) {
    if (!pace.isDue(nowMs)) continue;
    pace.looked(nowMs, costsMs[times.length] ?? 0);
    times.push(nowMs);
  }
  return times;
}

test('a cheap look is taken whenever the timer comes, also after a dear one', () => {
  const costs = [30, 0.2, 0.2, 40, 0.3, 0.2, 0.4, 0.4];
  expect(looksOf(paceOf(10), 10, costs)).toEqual([0, 10, 20, 30, 40, 50, 60, 70]);
});

test('where every look is dear they are twenty times as far apart as one takes', () => {
  expect(looksOf(paceOf(10), 10, [9, 5, 5, 6, 5])).toEqual([0, 10, 110, 210, 310]);
});

test('what the last looks took counts, and not what a look took long ago', () => {
  const costs = [0.5, 0.5, ...Array.from({ length: 12 }, () => 5)];
  const times = looksOf(paceOf(10), 10, costs);
  expect((times.at(-1) ?? 0) - (times.at(-2) ?? 0)).toBe(100);
  expect((times[5] ?? 0) - (times[4] ?? 0)).toBe(10);
});

test('looks that were asked for closer than usual are taken', () => {
  expect(looksOf(paceOf(1), 1, [0.3, 0.3, 0.3, 0.3])).toEqual([0, 1, 2, 3]);
  expect(looksOf(paceOf(1), 1, [2, 2, 2, 2])).toEqual([0, 1, 5, 9]);
});
