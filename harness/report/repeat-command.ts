import type { Parameters } from '../domain/parameters.ts';
import type { Scenario } from '../domain/scenario.ts';
import { HOSTS } from '../domain/tcp.ts';
import type { Arrivals } from '../domain/wire.ts';
import { shellQuoted } from './shell-quoted.ts';
import { REPRO } from './suggestion.ts';

/** The command that makes such a run again, with the options in which it differs from the defaults. */
export function repeatCommand({ id, defaults }: Scenario, parameters: Parameters): string {
  if (parameters.phase !== undefined) return `${REPRO} incident ${id}`;
  if (parameters.libraries !== undefined) return `${REPRO} clients`;
  const words = [
    ...whichServer(id, parameters),
    ...differing(parameters, defaults),
    ...sysctlWords(parameters, defaults),
  ];
  return `${REPRO} ${words.map(shellQuoted).join(' ')}`;
}

function whichServer(id: string, { ownServer, port }: Parameters): readonly string[] {
  if (ownServer === undefined) return ['--scenario', id];
  const { command, readyWithinMs } = ownServer;
  return ['--server-command', command, '--port', `${port}`, '--ready-within', `${readyWithinMs}ms`];
}

type Spelling = readonly [option: string, of: (parameters: Parameters) => string | null];

const milliseconds = (ms: number | null): string | null => (ms === null ? null : `${ms}ms`);
const number = (value: number | null | undefined): string | null =>
  value === null || value === undefined ? null : `${value}`;

/** Null: there is no such option for that value. */
const OPTIONS: readonly Spelling[] = [
  ['clients', ({ clients }) => number(clients)],
  ['arrivals', ({ arrivals }) => arrivalsWord(arrivals)],
  ['connect-timeout', ({ connectTimeoutMs }) => milliseconds(connectTimeoutMs)],
  ['read-timeout', ({ readTimeoutMs }) => milliseconds(readTimeoutMs)],
  ['send', ({ sendBytes }) => number(sendBytes)],
  ['keepalive', ({ keepAliveMs }) => milliseconds(keepAliveMs)],
  ['client-addresses', ({ clientAddresses }) => number(clientAddresses)],
  ['sample-every', ({ sampleEveryMs }) => milliseconds(sampleEveryMs)],
];

/** A server of the user's own decides these by itself. */
const OPTIONS_OF_OUR_SERVER: readonly Spelling[] = [
  ['backlog', ({ backlog }) => number(backlog)],
  ['port', ({ port }) => number(port)],
  ['cap', ({ cap }) => number(cap)],
];

function differing(parameters: Parameters, defaults: Parameters): readonly string[] {
  const spellings =
    parameters.ownServer === undefined ? [...OPTIONS_OF_OUR_SERVER, ...OPTIONS] : OPTIONS;
  return [
    ...spellings.flatMap(([option, of]) => {
      const value = of(parameters);
      return value === null || value === of(defaults) ? [] : [`--${option}`, value];
    }),
    ...(parameters.family === 6 && defaults.family !== 6 ? ['--ipv6'] : []),
  ];
}

const arrivalsWord = (arrivals: Arrivals): string =>
  arrivals.kind === 'rate' ? `${arrivals.perSecond}/s` : arrivals.kind;

const sysctlWords = (parameters: Parameters, defaults: Parameters): readonly string[] =>
  HOSTS.flatMap((host) =>
    Object.entries(parameters.sysctls[host]).flatMap(([key, value]) =>
      defaults.sysctls[host][key] === value ? [] : ['--sysctl', `${host}:${key}=${value}`],
    ),
  );
