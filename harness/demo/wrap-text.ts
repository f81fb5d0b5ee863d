import { displayWidth, isWide } from '../report/display-width.ts';

/** What a line must not begin with, and what it must not end with. */
const CLOSING = '，。、；：？！）》】”,.;:?!)';
const OPENING = '（《【“(';

/**
 * Breaks at spaces and between Chinese characters, but not before closing punctuation, after opening
 * punctuation, or between a number and its unit. No line is wider than `width` columns: a word that
 * is longer is cut.
 */
export function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const { piece, spaced } of piecesOf(text)) {
    const joined = line === '' ? piece : `${line}${spaced ? ' ' : ''}${piece}`;
    if (displayWidth(joined) <= width) {
      line = joined;
      continue;
    }
    lines.push(line, ...chunksOf(piece, width));
    line = lines.pop() ?? '';
  }
  return [...lines, line].filter((each, index) => each !== '' || index > 0);
}

interface Piece {
  readonly piece: string;
  /** A space stood before it. */
  readonly spaced: boolean;
}

/** The smallest parts that stay together. */
function piecesOf(text: string): readonly Piece[] {
  return text
    .split(/ (?!m?s\b)/)
    .flatMap((word, index) =>
      partsOf(word).map((piece, part) => ({ piece, spaced: index > 0 && part === 0 })),
    );
}

/** A word of Latin letters is one part, a Chinese character with its punctuation another. */
function partsOf(word: string): readonly string[] {
  const parts: string[] = [];
  for (const character of word) {
    const last = parts.at(-1);
    if (last !== undefined && belongsTo(last, character))
      parts[parts.length - 1] = last + character;
    else parts.push(character);
  }
  return parts;
}

function belongsTo(before: string, character: string): boolean {
  const last = [...before].at(-1) ?? '';
  if (CLOSING.includes(character) || OPENING.includes(last)) return true;
  return !isWide(last) && !isWide(character) && !'“（'.includes(character) && last !== '”';
}

/** As many characters of it as fit, line by line. */
export function chunksOf(word: string, width: number): readonly string[] {
  const chunks: string[] = [];
  let chunk = '';
  for (const character of word) {
    if (chunk !== '' && displayWidth(chunk + character) > width) {
      chunks.push(chunk);
      chunk = '';
    }
    chunk += character;
  }
  return [...chunks, chunk];
}

/** The text behind `before`, and below its own beginning when it takes several lines. */
export function hangingText(before: string, text: string, width: number): readonly string[] {
  const indent = displayWidth(before);
  return wrapText(text, Math.max(MOST_INDENTED, width - indent)).map((line, index) =>
    index === 0 ? `${before}${line}` : `${' '.repeat(indent)}${line}`,
  );
}

/** Below this a column holds hardly a word. */
const MOST_INDENTED = 12;
