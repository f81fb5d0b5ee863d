/** Whether a timer of the kernel came before what should have been over by then. */
import { retransmissionTolerance } from '../kernel/schedules.ts';

/** The first SYN and SYN-ACK are repeated after that long, from 3.1 on. */
export const FIRST_REPETITION_MS = 1_000;

/**
 * True for a segment that was repeated when it was due: then whatever should have come before it
 * was late. A kernel's timer never fires early, so a repetition that comes sooner is a finding
 * about the kernel, and no excuse.
 */
export const wasDue = (
  [first]: readonly { readonly atMs: number }[],
  again: { readonly atMs: number; readonly retransmission: boolean },
): boolean =>
  again.retransmission &&
  first !== undefined &&
  again.atMs - first.atMs >=
    FIRST_REPETITION_MS - retransmissionTolerance(FIRST_REPETITION_MS).earlyMs;
