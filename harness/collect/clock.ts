import type { ClockAnchor } from '../domain/evidence.ts';

/** CLOCK_MONOTONIC in milliseconds: the same in every process and namespace of a machine. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Between the two looks that the tick lies between; a process that is interrupted there is late. */
const FAR_APART_MS = 0.2;
const MOST_TRIES = 20;

/**
 * The same instant on the monotonic and on the wall clock, to a few microseconds. Node reads the
 * wall clock in whole milliseconds only, so this waits (under 1 ms) for the tick between two, and
 * for another one when it was interrupted then. The best of some tries is given.
 */
export function readClockAnchor(): ClockAnchor {
  let best = awaitTick();
  for (let tries = 1; best.apartMs > FAR_APART_MS && tries < MOST_TRIES; tries += 1) {
    const next = awaitTick();
    if (next.apartMs < best.apartMs) best = next;
  }
  return best.anchor;
}

/** The tick came at most `apartMs` before the anchor's monotonic time. */
interface Tick {
  readonly anchor: ClockAnchor;
  readonly apartMs: number;
}

function awaitTick(): Tick {
  let earlierMs = monotonicMs();
  let latestMs = earlierMs;
  const before = Date.now();
  let wall = before;
  while (wall === before) {
    earlierMs = latestMs;
    latestMs = monotonicMs();
    wall = Date.now();
  }
  const tickedMs = monotonicMs();
  return {
    anchor: { monotonicMs: tickedMs, wallNs: `${wall}000000` },
    apartMs: tickedMs - earlierMs,
  };
}
