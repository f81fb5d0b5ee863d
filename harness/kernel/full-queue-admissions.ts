import type { Range } from '../domain/prediction.ts';
import type { KernelModel } from '../domain/scenario.ts';
import { synQueueCapacity } from './queue-capacity.ts';
import { synAckTimesMs, synsWithin, synTimesMs } from './schedules.ts';

/** Requests that entered the SYN queue together. */
export interface Cohort {
  readonly atMs: number;
  readonly requests: number;
}

/** Clients that knock at a full accept queue of a kernel before 4.10, all at 0 ms. */
export interface Knocking {
  readonly backlog: number;
  readonly clients: number;
  readonly connectTimeoutMs: number;
  /** Requests that are in the SYN queue already. */
  readonly held: readonly Cohort[];
  /** Until then every SYN is refused because the SYN queue is full. */
  readonly refusedUntilMs: number;
}

/** What became of them. Everybody who got a SYN-ACK is connected and fooled. */
export interface Admissions {
  readonly fooled: number;
  readonly refused: number;
  readonly refusedSyns: Range;
  /** Requests in the SYN queue when the last client is settled. */
  readonly held: number;
}

/**
 * The rule of before 4.10 (5ea8ea2cb7f1 ended it): a SYN for a full accept queue is refused only
 * while more than one request is young, that is, has not timed out yet. So two clients are fooled
 * at once, and two more whenever SYNs come again after those have aged: at each SYN time but, to
 * 4.0, the first repetition, because there a scan every 200 ms ages requests a little late (3.10:
 * pairs at 3 and 7 s; 2.6.32: at 9 s). Once the SYN queue is full, SYN cookies admit everybody
 * else (4.4: at the first repetition); without them everybody else is refused.
 *
 * A best effort: the moments are those of `synTimesMs`, a client that may or may not repeat its
 * SYN in time counts as refused, and requests live as long as `synAckTimesMs` says.
 */
export function admitBeforeKernel410(knocking: Knocking, kernel: KernelModel): Admissions {
  const schedule = synTimesMs(kernel);
  const certain = synsWithin(schedule, knocking.connectTimeoutMs);
  const cohorts = [...knocking.held];
  let waiting = knocking.clients;
  let refusedSyns = 0;
  let settledAtMs = 0;
  for (const atMs of schedule.timesMs.slice(0, certain.least)) {
    if (waiting === 0) break;
    settledAtMs = atMs;
    if (atMs >= knocking.refusedUntilMs) {
      const admitted = admitNow(waiting, atMs, cohorts, knocking.backlog, kernel);
      cohorts.push({ atMs, requests: admitted.asRequest });
      waiting -= admitted.asRequest + admitted.byCookie;
    }
    refusedSyns += waiting;
  }
  if (waiting > 0) settledAtMs = Math.min(knocking.connectTimeoutMs, schedule.givesUpMs);
  return {
    fooled: knocking.clients - waiting,
    refused: waiting,
    refusedSyns: {
      least: refusedSyns,
      most: refusedSyns + waiting * (certain.most - certain.least),
    },
    held: requestsYoungerThan(cohorts, settledAtMs, synAckTimesMs(kernel).givesUpMs, kernel),
  };
}

interface Admitted {
  readonly asRequest: number;
  readonly byCookie: number;
}

function admitNow(
  waiting: number,
  atMs: number,
  cohorts: readonly Cohort[],
  backlog: number,
  kernel: KernelModel,
): Admitted {
  const { givesUpMs } = synAckTimesMs(kernel);
  const held = requestsYoungerThan(cohorts, atMs, givesUpMs, kernel);
  const young = requestsYoungerThan(cohorts, atMs, kernel.rules.initialRtoMs, kernel);
  const room = Math.max(0, synQueueCapacity(backlog, kernel) - held);
  const asRequest = Math.min(waiting, room, Math.max(0, 2 - young));
  const cookies = kernel.syncookies !== 0 && young + asRequest < 2;
  return { asRequest, byCookie: cookies ? waiting - asRequest : 0 };
}

/** Requests whose timer of that length has not fired yet. */
function requestsYoungerThan(
  cohorts: readonly Cohort[],
  atMs: number,
  timerMs: number,
  kernel: KernelModel,
): number {
  return cohorts
    .filter((cohort) => atMs < cohort.atMs + timerMs + synAckTimerLateMs(kernel))
    .reduce((sum, cohort) => sum + cohort.requests, 0);
}

/**
 * To 4.0 one timer for each listener looks after its requests every 200 ms; from 4.1, which also
 * brought the 32-bit limit, each request has its own, armed before any refused client's.
 */
export function synAckTimerLateMs(kernel: KernelModel): number {
  return kernel.rules.acceptQueueLimitBits === 16 ? 200 : 0;
}
