import type { SurePrediction } from '../domain/prediction.ts';
import type { KernelModel } from '../domain/scenario.ts';
import { predictionOf } from './predict.ts';
import { acceptQueueCapacity, acceptQueueLimit } from './queue-capacity.ts';

/** Who comes when, while the accept queue is being filled behind the backs of some clients. */
export interface LastPlaceWaves {
  /** They leave one place free. */
  readonly first: number;
  /** They become requests while their ACKs are held back. */
  readonly held: number;
  /** It takes the last place. */
  readonly last: number;
}

export function lastPlaceWaves(clients: number, limit: number): LastPlaceWaves {
  const first = Math.min(clients, limit);
  const last = Math.min(clients - first, 1);
  return { first, held: clients - first - last, last };
}

/** When the closing snapshot is taken. */
export type HeldUntil =
  /** Every held client's ACK has met the full queue once. */
  | 'dropped'
  /** The server has forgotten every request. */
  | 'forgotten';

/**
 * The experiment: B clients (the accept-queue limit) leave one place free; some SYNs are admitted
 * while a gate holds their ACKs back; another client takes the last place. Each ACK of a held
 * client, drawn by a repeated SYN-ACK or by its own data, meets a full queue (tcp_check_req, in
 * every kernel): dropped, and the request stays until it is forgotten in silence; with
 * tcp_abort_on_overflow it is reset at once. No SYN meets a full queue, so the rule of 4.10 does
 * not matter. Holds for fewer held clients than the limit.
 */
export function predictLastPlace(
  crowd: { readonly backlog: number; readonly clients: number },
  until: HeldUntil,
  kernel: KernelModel,
): SurePrediction {
  const { held } = lastPlaceWaves(crowd.clients, acceptQueueLimit(crowd.backlog, kernel));
  const fooled = kernel.abortOnOverflow === 0 ? held : 0;
  return predictionOf(crowd.backlog, kernel, {
    connected: crowd.clients,
    timedOut: 0,
    fooled,
    acceptQueueLength: Math.min(crowd.clients, acceptQueueCapacity(crowd.backlog, kernel)),
    synQueueLength: until === 'dropped' ? fooled : 0,
    refusedSyns: { least: 0, most: 0 },
  });
}
