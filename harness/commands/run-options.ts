/** The options of a run: their names and help for yargs, and their way into `Parameters`. */
import type { Argv } from 'yargs';
import { HarnessError } from '../domain/harness-error.ts';
import type { Parameters } from '../domain/parameters.ts';
import type { Scenario } from '../domain/scenario.ts';
import type { Host } from '../domain/tcp.ts';
import { addressesFor, PORTS_PER_ADDRESS } from '../scenarios/parts.ts';
import { describeOwnServerOptions, ownServerFrom } from './own-server-options.ts';
import { sysctlsOfEngine } from './sandbox-options.ts';
import { arrivals, backlog, durationMs, sysctls, usage, wholeNumber } from './values.ts';

/** One option for one sysctl: where it belongs, what it may be. */
interface SysctlOption {
  readonly option: string;
  readonly host: Host;
  readonly key: string;
  readonly least: number;
  readonly most: number;
  readonly help: string;
}

const UNSIGNED = 2 ** 31 - 1;

const SYSCTL_OPTIONS: readonly SysctlOption[] = [
  {
    option: 'somaxconn',
    host: 'server',
    key: 'net.core.somaxconn',
    least: 0,
    most: UNSIGNED,
    help: 'upper bound of every backlog (4096)',
  },
  {
    option: 'max-syn-backlog',
    host: 'server',
    key: 'net.ipv4.tcp_max_syn_backlog',
    least: 1,
    most: UNSIGNED,
    help: 'tcp_max_syn_backlog of the server, a bound of the SYN queue (4096)',
  },
  {
    option: 'syncookies',
    host: 'server',
    key: 'net.ipv4.tcp_syncookies',
    least: 0,
    most: 2,
    help: 'SYN cookies: 0 never, 1 when the SYN queue is full, 2 always (1)',
  },
  {
    option: 'abort-on-overflow',
    host: 'server',
    key: 'net.ipv4.tcp_abort_on_overflow',
    least: 0,
    most: 1,
    help: '1: RST instead of a dropped ACK (0)',
  },
  {
    option: 'synack-retries',
    host: 'server',
    key: 'net.ipv4.tcp_synack_retries',
    least: 0,
    most: 255,
    help: 'how often a SYN-ACK is repeated (5)',
  },
  {
    option: 'syn-retries',
    host: 'client',
    key: 'net.ipv4.tcp_syn_retries',
    least: 1,
    most: 127,
    help: 'how often a SYN is repeated, besides the linear repetitions (6)',
  },
  {
    option: 'syn-linear-timeouts',
    host: 'client',
    key: 'net.ipv4.tcp_syn_linear_timeouts',
    least: 0,
    most: 127,
    help: 'first repetitions at equal distances, Linux 6.5 and later (4)',
  },
];

/** Every option is text to yargs: numbers are parsed by our own, stricter rules. */
const TEXT_OPTIONS: readonly (readonly [string, string])[] = [
  ['backlog', 'how many connections may wait to be accepted: N + 1 fit (2, or by scenario)'],
  ['clients', 'how many clients connect (4, or by scenario)'],
  ['arrivals', 'how they come: burst, sequential, or a rate such as 50/s (burst)'],
  [
    'connect-timeout',
    "the clients' own connect timeout, such as 300ms or 3s (2.5s, or by scenario)",
  ],
  ['read-timeout', 'time without a byte after connecting'],
  ['send', 'bytes that a client writes as soon as it is connected'],
  ['keepalive', 'delay of the first keepalive probe'],
  ['port', 'port of the server inside the sandbox (9999)'],
  ['client-addresses', 'source addresses of the swarm (as many as it needs)'],
  ['cap', 'most connections that the server keeps, in the scenarios about such a cap'],
  ['sample-every', 'least distance of two looks at the queues (10ms)'],
  ['swarms', 'client containers to wait for, with --sandbox cluster (4)'],
  ['runs-dir', 'where run folders are made (runs)'],
];

/** One more attempt of a client has a number a million higher. */
const MOST_CLIENTS = 999_999;

/** What a single run may be told, but for where its folder goes. */
export const RUN_OPTIONS: readonly string[] = [
  ...TEXT_OPTIONS.map(([name]) => name),
  ...SYSCTL_OPTIONS.map(({ option }) => option),
  ...['sysctl', 'ipv6'],
].filter((option) => option !== 'runs-dir' && option !== 'swarms');

export type RunArguments = Readonly<Record<string, unknown>>;

export function describeRunOptions(parser: Argv): Argv {
  for (const [name, describe] of TEXT_OPTIONS) {
    parser.option(name, { type: 'string', requiresArg: true, describe, group: 'Run:' });
  }
  for (const { option, help } of SYSCTL_OPTIONS) {
    parser.option(option, { type: 'string', requiresArg: true, describe: help, group: 'Kernel:' });
  }
  return describeOwnServerOptions(parser)
    .option('sysctl', {
      type: 'string',
      array: true,
      nargs: 1,
      describe: '[server:|client:]net.key=value, repeatable',
      group: 'Kernel:',
    })
    .option('ipv6', { type: 'boolean', describe: 'use IPv6 inside the sandbox', group: 'Run:' });
}

