import { FILES, type MachineTiming, type TimelineEntry } from '../domain/evidence.ts';
import type { Observations } from '../domain/observations.ts';
import type { EvidenceReader } from './evidence-reader.ts';
import { EvidenceUnreadable } from './evidence-unreadable.ts';
import { shapeProblem } from './json-shape.ts';
import { readJsonObject } from './json-text.ts';

const SHAPE = {
  looks: 'number',
  everyMs: 'number',
  clockResolutionMs: 'number',
  late: 'array',
} as const;
const LATE_SHAPE = { monotonicMs: 'number', lateMs: 'number' } as const;

function readTiming(text: string): MachineTiming {
  const timing = readJsonObject<MachineTiming>(text, SHAPE);
  for (const waking of timing.late) {
    const problem = shapeProblem(waking, LATE_SHAPE);
    if (problem !== undefined) throw new EvidenceUnreadable(problem);
  }
  return timing;
}

/**
 * How late the machine was at worst while clients connected, up to the last step; absent where
 * nobody watched, since only a machine that is emulated is worth it.
 */
export const observeTiming = (
  reader: EvidenceReader,
  isThere: boolean,
  timeline: readonly TimelineEntry[],
): Pick<Observations, 'punctuality'> => {
  if (!isThere) return {};
  const timing = reader.text(FILES.timing, readTiming);
  if (timing === undefined) return {};
  const fromMs = timeline.find(
    ({ kind }) => kind === 'connect' || kind === 'start-clients',
  )?.startedMonotonicMs;
  const untilMs = timeline.findLast(({ kind }) => kind === 'snapshot')?.endedMonotonicMs;
  const within = timing.late.filter(
    // One that was due before may have slept on until after.
    ({ monotonicMs, lateMs }) =>
      monotonicMs + lateMs >= (fromMs ?? -Infinity) && monotonicMs <= (untilMs ?? Infinity),
  );
  const punctuality = {
    clockResolutionMs: timing.clockResolutionMs,
    looks: timing.looks,
    mostLateMs: within.reduce((most, { lateMs }) => Math.max(most, lateMs), 0),
  };
  return { punctuality };
};
