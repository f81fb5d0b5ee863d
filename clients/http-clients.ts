/**
 * HTTP clients as applications use them: each request on a new connection, with one timeout for the
 * connection and another one for the answer, which are told apart.
 */
import {
  duration,
  type OptionReader,
  readOptions,
  usageError,
  whole,
} from '../servers/kit/options.ts';
import type { ProgramLog } from '../servers/kit/program-log.ts';
import { notACommand, runProgram, type Work, wordOf } from '../servers/kit/run-program.ts';
import { type Exchange, startExchange } from './http-exchange.ts';
import { CLIENT_HELP, clientOptions, numberingOf } from './program-options.ts';

const HELP = `Makes HTTP requests, each on a new connection, from many clients at once.

Usage: node dist/clients/http-clients.js --host ADDRESS --port PORT [options]

  --clients N               clients that begin at once (default 1)
  --requests N              of each client, one after another (default 1)
  --path PATH               what is requested (default /)
  --read-timeout TIME       give a request up that has no answer so long after it was written
                            (default 5s)
${CLIENT_HELP}
Its log is printed as JSON lines: each request's end, and the life of each connection. Commands are
read from standard input, one JSON object a line:
  {"command":"rest"}     begin no other request, and say "resting" when none is under way
  {"command":"release"}  end, as the end of standard input, SIGINT and SIGTERM do

Example:
  node dist/clients/http-clients.js --host 127.0.0.1 --port 8080 --clients 10 --path '/?work=4s'

Exit codes: 0 ended, 2 wrong usage, 4 failed.
`;

/** What Node lets through into a request line. */
const PATH = /^\/[!-ÿ]*$/;

const path: OptionReader<string> = {
  otherwise: '/',
  read: (option, text) => {
    if (PATH.test(text)) return text;
    throw usageError(
      `--${option} "${text}" is not a path that can be requested.`,
      `begin it with a slash and encode what is special, for example --${option} /a%20b.`,
    );
  },
};

const READERS = {
  ...clientOptions('http'),
  clients: whole(1, 60_000, 1),
  requests: whole(1, 1_000_000, 1),
  path,
  'read-timeout': duration(1, '5s'),
};
type Options = Exclude<ReturnType<typeof readOptions<typeof READERS>>, 'help'>;

const begin = (options: Options, log: ProgramLog): Work => {
  const { nextClient, nextRequest, nextTarget } = numberingOf(options);
  const { 'connect-timeout': connectTimeoutMs, 'read-timeout': readTimeoutMs } = options;
  const underWay = new Set<Exchange>();
  let resting = false;

  const makeRequest = async (): Promise<void> => {
    const numbers = { request: nextRequest(), client: nextClient(), target: nextTarget() };
    const { wave, path: requested } = options;
    const exchange = startExchange(
      { ...numbers, wave, path: requested, connectTimeoutMs, readTimeoutMs },
      log,
    );
    underWay.add(exchange);
    await exchange.over;
    underWay.delete(exchange);
  };
  const runClient = async (): Promise<void> => {
    for (let made = 0; made < options.requests && !resting; made += 1) await makeRequest();
  };
  const allDone = Promise.all(Array.from({ length: options.clients }, runClient));

  return {
    obey: (command) => {
      if (wordOf(command) !== 'rest') throw notACommand(command);
      resting = true;
      void allDone.then(() => log.tell({ event: 'resting' }));
    },
    end: async () => {
      resting = true;
      for (const exchange of underWay) exchange.abandon();
      await allDone;
      log.tell({ event: 'released' });
    },
  };
};

await runProgram<Options>({
  name: 'http-clients',
  help: HELP,
  readOptions: (args) => readOptions(args, READERS),
  begin,
});
