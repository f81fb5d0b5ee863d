import { isIP } from 'node:net';
import { parseArgs } from 'node:util';
import type { Arrivals, ClientBehaviour } from '../harness/domain/wire.ts';
import { LONGEST_DELAY_MS } from './swarm-command.ts';

export const HELP = `Connects many clients to a TCP port and says what became of each.

Usage: node dist/clients/swarm.js --host ADDRESS --port PORT [options]

  --host ADDRESS             numeric IPv4 or IPv6 address to connect to
  --port PORT                1 to 65535
  --clients N                start N clients at once; without it, obey standard input
  --arrivals HOW             burst (default), sequential, or a rate such as 20/s
  --connect-timeout TIME     give an attempt up after that time (default 3s)
  --read-timeout TIME        report when no byte has come for that time; the socket is held
  --send BYTES               payload to write as soon as a client is connected
  --keepalive TIME           delay of the first keepalive probe, whole seconds
  --source-address ADDRESS   connect from there; repeated or separated by commas: in turn
  --help                     this text

Times are 300ms, 3s or plain milliseconds. Events are printed as JSON lines. Sockets are held until
standard input ends, or until SIGINT or SIGTERM.

Without --clients the program prints {"event":"ready"} and obeys the commands "connect", "send",
"stop-reconnecting" and "release" on standard input, one JSON object a line; --arrivals, --connect-timeout, --read-timeout,
--send and --keepalive are then part of each "connect".

Examples:
  node dist/clients/swarm.js --host 127.0.0.1 --port 9999 --clients 4 --connect-timeout 2500ms
  node dist/clients/swarm.js --host ::1 --port 9999 --clients 200 --arrivals 50/s --send 1

Exit codes: 0 released, 2 wrong usage, 4 nobody reads the events.
`;

export interface SwarmOptions {
  readonly host: string;
  readonly port: number;
  /** At least one entry; undefined: the kernel chooses. */
  readonly sourceAddresses: readonly (string | undefined)[];
  /** Absent: obey standard input. */
  readonly standAlone?: {
    readonly clients: number;
    readonly arrivals: Arrivals;
    readonly behaviour: ClientBehaviour;
  };
}

const usageError = (message: string, remedy: string): Error =>
  new Error(`USAGE  ${message}\n  Remedy: ${remedy}`);

const OPTIONS = {
  host: { type: 'string' },
  port: { type: 'string' },
  clients: { type: 'string' },
  arrivals: { type: 'string' },
  'connect-timeout': { type: 'string' },
  'read-timeout': { type: 'string' },
  send: { type: 'string' },
  keepalive: { type: 'string' },
  'source-address': { type: 'string', multiple: true },
  help: { type: 'boolean', default: false },
} as const;

/** Options that mean something only together with --clients. */
const STAND_ALONE = ['arrivals', 'connect-timeout', 'read-timeout', 'send', 'keepalive'] as const;

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw usageError(message, 'see --help for the options.');
  }
};

type Values = ReturnType<typeof parse>;

const readWhole = (option: string, text: string, from: number, to: number): number => {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= from && value <= to) {
    return value;
  }
  throw usageError(
    `--${option} "${text}" is not a whole number from ${from} to ${to}.`,
    `pass for example --${option} ${from}.`,
  );
};

const DURATION = /^(\d+(?:\.\d+)?)(ms|s)?$/;

/** Milliseconds. */
const readDuration = (option: string, text: string, fromMs: number): number => {
  const [, amount, unit] = DURATION.exec(text) ?? [];
  const ms = Number(amount) * (unit === 's' ? 1_000 : 1);
  if (ms >= fromMs && ms <= LONGEST_DELAY_MS) {
    return ms;
  }
  throw usageError(
    `--${option} "${text}" is not a time from ${fromMs}ms to ${LONGEST_DELAY_MS}ms.`,
    `pass for example --${option} 3s, 3000ms or 3000.`,
  );
};

const readAddress = (option: string, text: string | undefined): string => {
  if (text !== undefined && isIP(text) !== 0) {
    return text;
  }
  throw usageError(
    `--${option} ${text === undefined ? 'is missing' : `"${text}" is not a numeric address`}.`,
    `pass for example --${option} 127.0.0.1.`,
  );
};

const readSourceAddresses = (texts: readonly string[], host: string): string[] => {
  const addresses = texts
    .flatMap((text) => text.split(','))
    .map((text) => readAddress('source-address', text));
  const stranger = addresses.find((address) => isIP(address) !== isIP(host));
  if (stranger !== undefined) {
    throw usageError(
      `Cannot connect from ${stranger} to ${host} because they are of different families.`,
      'pass source addresses of the family of --host.',
    );
  }
  return addresses;
};

const readArrivals = (text: string): Arrivals => {
  if (text === 'burst' || text === 'sequential') {
    return { kind: text };
  }
  const perSecond = Number(/^(\d+(?:\.\d+)?)\/s$/.exec(text)?.[1]);
  if (perSecond > 0) {
    return { kind: 'rate', perSecond };
  }
  throw usageError(
    `--arrivals "${text}" is neither burst, sequential nor a rate.`,
    'pass --arrivals burst, --arrivals sequential or for example --arrivals 20/s.',
  );
};

const readBehaviour = (values: Values): ClientBehaviour => ({
  connectTimeoutMs: readDuration('connect-timeout', values['connect-timeout'] ?? '3s', 1),
  readTimeoutMs:
    values['read-timeout'] === undefined
      ? null
      : readDuration('read-timeout', values['read-timeout'], 1),
  sendBytes: readWhole('send', values.send ?? '0', 0, 1_048_576),
  keepAliveMs:
    values.keepalive === undefined ? null : readDuration('keepalive', values.keepalive, 1_000),
});

const readStandAlone = (values: Values): Pick<SwarmOptions, 'standAlone'> => {
  if (values.clients !== undefined) {
    return {
      standAlone: {
        clients: readWhole('clients', values.clients, 1, 1_000_000),
        arrivals: readArrivals(values.arrivals ?? 'burst'),
        behaviour: readBehaviour(values),
      },
    };
  }
  const useless = STAND_ALONE.find((option) => values[option] !== undefined);
  if (useless !== undefined) {
    throw usageError(
      `--${useless} says nothing without --clients.`,
      'pass --clients N, or put it into the connect command.',
    );
  }
  return {};
};

/** `help` when it was asked for. Throws an Error whose message says what is wrong and what to do. */
export const readSwarmOptions = (args: readonly string[]): SwarmOptions | 'help' => {
  const values = parse(args);
  if (values.help) {
    return 'help';
  }
  const host = readAddress('host', values.host);
  const sources = readSourceAddresses(values['source-address'] ?? [], host);
  return {
    host,
    port: readWhole('port', values.port ?? '', 1, 65_535),
    sourceAddresses: sources.length > 0 ? sources : [undefined],
    ...readStandAlone(values),
  };
};
