import { padded, paddedStart } from './layout.ts';
import type { Style } from './style.ts';
import { columnAt, columnsOf, type Timeline } from './timeline.ts';
import { count, seconds } from './words.ts';

const MOST_ROWS = 3;
const EIGHTHS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
const LABEL_COLUMNS = 11;
const REMARK_COLUMNS = 20;
const WIDEST_CHART = 64;

/** What stands beside the chart, so that it can be said in another language. */
export interface TimelineWords {
  readonly synQueue: string;
  readonly atMost: (length: number) => string;
  readonly refusedSyns: (syns: number) => string;
  /** Capacities in the order in which they were in force. */
  readonly fullAt: (capacities: readonly number[]) => string;
}

const ENGLISH: TimelineWords = {
  synQueue: 'SYN queue',
  atMost: (length) => `at most ${length}`,
  refusedSyns: (syns) => count(syns, 'refused SYN'),
  fullAt: (capacities) => `full at ${capacities.join(', later ')}`,
};

/** The accept queue as a bar chart, refused SYNs below it, and the SYN queue if it ever held any. */
export function timelineText(
  timeline: Timeline,
  style: Style,
  widthColumns: number,
  words: TimelineWords = ENGLISH,
): readonly string[] {
  const columns = Math.min(WIDEST_CHART, widthColumns - LABEL_COLUMNS - REMARK_COLUMNS);
  return [
    ...acceptQueueRows(timeline, style, columns, words),
    refusalRow(timeline, style, columns, words),
    ...synQueueRows(timeline, style, columns, words),
    axisRow(timeline, style, columns),
  ];
}

const labelled = (label: string, chart: string, remark: string): string =>
  `${paddedStart(label, LABEL_COLUMNS)}${chart}${remark === '' ? '' : ` ${remark}`}`.trimEnd();

function acceptQueueRows(
  timeline: Timeline,
  style: Style,
  columns: number,
  words: TimelineWords,
): readonly string[] {
  const heights = columnsOf(timeline.acceptQueue, timeline, columns);
  const longest = Math.max(1, ...heights);
  const reachable = timeline.capacity
    .map(({ length }) => length)
    .filter((length) => length < longest * 2);
  const top = Math.max(longest, ...reachable);
  const rows = Math.min(top, MOST_ROWS);
  const lines = Array.from({ length: rows }, (_, index) => {
    const above = rows - index;
    const cells = heights.map((height) => cellOf((height / top) * rows - (above - 1)));
    const remark = index === 0 ? style.dim(capacityRemark(timeline, words)) : '';
    return labelled(`${Math.round((top * above) / rows)} │`, style.green(cells.join('')), remark);
  });
  return lines;
}

/** How much of one character is filled. */
const cellOf = (filled: number): string =>
  EIGHTHS[Math.round(Math.min(1, Math.max(0, filled)) * 8)] ?? ' ';

function capacityRemark({ capacity }: Timeline, words: TimelineWords): string {
  const all = capacity.map(({ length }) => length);
  return all.length === 0 ? '' : words.fullAt(all);
}

function refusalRow(
  timeline: Timeline,
  style: Style,
  columns: number,
  words: TimelineWords,
): string {
  const { refusedAtMs } = timeline;
  const marks = Array.from({ length: columns }, () => '─');
  for (const atMs of refusedAtMs) marks[columnAt(atMs, timeline, columns)] = '✗';
  const line = marks.join('').replaceAll(/✗+/g, (run) => style.red(run));
  const remark =
    refusedAtMs.length === 0 ? '' : style.red(`✗ ${words.refusedSyns(refusedAtMs.length)}`);
  return labelled('0 └', line, remark);
}

function synQueueRows(
  timeline: Timeline,
  style: Style,
  columns: number,
  words: TimelineWords,
): readonly string[] {
  const heights = columnsOf(timeline.synQueue, timeline, columns);
  const most = Math.max(0, ...heights);
  if (most === 0) return [];
  const line = heights.map((height) => cellOf(height / most)).join('');
  return [labelled(`${words.synQueue} │`, style.yellow(line), style.dim(words.atMost(most)))];
}

/** Whole steps of 1, 2 or 5 times a power of ten, so that labels are round and do not touch. */
function axisRow(timeline: Timeline, style: Style, columns: number): string {
  const { fromMs, toMs } = timeline;
  const leastMs = ((toMs - fromMs) * LABEL_DISTANCE_COLUMNS) / columns;
  const stepMs = roundStep(leastMs);
  let line = '';
  for (let step = 0; step * stepMs <= toMs && step <= columns; step += 1) {
    const atMs = step * stepMs;
    const label = atMs === 0 ? '0 s' : seconds(atMs);
    const at = columnAt(atMs, timeline, columns);
    if (at + label.length <= columns) line = padded(line, at) + label;
  }
  return style.dim(labelled('', line, ''));
}

const LABEL_DISTANCE_COLUMNS = 8;

function roundStep(leastMs: number): number {
  const power = 10 ** Math.floor(Math.log10(leastMs));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= leastMs) ?? leastMs;
}
