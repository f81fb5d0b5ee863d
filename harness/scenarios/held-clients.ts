/** What the scenarios share in which clients are held back until the last place is taken. */
import { HarnessError } from '../domain/harness-error.ts';
import type { Parameters } from '../domain/parameters.ts';
import type { Prediction } from '../domain/prediction.ts';
import type { Host } from '../domain/tcp.ts';
import { type LastPlaceWaves, lastPlaceWaves } from '../kernel/predict-last-place.ts';
import { retransmissionTolerance } from '../kernel/schedules.ts';
import { plannedLimit, plannedSysctl } from './parts.ts';

export const SYNACK_RETRIES = 'net.ipv4.tcp_synack_retries';

export const synAckRetries = (parameters: Parameters): number =>
  plannedSysctl(parameters, 'server', SYNACK_RETRIES);

export const wavesOf = (parameters: Parameters): LastPlaceWaves =>
  lastPlaceWaves(parameters.clients, plannedLimit(parameters));

/** When a request is forgotten whose SYN-ACK is first repeated after one second (3.1 and later). */
export const plannedForgottenMs = (parameters: Parameters): number =>
  (2 ** (synAckRetries(parameters) + 1) - 1) * 1_000;

export const notDecidable = (why: string, remedy: string): HarnessError =>
  new HarnessError('USAGE', `Cannot predict these parameters: ${why}.`, {
    remedy: `pass ${remedy}`,
  });

/** Throws USAGE where the held clients would not all become requests, or be forgotten too early. */
export function assertHeldClientsWait(parameters: Parameters): void {
  const { held } = wavesOf(parameters);
  if (held === 0) return;
  const limit = plannedLimit(parameters);
  if (held >= limit) {
    throw notDecidable(
      `there may be no room for ${held} requests beside the last client in the SYN queue`,
      limit === 1 ? '--backlog 2 or more' : `--clients ${2 * limit} or fewer`,
    );
  }
  if (synAckRetries(parameters) === 0) {
    throw notDecidable('no SYN-ACK is repeated to draw the ACK', '--synack-retries 1 or more');
  }
  if (plannedSysctl(parameters, 'server', 'net.ipv4.tcp_syncookies') === 2) {
    throw notDecidable('a client with a SYN cookie is no request', '--syncookies 0 or 1');
  }
  // Above half of the SYN queue a request gets 2 repetitions (reqsk_timer_handler).
  if (synAckRetries(parameters) > 2 && 2 * held > Math.max(8, limit)) {
    throw notDecidable(
      'the SYN queue is more than half full, so the kernel forgets requests early',
      'fewer --clients, or --synack-retries 2',
    );
  }
}

/** Null when some client is fooled. */
export function nobodyFooled(
  parameters: Parameters,
  { acceptQueueCapacity }: Prediction,
): string | null {
  if (parameters.clients <= acceptQueueCapacity) {
    return `nobody is fooled: pass --clients ${acceptQueueCapacity + 1} or more`;
  }
  return plannedSysctl(parameters, 'server', 'net.ipv4.tcp_abort_on_overflow') === 0
    ? null
    : 'tcp_abort_on_overflow resets the held clients instead';
}

/** Nobody can say whether a request is still there between these two times after its SYN-ACK. */
export function forgottenBetweenMs({ synAckGivesUpMs }: Prediction): Readonly<[number, number]> {
  const { earlyMs, lateMs } = retransmissionTolerance(synAckGivesUpMs);
  return [synAckGivesUpMs - earlyMs, synAckGivesUpMs + lateMs];
}

/** The kernel answers a segment while it handles it. */
const ANSWERED_WITHIN_MS = 10;

/** One of these came right after a segment. */
export const answers = (
  atMs: number,
  replies: readonly { readonly atMs: number; readonly from: Host }[],
): boolean =>
  replies.some(
    (reply) =>
      reply.from === 'server' && reply.atMs >= atMs && reply.atMs - atMs <= ANSWERED_WITHIN_MS,
  );
