import type { ClockAnchor, RunClock } from '../domain/evidence.ts';
import { EvidenceUnreadable } from './evidence-unreadable.ts';

/** The run's one time axis in milliseconds; zero is the beginning of the first connect step. */
export interface TimeAxis {
  readonly fromMonotonicMs: (monotonicMs: number) => number;
  /** `wallNs`: nanoseconds since the epoch, as a capture stamps its packets. */
  readonly fromWallNs: (wallNs: bigint) => number;
  /** The most the wall clock moved against the monotonic one between the anchors; never negative. */
  readonly driftMs: number;
}

interface Anchor {
  readonly monotonicMs: number;
  readonly wallNs: bigint;
}

const toAnchor = ({ monotonicMs, wallNs }: ClockAnchor): Anchor => {
  if (!Number.isFinite(monotonicMs) || !/^\d+$/.test(wallNs)) {
    throw new EvidenceUnreadable(`An anchor of the clocks is unreadable: '${wallNs}' ns.`);
  }
  return { monotonicMs, wallNs: BigInt(wallNs) };
};

/** Exact differences first: nanoseconds since the epoch do not fit a number. */
const wallMsBetween = (from: Anchor, wallNs: bigint): number => Number(wallNs - from.wallNs) / 1e6;

const driftBetween = (first: Anchor, other: Anchor): number =>
  Math.abs(wallMsBetween(first, other.wallNs) - (other.monotonicMs - first.monotonicMs));

/** Monotonic milliseconds per wall millisecond; 1 where two anchors do not give a direction. */
const rateBetween = (first: Anchor, last: Anchor): number => {
  const wallMs = wallMsBetween(first, last.wallNs);
  const monotonicMs = last.monotonicMs - first.monotonicMs;
  return wallMs > 0 && monotonicMs > 0 ? monotonicMs / wallMs : 1;
};

/**
 * Puts both clocks on one axis. Wall time is interpolated linearly between the first and the last
 * anchor, and beyond them at the same rate; a single anchor gives a constant offset. Throws
 * EvidenceUnreadable when there is no anchor or one is malformed.
 */
export const timeAxis = (clock: RunClock): TimeAxis => {
  const anchors = clock.anchors.map(toAnchor).sort((a, b) => a.monotonicMs - b.monotonicMs);
  const first = anchors[0];
  const last = anchors.at(-1);
  if (first === undefined || last === undefined) {
    throw new EvidenceUnreadable('The clocks have no anchor, so packets have no place in time.');
  }
  const rate = rateBetween(first, last);
  const fromMonotonicMs = (monotonicMs: number): number => monotonicMs - clock.originMonotonicMs;
  return {
    fromMonotonicMs,
    fromWallNs: (wallNs) =>
      fromMonotonicMs(first.monotonicMs + wallMsBetween(first, wallNs) * rate),
    driftMs: Math.max(...anchors.map((anchor) => driftBetween(first, anchor))),
  };
};
