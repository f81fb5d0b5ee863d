import type { SurePrediction } from '../domain/prediction.ts';
import type { KernelModel } from '../domain/scenario.ts';
import { admitBeforeKernel410 } from './full-queue-admissions.ts';
import { type Crowd, predictionOf } from './predict.ts';
import { acceptQueueCapacity } from './queue-capacity.ts';

/** A client that is refused once more because the server is slow to begin is refused twice. */
const MOST_REFUSALS = 2;

/**
 * The experiment: the queue is filled; a few more clients knock, no more than the limit; when all of
 * their SYNs are through, the server accepts whatever comes. From 4.10 all of them are refused once
 * and get in when they repeat their SYN. Before, two are fooled for a moment (5ea8ea2cb7f1 ended
 * it) and get in with the next repetition of their SYN-ACK. In the end everybody was accepted.
 */
export function predictDrained(crowd: Crowd, kernel: KernelModel): SurePrediction {
  const late = Math.max(0, crowd.clients - acceptQueueCapacity(crowd.backlog, kernel));
  const refused = kernel.rules.synOnFullAcceptQueue === 'dropped' ? late : refusedAtFirst(late);
  return predictionOf(crowd.backlog, kernel, {
    connected: crowd.clients,
    timedOut: 0,
    fooled: 0,
    acceptQueueLength: 0,
    synQueueLength: 0,
    refusedSyns: { least: refused, most: MOST_REFUSALS * refused },
  });

  function refusedAtFirst(clients: number): number {
    const knocking = { ...crowd, clients, connectTimeoutMs: 1, held: [], refusedUntilMs: 0 };
    return admitBeforeKernel410(knocking, kernel).refused;
  }
}
