import type { ChosenLadder } from './chosen-ladder.ts';
import { foldLadder, type LadderRow } from './ladder.ts';
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

const MOST_ROWS = 40;
const INDENT = '    ';

/** A ladder as a Mermaid sequence diagram, as GitHub and GitLab draw it in Markdown. */
export function ladderMermaid(chosen: ChosenLadder, words: DrawingWords = ENGLISH_LADDER): string {
  const { client, serverAddress, serverPort, clientAddress, clientPort, rows } = chosen;
  const lines = [
    `accTitle: ${text(words.title(client))}`,
    `accDescr: ${text(words.describes)}`,
    `participant C as ${text(`${words.client(client)} (${endOf(clientAddress, clientPort)})`)}`,
    `participant S as ${text(`${words.server} (${endOf(serverAddress, serverPort)})`)}`,
    ...withGaps(foldLadder(rows, MOST_ROWS)).flatMap((row) => statementsOf(row, words)),
  ];
  return ['sequenceDiagram', ...lines.map((line) => `${INDENT}${line}`), ''].join('\n');
}

const endOf = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

function statementsOf(row: LadderRow | Gap, words: DrawingWords): readonly string[] {
  switch (row.kind) {
    case 'gap':
      return [`Note over C,S: ${text(words.pass(duration(row.lastsMs)))}`];
    case 'folded':
      return [`Note over C,S: ${text(`... ${words.more(row.rows)} ...`)}`];
    case 'note':
      return [
        `Note over ${row.at === 'client' ? 'C' : 'S'}: ${text(timed(row.atMs, words.note(row.says)))}`,
      ];
    case 'segment':
      return segmentStatements(row, words);
  }
}

function segmentStatements(segment: LadderSegment, words: DrawingWords): readonly string[] {
  const [from, to] = segment.from === 'client' ? ['C', 'S'] : ['S', 'C'];
  const fate = fateOf(segment, words);
  const arrow = fate === undefined ? '->>' : '-x';
  const message = `${from}${arrow}${to}: ${text(timed(segment.atMs, labelOf(segment, words)))}`;
  return fate === undefined ? [message] : [message, `Note right of S: ${text(fate)}`];
}

const timed = (atMs: number, says: string): string => `${(atMs / 1_000).toFixed(3)} s  ${says}`;

/** In a statement `;` ends it and `#` begins an entity, and a line break would be another one. */
const text = (plain: string): string =>
  plain.replaceAll(/[#;]/g, (sign) => (sign === '#' ? '#35;' : '#59;')).replaceAll(/\s+/g, ' ');
