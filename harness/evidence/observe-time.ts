import { FILES, type RunClock, type TimelineEntry } from '../domain/evidence.ts';
import { CLOSING_SNAPSHOT, OPENING_SNAPSHOT } from '../domain/plan.ts';
import { timeAxis } from './clock.ts';
import { type EvidenceReader, keepShaped } from './evidence-reader.ts';
import { readJsonObject } from './json-text.ts';

const TIMELINE_SHAPE = {
  step: 'number',
  kind: 'string',
  label: 'string',
  startedMonotonicMs: 'number',
  endedMonotonicMs: 'number',
  stillFromMonotonicMs: 'number?',
  stillUntilMonotonicMs: 'number?',
} as const;

export const readTimeline = (reader: EvidenceReader): TimelineEntry[] =>
  keepShaped(reader, FILES.timeline, reader.lines(FILES.timeline), TIMELINE_SHAPE);

/** Where the run's clocks are known only in part, `fromWallNs` is absent: packets have no place. */
export interface RunTime {
  readonly fromMonotonicMs: (monotonicMs: number) => number;
  readonly fromWallNs?: (wallNs: bigint) => number;
  readonly driftMs: number;
}

/** The first of these is zero. */
const BEGINNINGS: ReadonlySet<string> = new Set(['connect', 'start-clients']);

/** Without clock.json the axis still begins where its zero is by definition, if that was reached. */
const timeOfTimeline = (timeline: readonly TimelineEntry[]): RunTime => {
  const first = timeline.find(({ kind }) => BEGINNINGS.has(kind)) ?? timeline[0];
  const originMonotonicMs = first?.startedMonotonicMs ?? 0;
  return { fromMonotonicMs: (monotonicMs) => monotonicMs - originMonotonicMs, driftMs: 0 };
};

export const observeTime = (
  reader: EvidenceReader,
  timeline: readonly TimelineEntry[],
): RunTime => {
  const axis = reader.text(FILES.clock, (text) =>
    timeAxis(readJsonObject<RunClock>(text, { originMonotonicMs: 'number', anchors: 'array' })),
  );
  return axis ?? timeOfTimeline(timeline);
};

/** Monotonic milliseconds, both bounds included. */
export interface LedgerWindow {
  readonly fromMonotonicMs: number;
  readonly untilMonotonicMs: number;
}

/**
 * A moment at which the counters of a snapshot stood still: the middle, so that no rounding of the
 * clocks moves a packet across it. Where they never did, its last look was at its end.
 */
export const stillAt = ({
  stillFromMonotonicMs: from,
  stillUntilMonotonicMs: until,
  endedMonotonicMs,
}: TimelineEntry): number => (from === undefined ? endedMonotonicMs : (from + (until ?? from)) / 2);

const snapshotNamed = (
  timeline: readonly TimelineEntry[],
  name: string,
): TimelineEntry | undefined =>
  timeline.find((entry) => entry.kind === 'snapshot' && entry.label === name);

/**
 * The time between the opening and the closing snapshot, in which the books must balance: from
 * where the one's counters stood still to where the other's did. Undefined when the run never took
 * both; then all packets are of interest and none can be balanced.
 */
export const ledgerWindow = (timeline: readonly TimelineEntry[]): LedgerWindow | undefined => {
  const opening = snapshotNamed(timeline, OPENING_SNAPSHOT);
  const closing = snapshotNamed(timeline, CLOSING_SNAPSHOT);
  if (opening === undefined || closing === undefined) return undefined;
  return { fromMonotonicMs: stillAt(opening), untilMonotonicMs: stillAt(closing) };
};
