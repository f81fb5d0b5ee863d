import type { ChosenLadder } from './chosen-ladder.ts';
import { foldLadder, type LadderRow } from './ladder.ts';
import {
  type DrawingWords,
  ENGLISH_LADDER,
  fateOf,
  type LadderSegment,
  type LadderWords,
  labelOf,
} from './ladder-words.ts';
import { paddedStart, visibleWidth } from './layout.ts';
import type { Style } from './style.ts';

const TIME_COLUMNS = 9;
/** From the client's line to the server's. */
const WIRE_COLUMNS = 34;
const MOST_ROWS = 14;

/** With a title that says whose packets they are. */
export const titledLadder = (
  { client, rows, acceptQueueFull }: ChosenLadder,
  style: Style,
  mostRows = MOST_ROWS,
  words: DrawingWords = ENGLISH_LADDER,
): readonly string[] => [
  style.bold(words.titleOfText(client)),
  ...ladderText(rows, style, refusedWith(words, acceptQueueFull), mostRows),
  ...(rows.some(isRefusal)
    ? [style.dim(`${' '.repeat(TIME_COLUMNS)}  ${words.refusalMeans}`)]
    : []),
];

const isRefusal = (row: LadderRow): boolean => row.kind === 'segment' && row.fate === 'refused';

const refusedWith = (words: DrawingWords, acceptQueueFull: boolean): DrawingWords =>
  acceptQueueFull ? { ...words, refused: words.refusedByFullQueue } : words;

/** A ladder as lines of at most 80 columns: the client on the left, the server on the right. */
export function ladderText(
  rows: readonly LadderRow[],
  style: Style,
  words: LadderWords = ENGLISH_LADDER,
  mostRows = MOST_ROWS,
): readonly string[] {
  return foldLadder(rows, mostRows).map((row) => lineOf(row, style, words));
}

function lineOf(row: LadderRow, style: Style, words: LadderWords): string {
  if (row.kind === 'folded')
    return style.dim(`${' '.repeat(TIME_COLUMNS)}  ... ${words.more(row.rows)} ...`);
  const time = style.dim(paddedStart((row.atMs / 1_000).toFixed(3), TIME_COLUMNS));
  if (row.kind === 'segment') return `${time}  ${arrowOf(row, style, words)}`.trimEnd();
  const says = style.cyan(`* ${words.note(row.says)}`);
  return `${time}  ${row.at === 'client' ? says : `${' '.repeat(WIRE_COLUMNS)} ${says}`}`;
}

function arrowOf(segment: LadderSegment, style: Style, words: LadderWords): string {
  const label = labelOf(segment, words);
  const fate = fateOf(segment, words);
  const shaft = '─'.repeat(Math.max(1, WIRE_COLUMNS - visibleWidth(label) - 2));
  const arrow = segment.from === 'client' ? `${label} ${shaft}▶` : `◀${shaft} ${label}`;
  return fate === undefined ? arrow : `${arrow} ${style.red(`✗ ${fate}`)}`;
}
