/** Lines for the standard input of an agent's program: what a run says, and in its measure. */
import type { AgentRole } from '../domain/agent.ts';
import { RECONNECTION_STRIDE, type ServerCommand, type SwarmCommand } from '../domain/wire.ts';
import { type Fields, isAbsentOr, isObject, isWhole, MOST } from './agent-fields.ts';

/** More than any plan lets one client write. */
const MOST_BYTES = 10_000_000;
const LONGEST_NAME = 200;

type Check = (fields: Fields, mostClients: number) => boolean;

const always: Check = () => true;

const isDelay = (value: unknown): boolean =>
  typeof value === 'number' && value >= 0 && value <= MOST;

const isDelayOrNull = (value: unknown): boolean => value === null || isDelay(value);

const isFlag = (value: unknown): boolean => typeof value === 'boolean';

const isName = (value: unknown): boolean =>
  typeof value === 'string' && value.length <= LONGEST_NAME;

const areArrivals = (value: unknown): boolean => {
  if (!isObject(value)) return false;
  const { kind, perSecond } = value;
  if (kind !== 'rate') return kind === 'burst' || kind === 'sequential';
  return typeof perSecond === 'number' && perSecond > 0;
};

const isBehaviour = (value: unknown): boolean =>
  isObject(value) &&
  isDelay(value['connectTimeoutMs']) &&
  isDelayOrNull(value['readTimeoutMs']) &&
  isDelayOrNull(value['keepAliveMs']) &&
  isWhole(value['sendBytes'], 0, MOST_BYTES) &&
  isAbsentOr(value['reconnectAfterMs'], isDelay) &&
  isAbsentOr(value['closesAtOnce'], isFlag) &&
  isAbsentOr(value['ownPort'], isFlag);

/** `host` would be another target than the one that was checked when the program was started. */
const isConnect: Check = (fields, mostClients) =>
  !('host' in fields) &&
  isName(fields['wave']) &&
  isWhole(fields['firstClient'], 1, RECONNECTION_STRIDE) &&
  isWhole(fields['clientStep'], 1, RECONNECTION_STRIDE) &&
  isWhole(fields['clients'], 1, mostClients) &&
  areArrivals(fields['arrivals']) &&
  isDelay(fields['startDelayMs']) &&
  isBehaviour(fields['behaviour']);

const OF_SWARM: Readonly<Record<SwarmCommand['command'], Check>> = {
  connect: isConnect,
  send: ({ wave, bytes }) => isName(wave) && isWhole(bytes, 1, MOST_BYTES),
  'stop-reconnecting': always,
  release: always,
};

const OF_SERVER: Readonly<Record<ServerCommand['command'], Check>> = {
  accept: always,
  pause: always,
  serve: ({ blockedMs, openMs }) => isDelay(blockedMs) && isDelay(openMs),
  listen: ({ backlog }) => isWhole(backlog, 0),
  close: always,
};

const CHECKS: Readonly<Record<AgentRole, ReadonlyMap<unknown, Check>>> = {
  client: new Map(Object.entries(OF_SWARM)),
  listener: new Map(Object.entries(OF_SERVER)),
};

/** Whether a line is a command of this role's program. Throws a SyntaxError if it is no JSON. */
export function isInput(line: string, role: AgentRole, mostClients: number): boolean {
  const value: unknown = JSON.parse(line);
  return isObject(value) && CHECKS[role].get(value['command'])?.(value, mostClients) === true;
}
