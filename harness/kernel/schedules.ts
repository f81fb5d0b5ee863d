import type { Range } from '../domain/prediction.ts';
import type { KernelModel, KernelRules } from '../domain/scenario.ts';

/** When a segment is sent, from its first transmission (0) on, and when the kernel gives up. */
export interface Schedule {
  readonly timesMs: readonly number[];
  readonly givesUpMs: number;
}

/** TCP_RTO_MAX. From 6.15 it is tcp_rto_max_ms (1280c26228bd), which the lab leaves alone. */
const LONGEST_RTO_MS = 120_000;
/** TCP_RTO_MIN, by which two faulty generations of kernels measured their patience. */
const SHORTEST_RTO_MS = 200;

/** What a kernel needs to know about a connect(2) that nobody answers. */
export interface SynPatience extends Pick<KernelModel, 'synRetries' | 'synLinearTimeouts'> {
  readonly rules: Pick<KernelRules, 'initialRtoMs' | 'connectGiveUp' | 'linearSynTimeouts'>;
}

/**
 * The SYNs of a connect(2) that nobody answers, and its ETIMEDOUT.
 *
 * Each repetition doubles the timeout, except the first tcp_syn_linear_timeouts ones (6.5,
 * ccce324dabfe). A timer that fires gives up when either of these is true and a SYN has been
 * repeated at least once:
 *
 * - tcp_syn_retries + tcp_syn_linear_timeouts repetitions were sent;
 * - so much time has passed as tcp_syn_retries *doubling* repetitions take. Linear ones do not
 *   count here, so a small tcp_syn_retries ends early: with retries 1 and linear 4 SYNs leave at
 *   0, 1, 2 s and connect(2) fails at 3 s (seen on 6.18: 2 repetitions, 3.07 s; with retries 2:
 *   5 repetitions, 7.14 s).
 *
 * That time is computed from the initial timeout, but from 200 ms in two faulty generations:
 * to 2.6.35 (`counts-200ms-base`, fixed by 4d22f7d372f5; with 5 retries 0, 3, 9 and failure at
 * 21 s) and in 5.1 to 5.3 (`one-step-early`, a41e8a88b06e to 3256a2d6ab1f; with 6 retries 0, 1, 3,
 * 7, 15 and failure at 31 s). The second name understates it: with 6 retries two repetitions are
 * missing. Both follow from the same computation.
 */
export function synTimesMs(kernel: SynPatience): Schedule {
  const { initialRtoMs, connectGiveUp, linearSynTimeouts } = kernel.rules;
  const linear = linearSynTimeouts ? kernel.synLinearTimeouts : 0;
  const patienceMs = doublingTimeMs(
    kernel.synRetries,
    connectGiveUp === 'full-schedule' ? initialRtoMs : SHORTEST_RTO_MS,
  );
  const mostRepetitions = Math.max(1, kernel.synRetries + linear);
  const timesMs = [0];
  let rtoMs: number = initialRtoMs;
  let atMs = rtoMs;
  for (let sent = 0; sent === 0 || (sent < mostRepetitions && atMs < patienceMs); ) {
    timesMs.push(atMs);
    sent += 1;
    if (sent > linear) rtoMs = Math.min(rtoMs * 2, LONGEST_RTO_MS);
    atMs += rtoMs;
  }
  return { timesMs, givesUpMs: atMs };
}

/** How long a first transmission and so many repetitions take: retransmits_timed_out() in the kernel. */
function doublingTimeMs(repetitions: number, initialRtoMs: number): number {
  const doublings = Math.min(repetitions, Math.floor(Math.log2(LONGEST_RTO_MS / initialRtoMs)));
  return (2 ** (doublings + 1) - 1) * initialRtoMs + (repetitions - doublings) * LONGEST_RTO_MS;
}

/**
 * The SYN-ACKs of a request whose final ACK never counts, and when the request is forgotten:
 * tcp_synack_retries repetitions, always doubling. A SYN queue that is more than half full
 * forgets old requests sooner (from the third SYN-ACK's timeout on; section Q5 of the kernel
 * notes), which this schedule does not show.
 */
export function synAckTimesMs(kernel: KernelModel): Schedule {
  const timesMs = [0];
  let rtoMs: number = kernel.rules.initialRtoMs;
  let atMs = rtoMs;
  while (timesMs.length <= kernel.synackRetries) {
    timesMs.push(atMs);
    rtoMs = Math.min(rtoMs * 2, LONGEST_RTO_MS);
    atMs += rtoMs;
  }
  return { timesMs, givesUpMs: atMs };
}

/** Allowed for the scheduling of a busy machine. */
export const SCHEDULING_MS = 40;

/** How far a packet may lie from its place in a schedule. */
export interface Tolerance {
  readonly earlyMs: number;
  readonly lateMs: number;
}

/**
 * A kernel timer never fires early, but the clock that arms it ticks in jiffies of up to 10 ms,
 * and the first packet's time stamp may be that much younger. It fires late because the timer
 * wheel (4.8) sorts timers into slots of up to an eighth of their length; 67 s are seen at 67.9,
 * 131 s at 133.4, but also 7 s at 7.2: usually 2 %, never more than an eighth. 40 ms are added for
 * the scheduling of a busy machine. Even so the steps of the default
 * schedules cannot be confused.
 *
 * Not covered: SYN-ACKs before 4.1, whose timers a scan of the whole listener delays by up to
 * 0.5 s (2.6.32: 1.5 s) per step.
 */
export function retransmissionTolerance(expectedMs: number): Tolerance {
  return { earlyMs: 10, lateMs: Math.ceil(expectedMs / 8) + SCHEDULING_MS };
}

/** Whether a packet that much after the first one lies at its place in a schedule; undefined: it has none. */
export function isDue(afterMs: number, dueMs: number | undefined): boolean {
  if (dueMs === undefined) return false;
  const { earlyMs, lateMs } = retransmissionTolerance(dueMs);
  return dueMs - earlyMs <= afterMs && afterMs <= dueMs + lateMs;
}

/** How late an application's own timer may be in a client process full of sockets. */
const OWN_TIMER_LATE_MS = 50;

/**
 * How many SYNs, the first included, leave before an application that waits `timeoutMs` ends the
 * attempt. A range where a repetition falls so near the timeout that either may come first.
 */
export function synsWithin(schedule: Schedule, timeoutMs: number): Range {
  const [, ...repetitionsMs] = schedule.timesMs;
  return {
    least: 1 + repetitionsMs.filter((atMs) => isSentBefore(atMs, timeoutMs)).length,
    most: 1 + repetitionsMs.filter((atMs) => atMs <= timeoutMs + OWN_TIMER_LATE_MS).length,
  };
}

function isSentBefore(atMs: number, timeoutMs: number): boolean {
  return atMs + retransmissionTolerance(atMs).lateMs <= timeoutMs;
}
