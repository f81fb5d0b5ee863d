/** Ranges of code points that a terminal draws two columns wide (East Asian Width W and F). */
const WIDE: readonly (readonly [first: number, last: number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x20000, 0x3fffd],
];

const columnsOfSign = (sign: string): number => {
  const code = sign.codePointAt(0) ?? 0;
  return WIDE.some(([first, last]) => first <= code && code <= last) ? 2 : 1;
};

/** How many columns of a terminal a text takes that has no colours in it. */
export const columnsOfText = (text: string): number =>
  [...text].reduce((columns, sign) => columns + columnsOfSign(sign), 0);

/** As much of the text as fits; what is cut ends in an ellipsis. */
export function cutToColumns(text: string, mostColumns: number): string {
  if (columnsOfText(text) <= mostColumns) return text;
  let columns = 0;
  let kept = '';
  for (const sign of text) {
    columns += columnsOfSign(sign);
    if (columns > mostColumns - 1) break;
    kept += sign;
  }
  return mostColumns < 1 ? '' : `${kept}…`;
}

export const paddedToColumns = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - columnsOfText(text)));

/** A piece of a line, and how it is coloured once its place is known. */
export type Piece = readonly [text: string, paint?: (text: string) => string];

/** Pieces side by side, of which nothing stands beyond the width. */
export function lineOfPieces(pieces: readonly Piece[], widthColumns: number): string {
  let left = widthColumns;
  return pieces
    .map(([text, paint]) => {
      const fitting = cutToColumns(text, left);
      left -= columnsOfText(fitting);
      return paint === undefined || fitting === '' ? fitting : paint(fitting);
    })
    .join('');
}
