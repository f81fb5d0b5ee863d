import type { Observations, QueueSample } from '../domain/observations.ts';
import { closing } from '../verdict/figures.ts';
import { limitAt } from './client-views.ts';
import { isUnanswered } from './ladder.ts';

/** A queue's length from a moment on. */
export interface Level {
  readonly atMs: number;
  readonly length: number;
}

/** How the queues filled, on the run's time axis. */
export interface Timeline {
  readonly fromMs: number;
  readonly toMs: number;
  readonly acceptQueue: readonly Level[];
  readonly synQueue: readonly Level[];
  /** Accept-queue capacity (limit + 1): one entry for each time it changed. */
  readonly capacity: readonly Level[];
  readonly refusedAtMs: readonly number[];
}

/** A little of the time before the first client, so that the empty queue is seen. */
const LEAD_SHARE = 0.04;

/** Undefined when nothing looked at the queues while clients were there. */
export function timelineOf(seen: Observations): Timeline | undefined {
  const toMs = closing(seen)?.atMs ?? seen.samples.at(-1)?.atMs ?? 0;
  const acceptQueue = levels(seen.samples, ({ acceptQueueLength }) => acceptQueueLength, toMs);
  if (toMs <= 0 || acceptQueue.length === 0) return undefined;
  return {
    fromMs: -toMs * LEAD_SHARE,
    toMs,
    acceptQueue,
    synQueue: levels(seen.samples, ({ synQueueLength }) => synQueueLength, toMs),
    capacity: capacities(seen, toMs),
    refusedAtMs: seen.connections
      .flatMap((connection) => connection.syns.filter((syn) => isUnanswered(connection, syn)))
      .map(({ atMs }) => atMs)
      .sort((left, right) => left - right),
  };
}

const levels = (
  samples: readonly QueueSample[],
  lengthOf: (sample: QueueSample) => number | undefined,
  toMs: number,
): readonly Level[] =>
  samples.flatMap((sample) => {
    const length = lengthOf(sample);
    return length === undefined || sample.atMs > toMs ? [] : [{ atMs: sample.atMs, length }];
  });

function capacities(seen: Observations, toMs: number): readonly Level[] {
  const changes: Level[] = [];
  const looks = [...seen.snapshots.values()].map(({ atMs }) => atMs).filter((atMs) => atMs <= toMs);
  for (const atMs of looks) {
    const limit = limitAt(seen, atMs);
    if (limit !== undefined && limit + 1 !== changes.at(-1)?.length) {
      changes.push({ atMs, length: limit + 1 });
    }
  }
  return changes;
}

/** The level in force at a moment: the last one before it. */
export const levelAt = (all: readonly Level[], atMs: number): number | undefined =>
  all.findLast((level) => level.atMs <= atMs)?.length;

/**
 * The highest level within each of so many equal spans of time: a queue that was full for one
 * sample must not vanish. A span without a sample keeps the level of the one before.
 */
export function columnsOf(
  all: readonly Level[],
  timeline: Timeline,
  columns: number,
): readonly number[] {
  const heights: number[] = [];
  let current = levelAt(all, timeline.fromMs) ?? 0;
  for (let column = 0; column < columns; column += 1) {
    const within = all.filter(({ atMs }) => columnAt(atMs, timeline, columns) === column);
    heights.push(
      within.reduce(
        (most, { length }) => Math.max(most, length),
        within.length === 0 ? current : 0,
      ),
    );
    current = within.at(-1)?.length ?? current;
  }
  return heights;
}

export function columnAt(atMs: number, { fromMs, toMs }: Timeline, columns: number): number {
  const share = (atMs - fromMs) / (toMs - fromMs);
  return Math.min(columns - 1, Math.floor(share * columns));
}
