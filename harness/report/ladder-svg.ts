import type { ChosenLadder } from './chosen-ladder.ts';
import { foldLadder, type LadderRow } from './ladder.ts';
import { LADDER_STYLE } from './ladder-svg-style.ts';
import {
  type DrawingWords,
  ENGLISH_LADDER,
  fateOf,
  type Gap,
  type LadderSegment,
  labelOf,
  withGaps,
} from './ladder-words.ts';
import { duration } from './words.ts';

const MOST_ROWS = 200;

const WIDTH = 760;
const TIME_X = 76;
const CLIENT_X = 100;
const SERVER_X = 470;
/** An arrow falls by so much, since a segment takes time to cross the wire. */
const FALL = 9;
const TOP = 104;
const ROW = 34;
const GAP_ROW = 30;
const BOTTOM = 18;

/** A row with the height at which it is drawn. */
interface Placed {
  readonly row: LadderRow | Gap;
  readonly y: number;
}

/** A ladder as an SVG file of its own: no script, no font, nothing from elsewhere. */
export function ladderSvg(chosen: ChosenLadder, words: DrawingWords = ENGLISH_LADDER): string {
  const { client, rows } = chosen;
  const placed = place(withGaps(foldLadder(rows, MOST_ROWS)));
  const height = endOf(placed) + BOTTOM;
  const title = words.title(client);
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" lang="${words.language}" aria-labelledby="ladder-title ladder-desc">`,
    `<title id="ladder-title">${escaped(title)}</title>`,
    `<desc id="ladder-desc">${escaped(descriptionOf(rows, words))}</desc>`,
    `<style>${LADDER_STYLE}</style>`,
    `<rect class="paper" width="${WIDTH}" height="${height}"/>`,
    `<text class="title" x="16" y="26">${escaped(title)}</text>`,
    `<text class="quiet" x="16" y="45">${escaped(words.seconds)}</text>`,
    ...heads(chosen, words),
    ...lifelines(placed),
    ...placed.flatMap((each) => drawn(each, words)),
    '</svg>',
  ].join('\n')}\n`;
}

function place(rows: readonly (LadderRow | Gap)[]): readonly Placed[] {
  let y = TOP;
  return rows.map((row) => {
    const placed = { row, y };
    y += heightOf(row);
    return placed;
  });
}

const heightOf = ({ kind }: LadderRow | Gap): number => (kind === 'gap' ? GAP_ROW : ROW);

function endOf(placed: readonly Placed[]): number {
  const last = placed.at(-1);
  return last === undefined ? TOP : last.y + heightOf(last.row);
}

const heads = (chosen: ChosenLadder, words: DrawingWords): readonly string[] => [
  `<text class="head" x="${CLIENT_X}" y="76">${escaped(words.client(chosen.client))}</text>`,
  `<text class="quiet" x="${CLIENT_X}" y="91">${escaped(words.port(chosen.clientAddress, chosen.clientPort))}</text>`,
  `<text class="head" x="${SERVER_X}" y="76">${escaped(words.server)}</text>`,
  `<text class="quiet" x="${SERVER_X}" y="91">${escaped(words.port(chosen.serverAddress, chosen.serverPort))}</text>`,
];

/** Dashed where time passes that is not drawn to scale. */
function lifelines(placed: readonly Placed[]): readonly string[] {
  const line = (x: number, from: number, to: number, kind: string): string =>
    `<line class="${kind}" x1="${x}" y1="${from}" x2="${x}" y2="${to}"/>`;
  return placed.flatMap(({ row, y }, index) => {
    const kind = row.kind === 'gap' || row.kind === 'folded' ? 'life gap' : 'life';
    const from = index === 0 ? y - 6 : y;
    return [CLIENT_X, SERVER_X].map((x) => line(x, from, y + heightOf(row), kind));
  });
}

function drawn({ row, y }: Placed, words: DrawingWords): readonly string[] {
  switch (row.kind) {
    case 'gap':
      return [
        `<text class="wait" x="${(CLIENT_X + SERVER_X) / 2}" y="${y + 19}">${escaped(words.pass(duration(row.lastsMs)))}</text>`,
      ];
    case 'folded':
      return [
        `<text class="wait" x="${(CLIENT_X + SERVER_X) / 2}" y="${y + 21}">${escaped(words.more(row.rows))}</text>`,
      ];
    case 'note':
      return [
        timeOf(row.atMs, y),
        ...noteOf(row.at === 'client' ? CLIENT_X : SERVER_X, y + 16, words.note(row.says)),
      ];
    case 'segment':
      return [timeOf(row.atMs, y), ...segmentOf(row, y + 14, words)];
  }
}

const timeOf = (atMs: number, y: number): string =>
  `<text class="time" x="${TIME_X}" y="${y + 20}">${(atMs / 1_000).toFixed(3)}</text>`;

const noteOf = (x: number, y: number, says: string): readonly string[] => [
  `<circle class="note" cx="${x}" cy="${y}" r="4.5"/>`,
  `<text class="says" x="${x + 12}" y="${y + 4}">${escaped(says)}</text>`,
];

/** A segment that was not taken ends in a cross before the server's line. */
function segmentOf(segment: LadderSegment, y: number, words: DrawingWords): readonly string[] {
  const fate = fateOf(segment, words);
  const toServer = segment.from === 'client';
  const [from, to] = toServer ? [CLIENT_X, SERVER_X] : [SERVER_X, CLIENT_X];
  const end = fate === undefined ? to : SERVER_X - 14;
  const classes = ['wire', ...(segment.retransmission ? ['again'] : []), segment.fate].join(' ');
  const label = `<text class="label" x="${(CLIENT_X + SERVER_X) / 2}" y="${y - 3}">${escaped(labelOf(segment, words))}</text>`;
  const line = `<line class="${classes}" x1="${from}" y1="${y}" x2="${end}" y2="${y + FALL}"/>`;
  if (fate === undefined) {
    return [label, line, arrowHead(to, y + FALL, toServer ? -1 : 1, classes)];
  }
  const cross = `<path class="cross" d="M${end - 5} ${y + FALL - 5}l10 10m0 -10l-10 10"/>`;
  const why = `<text class="fate" x="${SERVER_X + 12}" y="${y + FALL + 4}">${escaped(fate)}</text>`;
  return [label, line, cross, why];
}

const arrowHead = (x: number, y: number, backwards: -1 | 1, classes: string): string =>
  `<path class="tip ${classes}" d="M${x} ${y}l${backwards * 9} -4.5v9z"/>`;

/** The ladder in words, for those who do not see it. */
function descriptionOf(rows: readonly LadderRow[], words: DrawingWords): string {
  const sentences = foldLadder(rows, MOST_ROWS).map((row) => {
    if (row.kind === 'folded') return words.tellMore(row.rows);
    const at = (row.atMs / 1_000).toFixed(3);
    if (row.kind === 'note') return words.tellNote(at, row.at, words.note(row.says));
    return words.tellSegment(at, row.from, labelOf(row, words), fateOf(row, words));
  });
  return sentences.join(' ');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

const escaped = (plain: string): string =>
  plain.replaceAll(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);
