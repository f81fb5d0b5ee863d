/**
 * Many clients that each ask a server again and again: over a connection of its own for every
 * request, as scripts do, or over the connections of a pool, which is the documented remedy.
 */
import { duration, optional, readOptions, whole } from '../servers/kit/options.ts';
import type { ProgramLog } from '../servers/kit/program-log.ts';
import { notACommand, runProgram, wordOf } from '../servers/kit/run-program.ts';
import { comeToRest, type Rest } from './come-to-rest.ts';
import { openPool } from './connection-pool.ts';
import { CLIENT_HELP, clientOptions, numberingOf } from './program-options.ts';
import { openRequestBook, type RequestBook } from './request-book.ts';
import type { ConnectionSettings } from './request-connection.ts';
import { askOnce } from './short-lived.ts';
import { takeTurns } from './take-turns.ts';

const MOST_CLIENTS = 100_000;

const HELP = `Clients that ask a pausing-server again and again, each request over a connection of its own,
or all requests over a pool of connections.

Usage: node dist/clients/short-connections.js --host ADDRESS --port PORT [options]

  --clients N               number of clients (default 10), spread evenly over the period
  --every TIME              each begins a request so often, unless its previous one has not ended
                            (default 1s)
  --read-timeout TIME       give a request up after so long without an answer (default 2s)
  --pool K                  open K connections at once, hold them, and send the requests over them;
                            a request waits in line for a free one
  --pool-wait TIME          at most so long (default: the connect timeout)
${CLIENT_HELP}
Events are printed as JSON lines. Commands are read from standard input, one JSON object a line:
  {"command":"rest"}        begin nothing new, and say "resting" when nothing is under way
  {"command":"release"}     end, as the end of standard input and SIGTERM do

Examples:
  node dist/clients/short-connections.js --host 127.0.0.1 --port 9999 --clients 400 --connect-timeout 500ms
  node dist/clients/short-connections.js --host 127.0.0.1 --port 9999 --clients 400 --pool 50

Exit codes: 0 released, 2 wrong usage, 4 failed.
`;

const READERS = {
  ...clientOptions('short'),
  clients: whole(1, MOST_CLIENTS, 10),
  every: duration(1, '1s'),
  'read-timeout': duration(1, '2s'),
  pool: optional(whole(1, MOST_CLIENTS)),
  'pool-wait': optional(duration(1)),
};

type Options = Exclude<ReturnType<typeof readOptions<typeof READERS>>, 'help'>;

/** How a request is made; `onOver` when it and what belongs to it alone are over. */
interface Asking {
  readonly ask: (onOver: () => void) => void;
  readonly connecting: () => number;
}

const asking = (
  { pool: size, 'pool-wait': waitMs }: Options,
  settings: ConnectionSettings,
  book: RequestBook,
  rest: () => Rest,
): Asking =>
  size === undefined
    ? { ask: (onOver) => askOnce(settings, book, onOver), connecting: () => 0 }
    : openPool({ size, waitMs: waitMs ?? settings.connectTimeoutMs }, settings, book, {
        // Requests that are under way when rest is wanted may still need a connection.
        mayReopen: () => !rest().wanted() || book.underWay() > 0,
        onSettled: () => rest().look(),
      });

const begin = (options: Options, log: ProgramLog) => {
  const numbering = numberingOf(options);
  const { wave, clients, every: everyMs } = options;
  const book = openRequestBook(numbering.nextRequest, wave, log);
  const settings = {
    ...{ numbering, wave, log },
    connectTimeoutMs: options['connect-timeout'],
    readTimeoutMs: options['read-timeout'],
  };
  const requests = asking(options, settings, book, () => rest);
  const busy = new Set<number>();
  const isIdle = (): boolean => busy.size === 0 && requests.connecting() === 0;
  const rest = comeToRest(isIdle, log);
  const stop = takeTurns({ members: clients, everyMs }, (client) => {
    if (busy.has(client)) return;
    busy.add(client);
    requests.ask(() => {
      busy.delete(client);
      rest.look();
    });
  });
  return {
    obey: (command: unknown) => {
      if (wordOf(command) !== 'rest') throw notACommand(command);
      stop();
      rest.want();
    },
    // The connections end with the process.
    end: stop,
  };
};

await runProgram({
  name: 'short-connections',
  help: HELP,
  readOptions: (args) => readOptions(args, READERS),
  begin,
});
