import { isIP } from 'node:net';
import { parseArgs } from 'node:util';
import { CLIENT_LIBRARIES, type ClientLibrary } from '../harness/domain/usual-clients.ts';
import type { LibraryTarget } from './library-call.ts';

export const HELP = `Uses one client library once and says what it reports.

Usage: node dist/clients/usual-clients.js --library NAME --host ADDRESS --port PORT [options]

  --library NAME     ${CLIENT_LIBRARIES.join(', ')}
  --host ADDRESS     numeric IPv4 or IPv6 address to connect to
  --port PORT        1 to 65535
  --entry FILE       the main module of the package, for a library that is not part of Node
  --timeout MS       for the options that the library's documentation names; else its defaults
  --help             this text

It loads the library, prints {"event":"ready"} and waits for a line on standard input:
  {"command":"connect","stopWaitingAfterMs":15000}
Events are printed as JSON lines. It ends when standard input ends, and lets go of its sockets then.

Exit codes: 0 its input ended, 2 wrong usage, 4 nobody reads the events.
`;

export interface UsualOptions extends LibraryTarget {
  readonly library: ClientLibrary;
}

const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

const usageError = (message: string, remedy: string): Error =>
  new Error(`USAGE  ${message}\n  Remedy: ${remedy}`);

const OPTIONS = {
  library: { type: 'string' },
  host: { type: 'string' },
  port: { type: 'string' },
  entry: { type: 'string' },
  timeout: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw usageError(message, 'see --help for the options.');
  }
};

const whole = (option: string, text: string | undefined, most: number): number => {
  const value = /^\d+$/.test(text ?? '') ? Number(text) : 0;
  if (value >= 1 && value <= most) return value;
  throw usageError(
    `--${option} ${text === undefined ? 'is missing' : `"${text}" is no number from 1 to ${most}`}.`,
    `pass a whole number: --${option} 2000.`,
  );
};

const addressOf = (host: string | undefined): string => {
  if (host !== undefined && isIP(host) !== 0) return host;
  throw usageError(
    `--host ${host === undefined ? 'is missing' : `"${host}" is not a numeric address`}.`,
    'pass for example --host 127.0.0.1.',
  );
};

const libraryNamed = (name: string | undefined): ClientLibrary => {
  const library = CLIENT_LIBRARIES.find((each) => each === name);
  if (library !== undefined) return library;
  throw usageError(
    `--library ${name === undefined ? 'is missing' : `"${name}" is not known`}.`,
    `choose one of ${CLIENT_LIBRARIES.join(', ')}.`,
  );
};

/** `help` when it was asked for. Throws an Error whose message says what is wrong and what to do. */
export const readUsualOptions = (args: readonly string[]): UsualOptions | 'help' => {
  const { library, host, port, entry, timeout, help } = parse(args);
  if (help) return 'help';
  return {
    library: libraryNamed(library),
    host: addressOf(host),
    port: whole('port', port, 65_535),
    entry: entry ?? null,
    timeoutMs: timeout === undefined ? null : whole('timeout', timeout, LONGEST_TIMEOUT_MS),
  };
};
