import { isIP } from 'node:net';
import { parseArgs } from 'node:util';

export const HELP = `Listens on a TCP port and never accepts, until it is told to.

Usage: node dist/servers/never-accepts.js [options]

  --host ADDRESS   numeric IPv4 or IPv6 address to listen on (default 127.0.0.1)
  --port PORT      0 lets the kernel choose one (default 0)
  --backlog N      argument of listen(2), at least 1 (default 1); none: leave it to Node
  --allow-zero     accept --backlog 0 and pass it on to Node, which replaces it by 511
  --cap N          server.maxConnections: accept what is above it, and close it at once
  --answer         send back as many bytes as come
  --help           this text

Events are printed as JSON lines. Commands are read from standard input, one JSON object a line:
  {"command":"accept"}              accept what is queued and what comes later
  {"command":"pause"}               stop accepting again
  {"command":"serve","blockedMs":2000,"openMs":200}
                                    accept with a loop that is blocked again and again
  {"command":"listen","backlog":8}  listen(2) again on the same socket; 0 is possible here
  {"command":"close"}               end, as the end of standard input and SIGTERM do

Examples:
  node dist/servers/never-accepts.js --port 9999 --backlog 2
  node dist/servers/never-accepts.js --host ::1 --backlog 128

Exit codes: 0 closed, 2 wrong usage, 4 could not listen.
`;

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  /** null: no backlog is given to Node. */
  readonly backlog: number | null;
  /** `server.maxConnections`; null: no cap. */
  readonly cap: number | null;
  readonly answers: boolean;
}

/** The largest int: what listen(2) takes. */
export const LARGEST_BACKLOG = 2_147_483_647;

const usageError = (code: string, message: string, remedy: string): Error =>
  new Error(`${code}  ${message}\n  Remedy: ${remedy}`);

/** Number('') is 0 and parseInt reads '2x' as 2: only digits are a number here. */
const readInteger = (text: string): number => (/^\d+$/.test(text) ? Number(text) : Number.NaN);

const readPort = (text: string): number => {
  const port = readInteger(text);
  if (port <= 65_535) {
    return port;
  }
  throw usageError(
    'USAGE',
    `Cannot listen on port "${text}" because it is not a whole number from 0 to 65535.`,
    'pass --port 9999, or --port 0 for any free port.',
  );
};

const readBacklog = (text: string, allowZero: boolean): number | null => {
  if (text === 'none') {
    return null;
  }
  const backlog = readInteger(text);
  if (backlog >= (allowZero ? 0 : 1) && backlog <= LARGEST_BACKLOG) {
    return backlog;
  }
  const reason =
    backlog === 0
      ? "Node's net module replaces 0 by 511: the smallest backlog is 1"
      : `it is not a whole number from 1 to ${LARGEST_BACKLOG}`;
  throw usageError(
    'BACKLOG_OUT_OF_RANGE',
    `Cannot listen with backlog ${text} because ${reason}.`,
    'pass --backlog 1 or more.',
  );
};

const readCap = (text: string | undefined): number | null => {
  if (text === undefined) {
    return null;
  }
  const cap = readInteger(text);
  if (cap >= 1) {
    return cap;
  }
  throw usageError(
    'USAGE',
    `Cannot cap the connections at "${text}" because it is not a whole number from 1.`,
    'pass --cap 128, or leave it out.',
  );
};

const readHost = (text: string): string => {
  if (isIP(text) !== 0) {
    return text;
  }
  throw usageError(
    'USAGE',
    `Cannot listen on "${text}" because it is not a numeric address.`,
    'pass --host 127.0.0.1 or --host ::1.',
  );
};

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '0' },
        backlog: { type: 'string', default: '1' },
        'allow-zero': { type: 'boolean', default: false },
        cap: { type: 'string' },
        answer: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw usageError('USAGE', message, 'see --help for the options.');
  }
};

/** `help` when it was asked for. Throws an Error whose message says what is wrong and what to do. */
export const readServerOptions = (args: readonly string[]): ServerOptions | 'help' => {
  const values = parse(args);
  if (values.help) {
    return 'help';
  }
  return {
    host: readHost(values.host),
    port: readPort(values.port),
    backlog: readBacklog(values.backlog, values['allow-zero']),
    cap: readCap(values.cap),
    answers: values.answer,
  };
};
