/** Both queues, their counters and the refused SYNs on one time axis: what is zoomed, is zoomed in both. */
import uPlot from 'uplot';
import { type Packed, unpack } from '../report/page/packed.ts';
import type { PageTimeline } from '../report/page/page-timeline.ts';
import { h } from './dom.ts';
import type { Language } from './language.ts';
import { PAPER_PX } from './print-view.ts';
import { type Colours, coloursOf } from './timeline-colours.ts';
import { drawMarks, type Mark } from './timeline-marks.ts';
import type { Words } from './words/words.ts';

type Values = (number | null)[];

const SYNC = 'queues';

export interface TimelineCharts {
  readonly element: HTMLElement;
  /** To be called when the element is in the document; what was zoomed stays so. */
  readonly draw: (onPaper: boolean) => void;
  readonly end: () => void;
}

export function timelineCharts(timeline: PageTimeline, { words }: Language): TimelineCharts {
  const element = h('div', { class: 'charts' });
  const data = dataOf(timeline);
  let plots: readonly uPlot[] = [];
  let zoomed: Span | undefined;
  let paper = false;
  const widthOf = (): number => (paper ? PAPER_PX : Math.max(260, element.clientWidth));
  const end = (): void => {
    observer.disconnect();
    for (const plot of plots) plot.destroy();
  };
  const observer = new ResizeObserver(() => {
    for (const plot of plots) plot.setSize({ width: widthOf(), height: plot.height });
  });
  const draw = (onPaper: boolean): void => {
    if (!paper) zoomed = zoomOf(plots[0], data.x);
    end();
    paper = onPaper;
    const look = { colours: coloursOf(element), widthPx: widthOf(), words, live: !onPaper };
    const places = [h('div', { class: 'plot' }), h('div', { class: 'plot' })] as const;
    element.replaceChildren(
      h('h3', {}, words.queuesTitle),
      places[0],
      h('h3', {}, words.countersTitle),
      places[1],
      h('p', { class: 'dim' }, notesOn(data, words)),
      h('p', { class: 'dim no-print' }, words.timelineHint),
    );
    plots = [queuesPlot(data, places[0], look), countersPlot(data, places[1], look)];
    if (zoomed !== undefined) for (const plot of plots) plot.setScale('x', zoomed);
    observer.observe(element);
  };
  return { element, draw, end };
}

type Span = { readonly min: number; readonly max: number };

/** Undefined: all of it is shown. */
function zoomOf(plot: uPlot | undefined, x: readonly number[]): Span | undefined {
  const { min, max } = plot?.scales['x'] ?? {};
  if (typeof min !== 'number' || typeof max !== 'number') return undefined;
  return min === x[0] && max === x.at(-1) ? undefined : { min, max };
}

interface Data {
  /** Seconds. */
  readonly x: number[];
  readonly marks: readonly Mark[];
  readonly queues: readonly Values[];
  readonly counters: readonly Values[];
}

function dataOf(timeline: PageTimeline): Data {
  const { acceptQueue, capacity, synQueue, listenOverflows, listenDrops, refusedSyns } = timeline;
  const { refusedOf } = timeline;
  const x = unpack(timeline.atMs).map((ms) => ms / 1_000);
  const marks = unpack(timeline.refusedAtMs).map((ms, index) => ({
    at: ms / 1_000,
    client: refusedOf[index] ?? null,
  }));
  // The axis begins with the first client, even where nobody looked at the queues so early.
  const lead = (x[0] ?? 0) > 0 ? [0] : [];
  const column = (packed: Packed): Values => [...lead.map(() => null), ...values(packed)];
  return {
    x: [...lead, ...x],
    marks,
    queues: [acceptQueue, capacity, synQueue].map(column),
    counters: [listenOverflows, listenDrops, refusedSyns].map(column),
  };
}

interface Look {
  readonly colours: Colours;
  readonly widthPx: number;
  readonly words: Words;
  /** The legend follows the pointer. */
  readonly live: boolean;
}

function queuesPlot({ x, marks, queues }: Data, place: HTMLElement, look: Look): uPlot {
  const { colours, words } = look;
  const labels = [words.acceptQueue, words.capacity(placesOf(queues[1])), words.synQueue] as const;
  describe(place, labels, queues, words);
  return new uPlot(
    {
      ...frame(220, look),
      series: [
        timeSeries(words),
        series(labels[0], colours.accept, { fill: `${colours.accept}22` }),
        series(labels[1], colours.capacity, { dash: [6, 4] }),
        series(labels[2], colours.syn),
      ],
      hooks: { draw: [(plot) => drawMarks(plot, marks, { colour: colours.refused, words })] },
    },
    [x, ...queues],
    place,
  );
}

