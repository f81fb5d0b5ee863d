import { foldLadder, type LadderRow } from './ladder.ts';
import { paddedStart } from './layout.ts';
import type { Style } from './style.ts';
import { count } from './words.ts';

type Segment = Extract<LadderRow, { kind: 'segment' }>;

const TIME_COLUMNS = 9;
/** From the client's line to the server's. */
const WIRE_COLUMNS = 34;
const MOST_ROWS = 14;

/** A ladder as lines of at most 80 columns: the client on the left, the server on the right. */
export function ladderText(rows: readonly LadderRow[], style: Style): readonly string[] {
  return foldLadder(rows, MOST_ROWS).map((row) => lineOf(row, style));
}

function lineOf(row: LadderRow, style: Style): string {
  if (row.kind === 'folded')
    return style.dim(`${' '.repeat(TIME_COLUMNS)}  ... ${row.rows} more ...`);
  const time = style.dim(paddedStart((row.atMs / 1_000).toFixed(3), TIME_COLUMNS));
  if (row.kind === 'segment') return `${time}  ${arrowOf(row, style)}`.trimEnd();
  const says = style.cyan(`* ${row.says}`);
  return `${time}  ${row.at === 'client' ? says : `${' '.repeat(WIRE_COLUMNS)} ${says}`}`;
}

function arrowOf(segment: Segment, style: Style): string {
  const label = labelOf(segment);
  const shaft = '─'.repeat(Math.max(1, WIRE_COLUMNS - label.length - 2));
  const arrow = segment.from === 'client' ? `${label} ${shaft}▶` : `◀${shaft} ${label}`;
  switch (segment.fate) {
    case 'taken':
      return arrow;
    case 'refused':
      return `${arrow} ${style.red('✗ refused: nothing comes back')}`;
    case 'dropped':
      return `${arrow} ${style.red('✗ dropped: the queue is full')}`;
  }
}

function labelOf({ what, bytes, retransmission }: Segment): string {
  const label = bytes === undefined ? what : count(bytes, 'byte');
  return retransmission ? `${label} again` : label;
}
