import type { ClockAnchor } from '../domain/evidence.ts';

/** CLOCK_MONOTONIC in milliseconds: the same in every process and namespace of a machine. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/**
 * The same instant on the monotonic and on the wall clock, to a few microseconds. Node reads the
 * wall clock in whole milliseconds only, so this waits (under 1 ms) for the tick between two.
 */
export function readClockAnchor(): ClockAnchor {
  const before = Date.now();
  let wall = before;
  while (wall === before) wall = Date.now();
  return { monotonicMs: monotonicMs(), wallNs: `${wall}000000` };
}
