import type { Prediction } from '../domain/prediction.ts';
import type { KernelModel } from '../domain/scenario.ts';
import { predictionOf, predictOverflow, sumOf } from './predict.ts';
import { predictSynQueue } from './predict-syn-queue.ts';

export interface CapacityCrowd {
  readonly backlog: number;
  readonly connectTimeoutMs: number;
  /** Clients that come first, while the server does not accept; more than fit. */
  readonly fill: number;
  /** Clients that come when the accept queue is empty again, and never see a SYN-ACK. */
  readonly flood: number;
}

/**
 * The experiment: `fill` clients overflow the accept queue, the server accepts what waits in it,
 * then `flood` clients overflow the SYN queue. From 4.10 the two parts add up. Before, some of the
 * first clients are fooled, and when the queue is drained it is a matter of timers whether they
 * complete: then only the queues themselves are predicted.
 */
export function predictCapacities(crowd: CapacityCrowd, kernel: KernelModel): Prediction {
  const { backlog, connectTimeoutMs } = crowd;
  const first = predictOverflow({ backlog, connectTimeoutMs, clients: crowd.fill }, kernel);
  const second = predictSynQueue({ backlog, connectTimeoutMs, clients: crowd.flood }, kernel);
  const certain = kernel.rules.synOnFullAcceptQueue === 'dropped';
  return predictionOf(backlog, kernel, {
    connected: certain ? first.connected : null,
    timedOut: certain ? first.timedOut + second.timedOut : null,
    fooled: certain ? first.fooled : null,
    acceptQueueLength: certain ? 0 : null,
    synQueueLength: second.synQueueLength,
    refusedSyns: certain ? sumOf(first.refusedSyns, second.refusedSyns) : null,
  });
}
