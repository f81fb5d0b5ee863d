import type { SurePrediction } from '../domain/prediction.ts';
import type { KernelModel } from '../domain/scenario.ts';
import { type Crowd, predictionOf } from './predict.ts';
import { synQueueCapacity } from './queue-capacity.ts';
import { synsWithin, synTimesMs } from './schedules.ts';

/**
 * The experiment: N clients that never see a SYN-ACK, at once, and a listener with an empty accept
 * queue. What the SYN queue holds stays in it as long as the clients wait; SYN cookies answer the
 * others, or nobody does. All time out. Holds for clients that give up before their first SYN is
 * repeated, and for requests that are not forgotten by then.
 */
export function predictSynQueue(crowd: Crowd, kernel: KernelModel): SurePrediction {
  const held = Math.min(crowd.clients, synQueueCapacity(crowd.backlog, kernel));
  const refused = kernel.syncookies === 0 ? crowd.clients - held : 0;
  const { least, most } = synsWithin(synTimesMs(kernel), crowd.connectTimeoutMs);
  return predictionOf(crowd.backlog, kernel, {
    connected: 0,
    timedOut: crowd.clients,
    fooled: 0,
    acceptQueueLength: 0,
    synQueueLength: held,
    refusedSyns: { least: refused * least, most: refused * most },
  });
}
