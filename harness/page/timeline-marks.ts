/** Refused SYNs on a chart: a line each, and whose they are where there is room to say so. */
import type uPlot from 'uplot';
import type { Words } from './words/words.ts';

export interface Mark {
  /** Seconds. */
  readonly at: number;
  /** Null: nobody knows. */
  readonly client: number | null;
}

interface MarkLook {
  readonly colour: string;
  readonly words: Words;
}

/** So many lines across a chart do not hide it. */
const MOST_LONG = 12;
const SHORT_PX = 10;
const NAME_PX = 12;

export function drawMarks(plot: uPlot, marks: readonly Mark[], { colour, words }: MarkLook): void {
  const { ctx, bbox } = plot;
  const { min, max } = plot.scales['x'] ?? {};
  const inSight = marks.filter(({ at }) => at >= (min ?? 0) && at <= (max ?? 0));
  const isLong = marks.length <= MOST_LONG;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.lineWidth = devicePixelRatio * (isLong ? 1.5 : 1);
  ctx.font = `${NAME_PX * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = 'left';
  ctx.beginPath();
  const right = bbox.left + bbox.width;
  const places = inSight.map(({ at }) => Math.round(plot.valToPos(at, 'x', true)));
  for (const [index, { client }] of inSight.entries()) {
    const x = places[index] ?? right;
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + (isLong ? bbox.height : SHORT_PX * devicePixelRatio));
    const name = ` ${words.refusedSynOf(client)}`;
    const freeUntil = places[index + 1] ?? right;
    if (!isLong || x + ctx.measureText(name).width > freeUntil) continue;
    ctx.fillText(name, x, bbox.top + NAME_PX * devicePixelRatio);
  }
  ctx.stroke();
  ctx.restore();
}
