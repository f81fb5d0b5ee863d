import { visibleWidth } from '../report/layout.ts';
import type { Style } from '../report/style.ts';
import { chunksOf } from './wrap-text.ts';

/** What pages have to fit, and how they may look. */
export interface Look {
  readonly columns: number;
  /** null: there is no end, as where pages are written one below the other. */
  readonly rows: number | null;
  /** For those who hear the pages: sentences instead of drawings. */
  readonly plain: boolean;
  /** Somebody turns the pages with keys; otherwise they turn by themselves. */
  readonly keys: boolean;
  /** A page takes the place of the one before; otherwise pages are written one below the other. */
  readonly redraws: boolean;
  readonly style: Style;
}

/** Longer lines are hard to read, and drawings are made for 80 columns. */
const WIDEST_TEXT = 100;

/** As wide as the picture of the queues, and hardly less than a ladder. */
const DRAWING_COLUMNS = 76;

/** Where drawings would lose their right half, or nobody sees them, sentences stand for them. */
export const draws = ({ plain, columns }: Look): boolean => !plain && columns >= DRAWING_COLUMNS;

export const textColumns = ({ columns }: Look): number => Math.min(columns, WIDEST_TEXT);

const ESCAPE = String.fromCharCode(27);
const RESET = `${ESCAPE}[0m`;

/** A line that is too wide loses its end; colours take no room and do not leak. */
export function clipped(line: string, columns: number): string {
  if (visibleWidth(line) <= columns) return line;
  const parts = line.split(new RegExp(`(${ESCAPE}\\[[0-9;]*m)`));
  let room = columns;
  const kept = parts.map((part) => {
    if (part.startsWith(ESCAPE)) return part;
    const [fits = ''] = room > 0 ? chunksOf(part, room) : [''];
    const taken = visibleWidth(fits) <= room ? fits : '';
    room = taken.length === part.length ? room - visibleWidth(taken) : 0;
    return taken;
  });
  return `${kept.join('')}${line.includes(ESCAPE) ? RESET : ''}`;
}
