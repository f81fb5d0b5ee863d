/** The options of `clients`: their names and help for yargs, and what they mean. */
import type { Argv } from 'yargs';
import { CLIENT_LIBRARIES, type ClientLibrary } from '../domain/usual-clients.ts';
import { CLIENT_STATES } from '../scenarios/client-states.ts';
import { chosenNames, texts } from './chosen-names.ts';
import { type Destination, destinations } from './report-destinations.ts';
import { durationMs } from './values.ts';

export const CLIENTS_REPORTERS = ['terminal', 'json', 'markdown'] as const;
export type ClientsReporter = (typeof CLIENTS_REPORTERS)[number];

export interface ClientsSettings {
  readonly libraries: readonly ClientLibrary[];
  /** Ids of scenarios. */
  readonly states: readonly string[];
  readonly timeoutMs: number;
  readonly waitMs: number;
  readonly reporters: readonly Destination<ClientsReporter>[];
  readonly runsDir: string;
}

const TIMEOUT = '2s';
const WAIT = '15s';
/** What an option calls a state. */
const PREFIX = 'clients-';
const STATES = CLIENT_STATES.map(({ id }) => id.slice(PREFIX.length));

/** The options that may be repeated. */
export const CLIENTS_LISTS: readonly string[] = ['library', 'state', 'reporter'];

export function describeClientsOptions(parser: Argv): Argv {
  const group = 'Clients:';
  const list = { type: 'string', array: true, nargs: 1, group } as const;
  const one = { type: 'string', requiresArg: true, group } as const;
  return parser
    .option('library', {
      ...list,
      describe: `${CLIENT_LIBRARIES.join(', ')}; repeatable, or separated by commas (all)`,
    })
    .option('state', {
      ...list,
      describe: `${STATES.join(', ')}; repeatable, or separated by commas (all)`,
    })
    .option('timeout', { ...one, describe: `for the second column (${TIMEOUT})` })
    .option('wait', { ...one, describe: `how long each library is waited for (${WAIT})` })
    .option('reporter', {
      ...list,
      describe: `${CLIENTS_REPORTERS.join(', ')}; NAME=FILE: into a file; repeatable`,
    })
    .option('runs-dir', { ...one, describe: 'where run folders are made (runs)' })
    .usage(
      '$0 clients [options]\n\nUses the usual client libraries of Node against a server that is in trouble, with their defaults and with the timeout that their documentation offers, and says what each reports, when, and which timer fired. Packages are looked for from the folder where the command is started.',
    )
    .example('$0 clients', 'every library that is installed, in every state')
    .example('$0 clients --library fetch,pg --wait 140s', 'long enough for the kernel to give up')
    .epilogue(
      'Exit codes: 0 every state was made and every library said something or was waited for; 2 wrong usage; 3 a state was not what it should be; 4 the harness or its surroundings failed; 130 interrupted.',
    );
}

/** What was asked for. Throws `USAGE`. */
export function clientsSettings(given: Readonly<Record<string, unknown>>): ClientsSettings {
  const reporterTexts = [...texts(given['reporter']), ...(given['json'] === true ? ['json'] : [])];
  return {
    libraries: chosenNames('library', CLIENT_LIBRARIES, given['library']),
    states: chosenNames('state', STATES, given['state']).map((state) => `${PREFIX}${state}`),
    timeoutMs: durationMs('timeout', String(given['timeout'] ?? TIMEOUT)),
    waitMs: durationMs('wait', String(given['wait'] ?? WAIT)),
    reporters: destinations(CLIENTS_REPORTERS, reporterTexts),
    runsDir: String(given['runs-dir'] ?? 'runs'),
  };
}
