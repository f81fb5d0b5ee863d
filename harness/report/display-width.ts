/**
 * First and last code points of the blocks whose characters take two columns of a terminal: the
 * classes Wide and Fullwidth of Unicode's East Asian Width (UAX #11), as far as they are in use.
 */
const WIDE: readonly (readonly [first: number, last: number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6b],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

export const isWide = (character: string): boolean => {
  const point = character.codePointAt(0) ?? 0;
  return WIDE.some(([first, last]) => first <= point && point <= last);
};

/** Columns that a text without escape sequences takes: a Chinese character takes two. */
export const displayWidth = (text: string): number =>
  [...text].reduce((sum, character) => sum + (isWide(character) ? 2 : 1), 0);
