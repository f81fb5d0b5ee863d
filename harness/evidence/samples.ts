import type { Sample } from '../domain/evidence.ts';
import type { QueueSample } from '../domain/observations.ts';
import type { Shape } from './json-shape.ts';

/** One line of samples.jsonl. */
export const SAMPLE_SHAPE = {
  monotonicMs: 'number',
  acceptQueueLength: 'number?',
  synQueueLength: 'number?',
  ListenOverflows: 'number?',
  ListenDrops: 'number?',
} as const satisfies Shape;

/** A sample on the run's time axis. What was not read this time stays absent. */
export const placeSample = (sample: Sample, toMs: (monotonicMs: number) => number): QueueSample => {
  const { monotonicMs, acceptQueueLength, synQueueLength, ListenOverflows, ListenDrops } = sample;
  return {
    atMs: toMs(monotonicMs),
    ...(acceptQueueLength === undefined ? {} : { acceptQueueLength }),
    ...(synQueueLength === undefined ? {} : { synQueueLength }),
    ...(ListenOverflows === undefined ? {} : { listenOverflows: ListenOverflows }),
    ...(ListenDrops === undefined ? {} : { listenDrops: ListenDrops }),
  };
};
