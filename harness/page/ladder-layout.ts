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
