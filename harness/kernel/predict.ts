import type { Prediction, Range, SurePrediction } from '../domain/prediction.ts';
import type { KernelModel } from '../domain/scenario.ts';
import {
  type Admissions,
  admitBeforeKernel410,
  synAckTimerLateMs,
} from './full-queue-admissions.ts';
import { acceptQueueCapacity, acceptQueueLimit, synQueueCapacity } from './queue-capacity.ts';
import { synAckTimesMs, synsWithin, synTimesMs } from './schedules.ts';

export interface Crowd {
  readonly backlog: number;
  readonly clients: number;
  readonly connectTimeoutMs: number;
  /** Unanswered data is repeated sooner than a SYN-ACK, and completes a request or a cookie too. */
  readonly sendsData?: boolean;
}

/** The part of a prediction that depends on the experiment. */
type Tally = Pick<
  SurePrediction,
  'connected' | 'timedOut' | 'fooled' | 'acceptQueueLength' | 'synQueueLength' | 'refusedSyns'
>;

const NO_SYNS: Range = { least: 0, most: 0 };
const NOBODY: Admissions = { fooled: 0, refused: 0, refusedSyns: NO_SYNS, held: 0 };

/**
 * The experiment: a server that never accepts, N silent clients at once or one after another, no
 * gate, so that each handshake completes inside connect(2). Limit + 1 clients fill the accept
 * queue.
 *
 * - From 4.10 each SYN of all others is refused, until their own timer or the kernel ends them.
 * - Before, some are fooled; see `admitBeforeKernel410`. That part holds for clients that start
 *   together. With tcp_abort_on_overflow they are reset inside connect(2) instead, and are neither
 *   `connected` nor `timedOut`.
 *
 * Exception (4.4 to 6.12): limit 0 without SYN cookies refuses everybody, because the SYN queue
 * holds nothing.
 */
export function predictOverflow(crowd: Crowd, kernel: KernelModel): SurePrediction {
  const served = answersSyns(crowd.backlog, kernel)
    ? Math.min(crowd.clients, acceptQueueCapacity(crowd.backlog, kernel))
    : 0;
  const others = othersOnFullQueue(crowd, crowd.clients - served, served > 0, kernel);
  return predictionOf(crowd.backlog, kernel, {
    connected: served + others.fooled,
    timedOut: others.refused,
    fooled: others.fooled,
    acceptQueueLength: served,
    synQueueLength: others.held,
    refusedSyns: others.refusedSyns,
  });
}

function othersOnFullQueue(
  crowd: Crowd,
  others: number,
  queueIsFull: boolean,
  kernel: KernelModel,
): Admissions {
  if (kernel.rules.synOnFullAcceptQueue === 'dropped' || !queueIsFull) {
    return refuseAll(others, crowd.connectTimeoutMs, kernel);
  }
  const holdsRequests = synQueueCapacity(crowd.backlog, kernel) > 0;
  if (kernel.abortOnOverflow !== 0 && holdsRequests) return NOBODY;
  return admitBeforeKernel410({ ...crowd, clients: others, held: [], refusedUntilMs: 0 }, kernel);
}

/**
 * The experiment: B clients (the accept-queue limit) connect and leave one place free; a gate then
 * holds back every segment of the clients but SYNs; the other N - B connect while the accept queue
 * is not full; the gate opens before the first SYN-ACK is repeated. The clients are silent and the
 * closing snapshot is taken after all requests have expired.
 *
 * - As many as the SYN queue holds become requests. When their SYN-ACKs are repeated, exactly one
 *   completes and the final ACKs of all others are dropped: they are fooled.
 * - The next get SYN cookies: connected, no state, nothing that would ever be repeated. Fooled.
 * - Without cookies they are refused and time out; before 4.10 one of them is fooled late, because
 *   the completed request leaves a place in the SYN queue and the old rule lets a SYN in.
 * - Clients that send data repeat it, and need no repeated SYN-ACK: then one of those with a SYN
 *   cookie may complete, too, in place of a request.
 * - With tcp_abort_on_overflow the requests are reset (they count as `connected`, not as
 *   `fooled`); cookie clients stay fooled.
 *
 * Assumes tcp_synack_retries >= 1 where SYNs are refused; with 0 no SYN-ACK is repeated and no
 * request completes.
 */
