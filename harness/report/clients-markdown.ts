import type {
  ClientsState,
  ClientsTable,
  FoundLibrary,
  LibraryStory,
} from '../domain/usual-clients.ts';
import { timeoutOptionsOf, versionWords } from './clients-table.ts';
import { elapsed, outcomeWords, timerWords, wireWords } from './library-words.ts';
import { markdownText } from './verify-markdown.ts';

/** GitHub-flavoured Markdown: a table for each state. */
export function clientsMarkdownReport(table: ClientsTable): string {
  const { kernel, nodeVersion, libraries, states } = table;
  const blocks = [
    '## What client libraries report when a server is in trouble',
    markdownText(`Linux ${kernel}, Node ${nodeVersion}.`),
    versionsBlock(libraries),
    ...states.map((state) => stateBlock(state, table)),
  ];
  return `${blocks.join('\n\n')}\n`;
}

const versionsBlock = (libraries: readonly FoundLibrary[]): string =>
  [
    '| client | version, and its timers |',
    '|---|---|',
    ...libraries.map((found) => rowOf([found.library, versionWords(found)])),
  ].join('\n');

const rowOf = (cells: readonly string[]): string => `| ${cells.map(markdownText).join(' | ')} |`;

function stateBlock(state: ClientsState, { libraries, timeoutMs }: ClientsTable): string {
  const { title, story, problem, stories } = state;
  const installed = libraries.filter(({ version }) => version !== null);
  return [
    `### ${markdownText(title)}`,
    '',
    markdownText(story),
    ...(problem === null ? [] : ['', `**Not measured:** ${markdownText(problem)}`]),
    '',
    `| client | with its defaults | with a timeout of ${elapsed(timeoutMs)} |`,
    '|---|---|---|',
    ...installed.map(({ library }) => {
      const own = stories.filter(({ client }) => client.library === library);
      const byDefault = own.find(({ client }) => client.timeoutMs === null);
      const withTimeout = own.find(({ client }) => client.timeoutMs !== null);
      const options = timeoutOptionsOf(library);
      return `| ${markdownText(library)} | ${cellOf(byDefault)} | ${cellOf(withTimeout, options)} |`;
    }),
  ].join('\n');
}

function cellOf(story: LibraryStory | undefined, options?: string): string {
  if (story === undefined) return '';
  return [
    ...(options === undefined ? [] : [`set: ${options}`]),
    outcomeWords(story),
    `fired: ${timerWords(story)}`,
    `wire: ${wireWords(story)}`,
  ]
    .map(markdownText)
    .join('<br>');
}
