import type { Observations, QueueSample } from '../../domain/observations.ts';
import { opening } from '../../verdict/figures.ts';
import { levelAt, timelineOf } from '../timeline.ts';
import { pack } from './packed.ts';
import type { PageTimeline } from './page-model.ts';

/** A screen shows no more columns than that. */
const MOST_MARKS = 2_000;

/** Null when nothing looked at the queues while clients were there. */
export function pageTimeline(seen: Observations): PageTimeline | null {
  const timeline = timelineOf(seen);
  if (timeline === undefined) return null;
  const { fromMs, toMs, capacity, refusedAtMs } = timeline;
  const samples = seen.samples.filter(({ atMs }) => fromMs <= atMs && atMs <= toMs);
  const column = (of: (sample: QueueSample) => number | undefined) =>
    pack(
      'f32',
      samples.map((sample) => of(sample) ?? Number.NaN),
    );
  const before = opening(seen)?.counters.server;
  const grown = (counter: string, of: (sample: QueueSample) => number | undefined) => {
    const first = before?.get(counter) ?? seen.samples.map(of).find(isNumber) ?? 0;
    return column((sample) => minus(of(sample), first));
  };
  return {
    atMs: column(({ atMs }) => atMs),
    acceptQueue: column(({ acceptQueueLength }) => acceptQueueLength),
    synQueue: column(({ synQueueLength }) => synQueueLength),
    capacity: column(({ atMs }) => levelAt(capacity, atMs)),
    listenOverflows: grown('ListenOverflows', ({ listenOverflows }) => listenOverflows),
    listenDrops: grown('ListenDrops', ({ listenDrops }) => listenDrops),
    refusedSyns: pack(
      'f32',
      countsBy(
        refusedAtMs,
        samples.map(({ atMs }) => atMs),
      ),
    ),
    refusedAtMs: pack('f32', thinned(refusedAtMs, (toMs - fromMs) / MOST_MARKS)),
  };
}

const isNumber = (value: number | undefined): value is number => value !== undefined;

const minus = (value: number | undefined, from: number): number | undefined =>
  value === undefined ? undefined : value - from;

/** How many of the events, both in order of time, had happened at each moment. */
function countsBy(eventsMs: readonly number[], momentsMs: readonly number[]): readonly number[] {
  let happened = 0;
  return momentsMs.map((atMs) => {
    while ((eventsMs[happened] ?? Infinity) <= atMs) happened += 1;
    return happened;
  });
}

/** Of events that no eye could tell apart only the first. */
function thinned(eventsMs: readonly number[], apartMs: number): readonly number[] {
  let lastMs = -Infinity;
  return eventsMs.filter((atMs) => {
    if (atMs - lastMs < apartMs) return false;
    lastMs = atMs;
    return true;
  });
}