export function predictFooled(crowd: Crowd, kernel: KernelModel): SurePrediction {
  const firstWave = Math.min(crowd.clients, acceptQueueLimit(crowd.backlog, kernel));
  const secondWave = crowd.clients - firstWave;
  const requests = Math.min(secondWave, synQueueCapacity(crowd.backlog, kernel));
  const beyond = secondWave - requests;
  const cookies = kernel.syncookies === 0 ? 0 : beyond;
  const byRepetition = requests > 0 && kernel.synackRetries > 0;
  const byData = crowd.sendsData === true && requests + cookies > 0;
  const completed = byRepetition || byData ? 1 : 0;
  const late = refusedBehindRequests(crowd, beyond - cookies, requests - completed, kernel);
  const takenByRequest = Math.min(completed, requests);
  const dropped = kernel.abortOnOverflow === 0 ? requests - takenByRequest : 0;
  return predictionOf(crowd.backlog, kernel, {
    connected: firstWave + requests + cookies + late.fooled,
    timedOut: late.refused,
    fooled: dropped + cookies - (completed - takenByRequest) + late.fooled,
    acceptQueueLength: firstWave + completed,
    synQueueLength: 0,
    refusedSyns: late.refusedSyns,
  });
}

/** Clients that find the SYN queue full at first, and the accept queue when one request completed. */
function refusedBehindRequests(
  crowd: Crowd,
  clients: number,
  requests: number,
  kernel: KernelModel,
): Admissions {
  if (kernel.rules.synOnFullAcceptQueue === 'dropped' || !answersSyns(crowd.backlog, kernel)) {
    return refuseAll(clients, crowd.connectTimeoutMs, kernel);
  }
  const refusedUntilMs = kernel.rules.initialRtoMs + synAckTimerLateMs(kernel);
  const held = [{ atMs: 0, requests }];
  return admitBeforeKernel410({ ...crowd, clients, held, refusedUntilMs }, kernel);
}

/** Clients that knock at a full accept queue from 4.10 on. */
export function refuseAll(
  clients: number,
  connectTimeoutMs: number,
  kernel: KernelModel,
): Admissions {
  const { least, most } = synsWithin(synTimesMs(kernel), connectTimeoutMs);
  return {
    ...NOBODY,
    refused: clients,
    refusedSyns: { least: clients * least, most: clients * most },
  };
}

export const sumOf = (left: Range, right: Range): Range => ({
  least: left.least + right.least,
  most: left.most + right.most,
});

function answersSyns(backlog: number, kernel: KernelModel): boolean {
  return kernel.syncookies !== 0 || synQueueCapacity(backlog, kernel) > 0;
}

/** Figures that depend on the settings alone, together with those of the experiment. */
export function predictionOf<Counts extends Pick<Prediction, keyof Tally>>(
  backlog: number,
  kernel: KernelModel,
  tally: Counts,
): Omit<SurePrediction, keyof Tally> & Counts {
  const syns = synTimesMs(kernel);
  const synAcks = synAckTimesMs(kernel);
  return {
    acceptQueueLimit: acceptQueueLimit(backlog, kernel),
    acceptQueueCapacity: acceptQueueCapacity(backlog, kernel),
    synQueueCapacity: synQueueCapacity(backlog, kernel),
    ...tally,
    synTimesMs: syns.timesMs,
    connectGivesUpMs: syns.givesUpMs,
    synAckTimesMs: synAcks.timesMs,
    synAckGivesUpMs: synAcks.givesUpMs,
  };
}
