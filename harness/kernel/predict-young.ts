import type { SurePrediction } from '../domain/prediction.ts';
import type { KernelModel } from '../domain/scenario.ts';
import { admitBeforeKernel410 } from './full-queue-admissions.ts';
import { type Crowd, predictionOf } from './predict.ts';
import { acceptQueueCapacity } from './queue-capacity.ts';

/** How many clients come when: a queueful, one alone, and the others at once. */
export interface KnockingWaves {
  readonly first: number;
  readonly lone: number;
  readonly burst: number;
}

export function knockingWaves(clients: number, capacity: number): KnockingWaves {
  const first = Math.min(clients, capacity);
  const lone = Math.min(clients - first, 1);
  return { first, lone, burst: clients - first - lone };
}

/**
 * The experiment: a full accept queue, one client that sends a single SYN, then several that send
 * one each, before any SYN-ACK is repeated. From 4.10 (5ea8ea2cb7f1) all are refused. Before, a SYN
 * is refused only while more than one request is young: the lone one is answered, and one of the
 * burst. They are fooled. Holds for SYN queues of two places and more.
 */
export function predictYoung(crowd: Crowd, kernel: KernelModel): SurePrediction {
  const { first, lone, burst } = knockingWaves(
    crowd.clients,
    acceptQueueCapacity(crowd.backlog, kernel),
  );
  const knock = (clients: number, requests: number) =>
    kernel.rules.synOnFullAcceptQueue === 'dropped'
      ? { fooled: 0, refused: clients, held: 0 }
      : admitBeforeKernel410(
          { ...crowd, clients, held: [{ atMs: 0, requests }], refusedUntilMs: 0 },
          kernel,
        );
  const alone = knock(lone, 0);
  const together = knock(burst, alone.held);
  const refused = alone.refused + together.refused;
  return predictionOf(crowd.backlog, kernel, {
    connected: first + alone.fooled + together.fooled,
    timedOut: refused,
    fooled: alone.fooled + together.fooled,
    acceptQueueLength: first,
    synQueueLength: Math.max(alone.held, together.held),
    refusedSyns: { least: refused, most: refused },
  });
}
