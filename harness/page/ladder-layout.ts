/** Where the rows of a ladder stand: even rows, stretched where time is to be seen. */
import type { PageLadderRow } from '../report/page/page-model.ts';

export const ROW_PX = 38;
export const TOP_PX = 40;
/** A gap that is drawn shorter than it is would lie: such a one is marked. */
export const LONGEST_GAP_PX = 2_000;

/** Whether the gap before the row is drawn shorter than it is. */
export const isShortened = (beforeMs: number, atMs: number, pxPerSecond: number): boolean =>
  ((atMs - beforeMs) / 1_000) * pxPerSecond > LONGEST_GAP_PX;

/** The y of each row. `pxPerSecond` 0: even rows. */
export function rowPositions(
  rows: readonly PageLadderRow[],
  pxPerSecond: number,
): readonly number[] {
  let y = TOP_PX;
  return rows.map((row, index) => {
    const beforeMs = rows[index - 1]?.atMs;
    if (beforeMs !== undefined) {
      const stretched = ((row.atMs - beforeMs) / 1_000) * pxPerSecond;
      y += Math.min(LONGEST_GAP_PX, Math.max(ROW_PX, stretched));
    }
    return y;
  });
}

/** `1.03 s`, `0.18 ms`: as a reader compares them. */
export function gapText(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(2)} s`;
  return ms >= 1 ? `${ms.toFixed(0)} ms` : `${ms.toFixed(2)} ms`;
}

/** Pixels for a second; the first is even rows. */
export const ZOOMS = [0, 30, 60, 120, 300, 1_000, 10_000, 100_000] as const;

/** As high as a ladder may be without being scrolled. */
const FITTING_PX = 420;
/** Of `ZOOMS`: more would stretch what is short anyway. */
const MOST_FITTING = 3;

/** The step of `ZOOMS` that shows the most of time and still fits. */
export function fittingZoom(rows: readonly PageLadderRow[]): number {
  for (let zoom = MOST_FITTING; zoom > 0; zoom -= 1) {
    if ((rowPositions(rows, ZOOMS[zoom] ?? 0).at(-1) ?? 0) <= FITTING_PX) return zoom;
  }
  return 0;
}
