import type { SurePrediction } from '../domain/prediction.ts';
import type { KernelModel } from '../domain/scenario.ts';
import { type Crowd, predictionOf } from './predict.ts';
import { acceptQueueLimit } from './queue-capacity.ts';

/** How many clients come to a queue of limit + 1 in which way. */
export interface AbortWaves {
  /** They fill all places but one. */
  readonly first: number;
  /** Admitted as requests before the last place is taken: two, so that both are young. */
  readonly requests: number;
  /** Answered with a SYN cookie. */
  readonly cookies: number;
  /** They come when the queue is full. */
  readonly refused: number;
}

export function abortWaves(clients: number, limit: number): AbortWaves {
  const first = Math.min(clients, limit);
  // One more takes the last place.
  const others = Math.max(0, clients - first - 1);
  const requests = Math.min(others, limit, 2);
  const cookies = Math.min(others - requests, 1);
  return { first, requests, cookies, refused: others - requests - cookies };
}

/**
 * The experiment, with tcp_abort_on_overflow 1: clients with a SYN cookie and clients with a request
 * come while a place is left, their ACKs are held back, and the last place is taken. Then others
 * send a single SYN each. When the SYN-ACKs of the requests are repeated, each ACK draws a RST
 * (section Q5 of the kernel notes). What the cookie clients send is dropped: they stay fooled.
 *
 * Before 4.10 (5ea8ea2cb7f1) a SYN is refused only while two requests are young; where there is but
 * one, a client is admitted, and reset inside connect(2).
 */
export function predictAbort(crowd: Crowd, kernel: KernelModel): SurePrediction {
  const limit = acceptQueueLimit(crowd.backlog, kernel);
  const { first, requests, cookies, refused } = abortWaves(crowd.clients, limit);
  const last = crowd.clients > first ? 1 : 0;
  const refuses = kernel.rules.synOnFullAcceptQueue === 'dropped' || requests > 1;
  const timedOut = refuses ? refused : 0;
  return predictionOf(crowd.backlog, kernel, {
    connected: first + requests + cookies + last,
    timedOut,
    fooled: cookies,
    acceptQueueLength: first + last,
    synQueueLength: 0,
    refusedSyns: { least: timedOut, most: timedOut },
  });
}
