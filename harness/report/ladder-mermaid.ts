import type { ChosenLadder } from './chosen-ladder.ts';
import { foldLadder, type LadderRow } from './ladder.ts';
import { FATE_WORDS, type Gap, segmentWords, withGaps } from './ladder-words.ts';
import { duration } from './words.ts';

const MOST_ROWS = 40;
const INDENT = '    ';

/** A ladder as a Mermaid sequence diagram, as GitHub and GitLab draw it in Markdown. */
export function ladderMermaid(chosen: ChosenLadder): string {
  const { client, serverAddress, serverPort, clientAddress, clientPort, rows } = chosen;
  const lines = [
    `accTitle: ${text(`Packets of client ${client}`)}`,
    `accDescr: ${text('Times are seconds since its first SYN, and a cross marks a segment that the server did not take')}`,
    `participant C as ${text(`client ${client} (${endOf(clientAddress, clientPort)})`)}`,
    `participant S as ${text(`server (${endOf(serverAddress, serverPort)})`)}`,
    ...withGaps(foldLadder(rows, MOST_ROWS)).flatMap(statementsOf),
  ];
  return ['sequenceDiagram', ...lines.map((line) => `${INDENT}${line}`), ''].join('\n');
}

const endOf = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

function statementsOf(row: LadderRow | Gap): readonly string[] {
  switch (row.kind) {
    case 'gap':
      return [`Note over C,S: ${text(`${duration(row.lastsMs)} pass`)}`];
    case 'folded':
      return [`Note over C,S: ${text(`... ${row.rows} more ...`)}`];
    case 'note':
      return [`Note over ${row.at === 'client' ? 'C' : 'S'}: ${text(timed(row.atMs, row.says))}`];
    case 'segment':
      return segmentStatements(row);
  }
}

function segmentStatements(segment: Extract<LadderRow, { kind: 'segment' }>): readonly string[] {
  const [from, to] = segment.from === 'client' ? ['C', 'S'] : ['S', 'C'];
  const fate = FATE_WORDS[segment.fate];
  const arrow = fate === undefined ? '->>' : '-x';
  const message = `${from}${arrow}${to}: ${text(timed(segment.atMs, segmentWords(segment)))}`;
  return fate === undefined ? [message] : [message, `Note right of S: ${text(fate)}`];
}

const timed = (atMs: number, says: string): string => `${(atMs / 1_000).toFixed(3)} s  ${says}`;

/** In a statement `;` ends it and `#` begins an entity, and a line break would be another one. */
const text = (plain: string): string =>
  plain.replaceAll(/[#;]/g, (sign) => (sign === '#' ? '#35;' : '#59;')).replaceAll(/\s+/g, ' ');
