import { LIBRARY_FACTS } from '../domain/library-timers.ts';
import type {
  ClientLibrary,
  ClientsState,
  ClientsTable,
  FoundLibrary,
  LibraryStory,
} from '../domain/usual-clients.ts';
import { hanging, padded, visibleWidth, widest, wrap } from './layout.ts';
import { elapsed, outcomeWords, timerWords, wireWords } from './library-words.ts';
import { INDENT, type Page } from './page.ts';

/** What each library reported in each state, with the defaults and with a timeout of its own. */
export function clientsTableReport(table: ClientsTable, page: Page): string {
  const { style } = page;
  return `${[
    style.bold('What client libraries report when a server is in trouble'),
    style.dim(`kernel ${table.kernel}, Node ${table.nodeVersion}, in ${elapsed(table.wallMs)}`),
    '',
    ...libraryLines(table, page),
    ...table.states.flatMap((state) => ['', ...stateLines(state, table, page)]),
  ].join('\n')}\n`;
}

const libraryLines = (table: ClientsTable, page: Page): readonly string[] => {
  const columns = nameColumns(table.libraries);
  return table.libraries.flatMap((found) =>
    hanging(`${INDENT}${padded(found.library, columns)}`, versionWords(found), page.widthColumns),
  );
};

const nameColumns = (libraries: readonly FoundLibrary[]): number =>
  widest(libraries.map(({ library }) => library)) + 2;

/** `8.23.1; connectionTimeoutMillis (default none)`, or what to do to get it. */
export function versionWords({ library, version }: FoundLibrary): string {
  const facts = LIBRARY_FACTS[library];
  if (version === null) return `not installed (npm install ${facts.package ?? library})`;
  const timers = facts.timers.map(
    ({ option, defaultMs }) =>
      `${option} (default ${defaultMs === null ? 'none' : elapsed(defaultMs)})`,
  );
  return `${version}; ${timers.join(', ')}`;
}

function stateLines(state: ClientsState, table: ClientsTable, page: Page): readonly string[] {
  const { style, widthColumns, verbose } = page;
  return [
    style.bold(state.title),
    ...wrap(state.story, widthColumns).map((line) => style.dim(line)),
    ...(state.problem === null
      ? []
      : hanging(style.red('not measured: '), state.problem, widthColumns)),
    ...(verbose && state.runFolder !== null ? [style.dim(`evidence: ${state.runFolder}`)] : []),
    ...table.libraries.flatMap(({ library }) => {
      const stories = state.stories.filter(({ client }) => client.library === library);
      return stories.flatMap((story, index) => storyLines(story, index === 0, table, page));
    }),
  ];
}

function storyLines(
  story: LibraryStory,
  isFirst: boolean,
  { libraries, timeoutMs }: ClientsTable,
  { style, widthColumns }: Page,
): readonly string[] {
  const { library, timeoutMs: given } = story.client;
  const name = padded(isFirst ? library : '', nameColumns(libraries));
  const withTimeout = `timeout ${elapsed(timeoutMs)}`;
  const setting = padded(given === null ? 'defaults' : withTimeout, withTimeout.length + 2);
  const before = `${INDENT}${style.bold(name)}${setting}`;
  const options = given === null ? '' : `set: ${timeoutOptionsOf(library)}; `;
  return [
    ...hanging(before, outcomeWords(story), widthColumns),
    ...hanging(
      padded('', visibleWidth(before)),
      `${options}fired: ${timerWords(story)}; wire: ${wireWords(story)}`,
      widthColumns,
    ).map((line) => style.dim(line)),
  ];
}

/** The options that a timeout was given to, as the heading of a column names them. */
export const timeoutOptionsOf = (library: ClientLibrary): string =>
  LIBRARY_FACTS[library].timeoutOptions.join(', ');
