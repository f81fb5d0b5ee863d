/** Both queues, their counters and the refused SYNs on one time axis: what is zoomed, is zoomed in both. */
import uPlot from 'uplot';
import { unpack } from '../report/page/packed.ts';
import type { PageTimeline } from '../report/page/page-model.ts';
import { h } from './dom.ts';
import type { Language } from './language.ts';
import { PAPER_PX } from './print-view.ts';

type Values = (number | null)[];

const SYNC = 'queues';

interface Colours {
  readonly text: string;
  readonly grid: string;
  readonly accept: string;
  readonly syn: string;
  readonly capacity: string;
  readonly refused: string;
  readonly drops: string;
}

/** Drawn into the two places when these are in the document; returns what lets go of them. */
export function drawTimeline(
  place: HTMLElement,
  timeline: PageTimeline,
  { language: { words }, onPaper }: { readonly language: Language; readonly onPaper: boolean },
): () => void {
  const colours = coloursOf(place);
  const x = unpack(timeline.atMs).map((ms) => ms / 1_000);
  const marks = unpack(timeline.refusedAtMs).map((ms) => ms / 1_000);
  const upper = h('div', { class: 'plot' });
  const lower = h('div', { class: 'plot' });
  place.append(upper, lower);
  const widthOf = (): number => (onPaper ? PAPER_PX : Math.max(260, place.clientWidth));
  const series = (
    label: string,
    stroke: string,
    more: Partial<uPlot.Series> = {},
  ): uPlot.Series => ({
    label,
    stroke,
    width: 2,
    paths: stepped(),
    points: { show: false },
    ...more,
  });
  const plots = [
    new uPlot(
      {
        ...frame(widthOf(), 220, colours),
        series: [
          { label: words.seconds },
          series(words.acceptQueue, colours.accept, { fill: `${colours.accept}22` }),
          series(words.capacity, colours.capacity, { dash: [6, 4] }),
          series(words.synQueue, colours.syn),
        ],
        hooks: { draw: [(plot) => drawMarks(plot, marks, colours.refused)] },
      },
      [x, values(timeline.acceptQueue), values(timeline.capacity), values(timeline.synQueue)],
      upper,
    ),
    new uPlot(
      {
        ...frame(widthOf(), 180, colours),
        series: [
          { label: words.seconds },
          series('ListenOverflows', colours.accept, { width: 4 }),
          series('ListenDrops', colours.drops),
          series(words.refusedSyns, colours.refused, { dash: [3, 3] }),
        ],
      },
      [
        x,
        values(timeline.listenOverflows),
        values(timeline.listenDrops),
        values(timeline.refusedSyns),
      ],
      lower,
    ),
  ];
  const observer = new ResizeObserver(() => {
    for (const plot of plots) plot.setSize({ width: widthOf(), height: plot.height });
  });
  observer.observe(place);
  return () => {
    observer.disconnect();
    for (const plot of plots) plot.destroy();
  };
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
  width: number,
  height: number,
  { text, grid }: Colours,
): Pick<uPlot.Options, 'width' | 'height' | 'axes' | 'scales' | 'cursor'> {
  const axis = {
    stroke: text,
    grid: { stroke: grid, width: 1 },
    ticks: { stroke: grid, width: 1 },
  };
  return {
    width,
    height,
    axes: [axis, { ...axis, size: sizeOfAxis, incrs: WHOLE }],
    scales: { x: { time: false }, y: { range: (_, __, most) => [0, Math.max(1, most * 1.08)] } },
    cursor: { sync: { key: SYNC, scales: ['x', null] }, focus: { prox: 16 } },
  };
}

/** Nothing here is counted in halves. */
const WHOLE = [1, 2, 5]
  .flatMap((digit) => [1, 10, 100, 1_000, 10_000, 100_000].map((by) => digit * by))
  .sort((a, b) => a - b);

/** Room for the longest number. */
const sizeOfAxis = (_: uPlot, numbers: readonly string[] | null): number =>
  24 + 8 * Math.max(2, ...(numbers ?? []).map((number) => number.length));

function drawMarks(plot: uPlot, atSeconds: readonly number[], colour: string): void {
  const { ctx, bbox } = plot;
  const { min = 0, max = 0 } = plot.scales['x'] ?? {};
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  for (const at of atSeconds) {
    if (at < (min ?? 0) || at > (max ?? 0)) continue;
    const x = Math.round(plot.valToPos(at, 'x', true));
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + 10 * devicePixelRatio);
  }
  ctx.stroke();
  ctx.restore();
}

function coloursOf(place: Element): Colours {
  const style = getComputedStyle(place);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    text: colour('dim'),
    grid: colour('line'),
    accept: colour('accept'),
    syn: colour('syn'),
    capacity: colour('text'),
    refused: colour('bad'),
    drops: colour('drops'),
  };
}
