import type { Prediction } from '../domain/prediction.ts';
import type { KernelModel } from '../domain/scenario.ts';
import { type Crowd, predictionOf, predictOverflow } from './predict.ts';

/**
 * The experiment: N clients at once that send a single SYN and a request each, and a server that
 * accepts when all have an outcome. Until then it is `predictOverflow`'s; then the queue is
 * emptied. Who was fooled (before 4.10) gets in when its request or the SYN-ACK is repeated, which
 * may be before or after the closing.
 */
export function predictBusyBurst(crowd: Crowd, kernel: KernelModel): Prediction {
  const before = predictOverflow(crowd, kernel);
  const later = before.fooled > 0 ? null : 0;
  return predictionOf(crowd.backlog, kernel, {
    connected: before.connected,
    timedOut: before.timedOut,
    fooled: later,
    acceptQueueLength: later,
    synQueueLength: later,
    refusedSyns: before.refusedSyns,
  });
}
