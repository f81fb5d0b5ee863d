import type { ServersTable } from '../domain/real-server.ts';
import {
  askedWords,
  burstWords,
  byServer,
  changeWords,
  limitWords,
  missingWords,
  placesWords,
  refusedWords,
  serverWords,
  setupWords,
  TITLE,
} from './servers-words.ts';
import { markdownText } from './verify-markdown.ts';

/** GitHub-flavoured Markdown: one table, and below it what could not be measured. */
export function serversMarkdownReport(table: ServersTable): string {
  const headings = [
    'server',
    'backlog asked for',
    'limit found',
    'places',
    'not accepting, it refuses SYNs from',
    `${table.clients} clients at once`,
    'how to change',
  ];
  const lines = [
    `| ${headings.join(' | ')} |`,
    `|${'---|'.repeat(headings.length)}`,
    ...rowsOf(table).map((cells) => `| ${cells.map(markdownText).join(' | ')} |`),
  ];
  const problems = table.rows.flatMap(({ id, problem }) =>
    problem === null ? [] : [`- **Not measured:** ${markdownText(`${id}: ${problem}`)}`],
  );
  const blocks = [`## ${TITLE}`, markdownText(`${setupWords(table)}.`), lines.join('\n')];
  return `${[...blocks, ...(problems.length === 0 ? [] : [problems.join('\n')])].join('\n\n')}\n`;
}

/** What is the same for all rows of a server is said in its first. */
const rowsOf = (table: ServersTable): readonly (readonly string[])[] =>
  byServer(table).flatMap(({ server, version, rows }) => {
    if (version === null) {
      return [
        [server.title, missingWords({ server, version }), '', '', '', '', changeWords(server)],
      ];
    }
    return rows.map((row, index) => [
      serverWords(row),
      askedWords(row),
      limitWords(row),
      placesWords(row),
      refusedWords(row),
      burstWords(row),
      index === 0 ? changeWords(server) : '',
    ]);
  });
