/** The options of `servers`: their names and help for yargs, and what they mean. */
import type { Argv } from 'yargs';
import type { RealServer } from '../domain/real-server.ts';
import { REAL_SERVERS } from '../domain/real-servers.ts';
import { chosenNames, texts } from './chosen-names.ts';
import { type Destination, destinations } from './report-destinations.ts';

const SERVERS_REPORTERS = ['terminal', 'json', 'markdown'] as const;
export type ServersReporter = (typeof SERVERS_REPORTERS)[number];

export interface ServersSettings {
  readonly servers: readonly RealServer[];
  readonly reporters: readonly Destination<ServersReporter>[];
  readonly runsDir: string;
}

const NAMES = REAL_SERVERS.map(({ name }) => name);

/** The options that may be repeated. */
export const SERVERS_LISTS: readonly string[] = ['server', 'reporter'];

export function describeServersOptions(parser: Argv): Argv {
  const group = 'Servers:';
  const list = { type: 'string', array: true, nargs: 1, group } as const;
  return parser
    .option('server', {
      ...list,
      describe: `${NAMES.join(', ')}; repeatable, or separated by commas (all)`,
    })
    .option('reporter', {
      ...list,
      describe: `${SERVERS_REPORTERS.join(', ')}; NAME=FILE: into a file; repeatable`,
    })
    .option('runs-dir', {
      type: 'string',
      requiresArg: true,
      group,
      describe: 'where run folders are made (runs)',
    })
    .usage(
      '$0 servers [options]\n\nPuts the servers that are installed here under the storm of --server-command, each with the backlog it asks for by default and with a small one, and says what its accept queue really holds, from which client on it refuses SYNs, and which setting changes that.',
    )
    .example('$0 servers', 'every server that is installed')
    .example('$0 servers --server nginx,redis --reporter markdown', 'a table to keep')
    .epilogue(
      'Exit codes: 0 every server that is installed was measured; 2 wrong usage; 3 one was not; 4 the harness or its surroundings failed; 130 interrupted.',
    );
}

/** What was asked for. Throws `USAGE`. */
export function serversSettings(given: Readonly<Record<string, unknown>>): ServersSettings {
  const reporterTexts = [...texts(given['reporter']), ...(given['json'] === true ? ['json'] : [])];
  const chosen = chosenNames('server', NAMES, given['server']);
  return {
    servers: REAL_SERVERS.filter(({ name }) => chosen.includes(name)),
    reporters: destinations(SERVERS_REPORTERS, reporterTexts),
    runsDir: String(given['runs-dir'] ?? 'runs'),
  };
}
