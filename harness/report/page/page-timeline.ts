import type { Observations, QueueSample } from '../../domain/observations.ts';
import { opening } from '../../verdict/figures.ts';
import type { ClientView } from '../client-views.ts';
import { levelAt, timelineOf } from '../timeline.ts';
import { type Packed, pack } from './packed.ts';

/** Samples of the queues, and the refused SYNs of the capture beside them. */
export interface PageTimeline {
  readonly atMs: Packed;
  readonly acceptQueue: Packed;
  readonly synQueue: Packed;
  readonly capacity: Packed;
  /** Since the opening snapshot. */
  readonly listenOverflows: Packed;
  readonly listenDrops: Packed;
  /** So many SYNs had been refused by then, as the capture shows. */
  readonly refusedSyns: Packed;
  /** When SYNs were refused, each time once. */
  readonly refusedAtMs: Packed;
  /** Whose they were, of each of these; empty where they are many. */
  readonly refusedOf: readonly number[];
}

/** A screen shows no more columns than that. */
const MOST_MARKS = 2_000;
/** So many marks have room for names. */
const MOST_NAMED = 12;

/** Null when nothing looked at the queues while clients were there. */
export function pageTimeline(
  seen: Observations,
  views: readonly ClientView[],
): PageTimeline | null {
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
    refusedOf: refusedAtMs.length > MOST_NAMED ? [] : whoseSyns(refusedAtMs, views),
  };
}

/** Empty unless each is known, and none is left out of the marks. */
function whoseSyns(
  refusedAtMs: readonly number[],
  views: readonly ClientView[],
): readonly number[] {
  const senders = refusedAtMs.flatMap((refusedMs) => {
    const sender = views.find(({ connection }) =>
      connection?.syns.some(({ atMs }) => atMs === refusedMs),
    );
    return sender === undefined ? [] : [sender.story.client];
  });
  return senders.length === refusedAtMs.length ? senders : [];
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
