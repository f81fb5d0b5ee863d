import { LIBRARY_FACTS } from '../domain/library-timers.ts';
import type { ClientsTable, LibraryStory } from '../domain/usual-clients.ts';
import { timersOf, wireWords } from './library-words.ts';

/** The table as plain data: the contract with programs. */
export function clientsJsonReport(table: ClientsTable): string {
  const { kernel, nodeVersion, timeoutMs, waitMs, wallMs } = table;
  const libraries = table.libraries.map(({ library, version }) => ({
    library,
    package: LIBRARY_FACTS[library].package,
    version,
    timers: LIBRARY_FACTS[library].timers.map(({ option, defaultMs }) => ({ option, defaultMs })),
    timeoutOptions: LIBRARY_FACTS[library].timeoutOptions,
  }));
  const states = table.states.map(({ stories, ...state }) => ({
    ...state,
    clients: stories.map(storyJson),
  }));
  const report = { schemaVersion: 1, kernel, nodeVersion, timeoutMs, waitMs, wallMs };
  return `${JSON.stringify({ ...report, libraries, states }, null, 2)}\n`;
}

const storyJson = (story: LibraryStory): object => {
  const { client, said, end, connections } = story;
  return {
    library: client.library,
    version: client.version,
    timeoutMs: client.timeoutMs,
    end,
    said,
    timers: timersOf(story),
    wire: {
      summary: wireWords(story),
      connections: connections.length,
      syns: connections.reduce((sum, { syns }) => sum + syns.length, 0),
      answered: connections.filter(({ state }) => state !== 'unanswered').length,
      resetsFromServer: connections
        .flatMap(({ resets }) => resets)
        .filter(({ from }) => from === 'server').length,
    },
  };
};
