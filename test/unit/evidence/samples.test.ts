import { expect, test } from 'vitest';
import { placeSample } from '../../../harness/evidence/samples.ts';

test('a sample stands on the axis, and what was not read stays absent', () => {
  const toMs = (monotonicMs: number): number => monotonicMs - 100;
  expect(placeSample({ monotonicMs: 150, acceptQueueLength: 3 }, toMs)).toEqual({
    atMs: 50,
    acceptQueueLength: 3,
  });
  expect(
    placeSample({ monotonicMs: 99, synQueueLength: 2, ListenOverflows: 0, ListenDrops: 1 }, toMs),
  ).toEqual({ atMs: -1, synQueueLength: 2, listenOverflows: 0, listenDrops: 1 });
});
