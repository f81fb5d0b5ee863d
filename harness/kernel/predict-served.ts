import type { Prediction } from '../domain/prediction.ts';
import type { KernelModel } from '../domain/scenario.ts';
import { predictionOf } from './predict.ts';

/**
 * The experiment: a server that accepts, and whose accept queue has a place for every client even
 * if all come before the server looks. Then no rule of the kernel refuses anybody, whatever its
 * release: each SYN is answered and each handshake counts. In the end the queue is empty.
 *
 * `connected` is null where clients connect again as often as their timers let them.
 */
export const predictServed = (
  backlog: number,
  connected: number | null,
  kernel: KernelModel,
): Prediction =>
  predictionOf(backlog, kernel, {
    connected,
    timedOut: 0,
    fooled: 0,
    acceptQueueLength: 0,
    synQueueLength: 0,
    refusedSyns: { least: 0, most: 0 },
  });