/** What was asked for on top of the scenario's defaults. Throws `USAGE` and its kin. */
export function parametersFrom(scenario: Scenario, given: RunArguments): Parameters {
  const { defaults } = scenario;
  const own = ownServerFrom(given);
  const pick = <Value>(name: string, read: (text: string) => Value, otherwise: Value): Value => {
    const text = given[name];
    return typeof text === 'string' ? read(text) : otherwise;
  };
  const parameters: Parameters = {
    backlog: pick('backlog', backlog, defaults.backlog),
    clients: pick(
      'clients',
      (text) => wholeNumber('clients', text, 1, MOST_CLIENTS),
      defaults.clients,
    ),
    arrivals: pick('arrivals', arrivals, defaults.arrivals),
    connectTimeoutMs: pick(
      'connect-timeout',
      (text) => durationMs('connect-timeout', text),
      defaults.connectTimeoutMs,
    ),
    readTimeoutMs: pick(
      'read-timeout',
      (text) => durationMs('read-timeout', text),
      defaults.readTimeoutMs,
    ),
    sendBytes: pick('send', (text) => wholeNumber('send', text, 0, 1_000_000), defaults.sendBytes),
    keepAliveMs: pick('keepalive', keepAlive, defaults.keepAliveMs),
    sysctls: chosenSysctls(defaults, given),
    family: given['ipv6'] === true ? 6 : defaults.family,
    port: pick('port', (text) => wholeNumber('port', text, 1, 32_767), defaults.port),
    clientAddresses: pick(
      'client-addresses',
      (text) => wholeNumber('client-addresses', text, 1, MOST_ADDRESSES),
      defaults.clientAddresses,
    ),
    sampleEveryMs: pick(
      'sample-every',
      (text) => durationMs('sample-every', text),
      defaults.sampleEveryMs,
    ),
    ...own,
    ...capOf(scenario, given),
  };
  assertEnoughPorts(parameters);
  return parameters;
}

/** A cap means something only where the scenario starts its server with one. */
function capOf({ id, defaults }: Scenario, given: RunArguments): Pick<Parameters, 'cap'> {
  const text = given['cap'];
  if (typeof text !== 'string') return defaults.cap === undefined ? {} : { cap: defaults.cap };
  if (defaults.cap !== undefined) return { cap: wholeNumber('cap', text, 1) };
  throw usage(
    `Cannot use --cap ${text} because the server of ${id} keeps every connection.`,
    'leave it out, or choose --scenario connection-cap',
  );
}

/** Last byte of 10.77.1.n, and the client's own address. */
const MOST_ADDRESSES = 251;

function keepAlive(text: string): number {
  const milliseconds = durationMs('keepalive', text);
  if (milliseconds >= 1_000) return milliseconds;
  throw usage(
    `Cannot use --keepalive ${text} because the kernel counts keepalive in whole seconds.`,
    'pass --keepalive 1s or more',
  );
}

/** --sysctl and the short options, over what the scenario sets by default. */
function chosenSysctls(defaults: Parameters, given: RunArguments): Parameters['sysctls'] {
  const asked = (given['sysctl'] as readonly string[] | undefined) ?? [];
  const spelled = sysctls([...sysctlsOfEngine(given), ...asked]);
  const short = (host: Host): Readonly<Record<string, string>> =>
    Object.fromEntries(
      SYSCTL_OPTIONS.flatMap(({ option, host: its, key, least, most }) => {
        const text = given[option];
        if (its !== host || typeof text !== 'string') return [];
        return [[key, `${wholeNumber(option, text, least, most)}`]];
      }),
    );
  return {
    server: { ...defaults.sysctls.server, ...spelled.server, ...short('server') },
    client: { ...defaults.sysctls.client, ...spelled.client, ...short('client') },
  };
}

function assertEnoughPorts(parameters: Parameters): void {
  const addresses = addressesFor(parameters);
  const ports = Math.min(addresses, MOST_ADDRESSES) * PORTS_PER_ADDRESS;
  if (parameters.clients <= ports) return;
  throw new HarnessError(
    'NOT_ENOUGH_PORTS',
    `Cannot connect ${parameters.clients} clients from ${Math.min(addresses, MOST_ADDRESSES)} source addresses: they have ${ports} ports.`,
    {
      remedy: `pass --client-addresses ${Math.min(MOST_ADDRESSES, Math.ceil(parameters.clients / PORTS_PER_ADDRESS))}, or fewer --clients`,
    },
  );
}
