import { displayWidth } from '../report/display-width.ts';

/** As much of the text as fits; what is cut ends in an ellipsis. */
export function cutToColumns(text: string, mostColumns: number): string {
  if (displayWidth(text) <= mostColumns) return text;
  let columns = 0;
  let kept = '';
  for (const sign of text) {
    columns += displayWidth(sign);
    if (columns > mostColumns - 1) break;
    kept += sign;
  }
  return mostColumns < 1 ? '' : `${kept}…`;
}

/** A piece of a line, and how it is coloured once its place is known. */
export type Piece = readonly [text: string, paint?: (text: string) => string];

/** Pieces side by side, of which nothing stands beyond the width. */
export function lineOfPieces(pieces: readonly Piece[], widthColumns: number): string {
  let left = widthColumns;
  return pieces
    .map(([text, paint]) => {
      const fitting = cutToColumns(text, left);
      left -= displayWidth(fitting);
      return paint === undefined || fitting === '' ? fitting : paint(fitting);
    })
    .join('');
}