/** Often all three are the same: the lines are as wide as lets each be seen. */
function countersPlot({ x, counters }: Data, place: HTMLElement, look: Look): uPlot {
  const { colours, words } = look;
  const labels = ['ListenOverflows', 'ListenDrops', words.refusedSyns] as const;
  describe(place, labels, counters, words);
  return new uPlot(
    {
      ...frame(200, look),
      series: [
        timeSeries(words),
        series(labels[0], colours.accept, { width: 7 }),
        series(labels[1], colours.drops, { width: 3 }),
        series(labels[2], colours.capacity, { width: 1, dash: [4, 6] }),
      ],
    },
    [x, ...counters],
    place,
  );
}

/** What a canvas shows, for those who do not see it. */
function describe(
  place: HTMLElement,
  labels: readonly string[],
  rows: readonly Values[],
  { atMost }: Words,
): void {
  const texts = labels.map((label, index) =>
    atMost(
      label,
      (rows[index] ?? []).reduce<number>((most, value) => Math.max(most, value ?? 0), 0),
    ),
  );
  place.setAttribute('role', 'img');
  place.setAttribute('aria-label', texts.join('; '));
}

const series = (label: string, stroke: string, more: Partial<uPlot.Series> = {}): uPlot.Series => ({
  label,
  stroke,
  width: 2,
  paths: stepped(),
  points: { show: false },
  // What the pointer is at, or else the end.
  value: (plot, value, index) => `${value ?? lastOf(plot, index) ?? ''}`,
  ...more,
});

const timeSeries = ({ fields: { time } }: Words): uPlot.Series => ({
  label: time,
  value: (plot, value) => `${Number((value ?? lastOf(plot, 0) ?? 0).toFixed(3))} s`,
});

const lastOf = (plot: uPlot, index: number): number | null | undefined => plot.data[index]?.at(-1);

/** Null: they changed while the run went on. */
function placesOf(capacity: Values = []): number | null {
  const [first = null, ...others] = new Set(capacity.filter((value) => value !== null));
  return others.length === 0 ? first : null;
}

/** What the curves do not say themselves. */
function notesOn({ x, marks, counters: [first = [], ...others] }: Data, words: Words): string {
  const same = others.every((row) => row.every((value, index) => value === first[index]));
  const apart = x.slice(1).map((at, index) => at - (x[index] ?? at));
  const middle = apart.sort((one, other) => one - other)[Math.floor(apart.length / 2)];
  return [
    ...(same ? [words.allEqual] : []),
    ...(marks.length > 0 ? [words.marksHint] : []),
    ...(middle === undefined ? [] : [words.looks(Math.max(1, Math.round(middle * 1_000)))]),
  ].join(' ');
}

/** A level holds until the next sample. */
function stepped(): uPlot.Series.PathBuilder {
  const build = uPlot.paths.stepped;
  if (build === undefined) throw new Error('uPlot has no stepped paths.');
  return build({ align: 1 });
}

const values = (packed: PageTimeline['atMs']): Values => {
  let last: number | null = null;
  return unpack(packed).map((value) => {
    // A field that was not read this time keeps the level that it had.
    if (!Number.isNaN(value)) last = value;
    return last;
  });
};

function frame(
  height: number,
  { widthPx, colours: { text, grid }, words, live }: Look,
): Pick<uPlot.Options, 'width' | 'height' | 'axes' | 'scales' | 'cursor' | 'legend'> {
  const axis = {
    stroke: text,
    grid: { stroke: grid, width: 1 },
    ticks: { stroke: grid, width: 1 },
  };
  return {
    width: widthPx,
    height,
    axes: [
      { ...axis, label: words.seconds, labelSize: 20, labelFont: '13px system-ui, sans-serif' },
      { ...axis, size: sizeOfAxis, incrs: WHOLE },
    ],
    scales: {
      x: { time: false },
      y: { range: (_, __, most) => [0, Math.max(1, most * HEADROOM)] },
    },
    cursor: { sync: { key: SYNC, scales: ['x', null] }, focus: { prox: 16 } },
    legend: { live },
  };
}

/** Above the highest curve, for the names of the marks. */
const HEADROOM = 1.2;

/** Nothing here is counted in halves. */
const WHOLE = [1, 2, 5]
  .flatMap((digit) => [1, 10, 100, 1_000, 10_000, 100_000].map((by) => digit * by))
  .sort((a, b) => a - b);

/** Room for the longest number. */
const sizeOfAxis = (_: uPlot, numbers: readonly string[] | null): number =>
  24 + 8 * Math.max(2, ...(numbers ?? []).map((number) => number.length));
