import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ClockComparison } from '../../../harness/domain/cluster.ts';
import { toRunClock } from '../../../harness/evidence/observe-cluster.ts';

const comparison = (observerMonotonicMs: number, aheadMs: number): ClockComparison => ({
  observerMonotonicMs,
  agentMonotonicMs: observerMonotonicMs + aheadMs,
  roundTripMs: 0.4,
});

describe('the time of an agent’s event on the run’s clock', () => {
  const clocks = [comparison(1_000, 500), comparison(3_000, 510)];
  const onRunClock = toRunClock({ clocks }, false);

  test('is less by what its clock was ahead at first', () => {
    expect(onRunClock(1_500)).toBe(1_000);
  });

  test('is less by what its clock was ahead in the end', () => {
    expect(onRunClock(3_510)).toBeCloseTo(3_000, 9);
  });

  test('follows a drift in between and beyond', () => {
    expect(onRunClock(2_505)).toBeCloseTo(2_000, 9);
    expect(onRunClock(495)).toBeCloseTo(0, 9);
  });

  test('is its own on the same machine, whatever was measured', () => {
    expect(toRunClock({ clocks }, true)(1_500)).toBe(1_500);
  });
});

test('two events of one clock keep their order', () => {
  const ahead = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  const drift = fc.double({ min: -20, max: 20, noNaN: true });
  const moment = fc.double({ min: 0, max: 4_000, noNaN: true });
  fc.assert(
    fc.property(ahead, drift, moment, moment, (aheadMs, driftMs, one, other) => {
      const clocks = [comparison(0, aheadMs), comparison(4_000, aheadMs + driftMs)];
      const onRunClock = toRunClock({ clocks }, false);
      const [earlier, later] = one < other ? [one, other] : [other, one];
      expect(onRunClock(aheadMs + earlier)).toBeLessThanOrEqual(onRunClock(aheadMs + later));
    }),
  );
});
