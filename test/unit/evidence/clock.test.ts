import { expect, test } from 'vitest';
import { timeAxis } from '../../../harness/evidence/clock.ts';

const T0 = 1_790_000_000_000_000_000n;
const anchor = (monotonicMs: number, wallNs: bigint) => ({ monotonicMs, wallNs: `${wallNs}` });

test('one anchor gives a constant offset and no drift', () => {
  const axis = timeAxis({ originMonotonicMs: 1500, anchors: [anchor(1000, T0)] });
  expect(axis.fromMonotonicMs(1750)).toBe(250);
  expect(axis.fromWallNs(T0 + 500_000_000n)).toBe(0);
  expect(axis.fromWallNs(T0 + 500_000_001n)).toBeCloseTo(1e-6, 9);
  expect(axis.driftMs).toBe(0);
});

test('a wall clock that is slewed is interpolated between the anchors', () => {
  const axis = timeAxis({
    originMonotonicMs: 1000,
    anchors: [anchor(1000, T0), anchor(3000, T0 + 2_010_000_000n)],
  });
  expect(axis.fromWallNs(T0)).toBe(0);
  expect(axis.fromWallNs(T0 + 1_005_000_000n)).toBeCloseTo(1000, 6);
  expect(axis.fromWallNs(T0 + 2_010_000_000n)).toBeCloseTo(2000, 6);
  expect(axis.driftMs).toBeCloseTo(10, 6);
});

test('a wall clock that was set back shows as drift', () => {
  const axis = timeAxis({
    originMonotonicMs: 0,
    anchors: [anchor(1000, T0), anchor(3000, T0 - 1_000_000_000n)],
  });
  expect(axis.driftMs).toBeCloseTo(3000, 6);
  expect(axis.fromWallNs(T0 + 1_000_000n)).toBeCloseTo(1001, 6);
});

test('anchors in between show a step that was taken back', () => {
  const axis = timeAxis({
    originMonotonicMs: 0,
    anchors: [
      anchor(1000, T0),
      anchor(2000, T0 + 1_050_000_000n),
      anchor(3000, T0 + 2_000_000_000n),
    ],
  });
  expect(axis.driftMs).toBeCloseTo(50, 6);
});

test('clocks without an anchor, or with a broken one, are unreadable', () => {
  expect(() => timeAxis({ originMonotonicMs: 0, anchors: [] })).toThrow('no anchor');
  const broken = { monotonicMs: 1, wallNs: '1.5e18' };
  expect(() => timeAxis({ originMonotonicMs: 0, anchors: [broken] })).toThrow('1.5e18');
});
