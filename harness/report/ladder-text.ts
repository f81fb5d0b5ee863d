import type { ChosenLadder } from './chosen-ladder.ts';
import { foldLadder, type LadderRow } from './ladder.ts';
import { FATE_WORDS } from './ladder-words.ts';
import { paddedStart, visibleWidth } from './layout.ts';
import type { Style } from './style.ts';
import { count } from './words.ts';

type Segment = Extract<LadderRow, { kind: 'segment' }>;

const TIME_COLUMNS = 9;
/** From the client's line to the server's. */
const WIRE_COLUMNS = 34;
const MOST_ROWS = 14;

/** What a ladder says besides the names of segments, so that it can be said in another language. */
export interface LadderWords {
  readonly what: (what: Segment['what']) => string;
  readonly bytes: (bytes: number) => string;
  readonly again: (label: string) => string;
  readonly refused: string;
  readonly dropped: string;
  readonly more: (rows: number) => string;
  readonly note: (says: string) => string;
}

const ENGLISH: LadderWords = {
  what: (what) => what,
  bytes: (bytes) => count(bytes, 'byte'),
  again: (label) => `${label} again`,
  refused: FATE_WORDS.refused ?? '',
  dropped: FATE_WORDS.dropped ?? '',
  more: (rows) => `${rows} more`,
  note: (says) => says,
};

/** With a title that says whose packets they are. */
export const titledLadder = (
  { client, rows }: ChosenLadder,
  style: Style,
  mostRows = MOST_ROWS,
): readonly string[] => [
  style.bold(
    `Packets of client ${client} (seconds since its first SYN; client left, server right)`,
  ),
  ...ladderText(rows, style, ENGLISH, mostRows),
];

/** A ladder as lines of at most 80 columns: the client on the left, the server on the right. */
export function ladderText(
  rows: readonly LadderRow[],
  style: Style,
  words: LadderWords = ENGLISH,
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

function arrowOf(segment: Segment, style: Style, words: LadderWords): string {
  const label = labelOf(segment, words);
  const shaft = '─'.repeat(Math.max(1, WIRE_COLUMNS - visibleWidth(label) - 2));
  const arrow = segment.from === 'client' ? `${label} ${shaft}▶` : `◀${shaft} ${label}`;
  switch (segment.fate) {
    case 'taken':
      return arrow;
    case 'refused':
      return `${arrow} ${style.red(`✗ ${words.refused}`)}`;
    case 'dropped':
      return `${arrow} ${style.red(`✗ ${words.dropped}`)}`;
  }
}

function labelOf({ what, bytes, retransmission }: Segment, words: LadderWords): string {
  const label = bytes === undefined ? words.what(what) : words.bytes(bytes);
  return retransmission ? words.again(label) : label;
}
