import { isIP } from 'node:net';
import type { Arrivals, ConnectCommand, SwarmCommand } from '../harness/domain/wire.ts';

/** Node's timers take no more: a longer delay would fire at once. */
export const LONGEST_DELAY_MS = 2_147_483_647;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const isWhole = (value: unknown, from: number, to = Number.MAX_SAFE_INTEGER): boolean =>
  Number.isInteger(value) && Number(value) >= from && Number(value) <= to;

const isDelay = (value: unknown): boolean =>
  typeof value === 'number' && value >= 0 && value <= LONGEST_DELAY_MS;

const isFlag = (value: unknown): boolean => value === undefined || typeof value === 'boolean';

const isArrivals = (value: unknown): value is Arrivals =>
  isObject(value) &&
  (value['kind'] === 'burst' ||
    value['kind'] === 'sequential' ||
    (value['kind'] === 'rate' && Number(value['perSecond']) > 0));

const isBehaviour = (value: unknown): boolean =>
  isObject(value) &&
  isDelay(value['connectTimeoutMs']) &&
  (value['readTimeoutMs'] === null || isDelay(value['readTimeoutMs'])) &&
  isWhole(value['sendBytes'], 0) &&
  // Node hands whole seconds to the kernel, and 0 would be the kernel's default of two hours.
  (value['keepAliveMs'] === null || isWhole(value['keepAliveMs'], 1_000, LONGEST_DELAY_MS)) &&
  isFlag(value['closesAtOnce']) &&
  isFlag(value['ownPort']) &&
  (value['reconnectAfterMs'] === undefined || isDelay(value['reconnectAfterMs']));

const isConnect = (value: Record<string, unknown>): boolean =>
  typeof value['wave'] === 'string' &&
  isWhole(value['firstClient'], 1) &&
  isWhole(value['clientStep'], 1) &&
  isWhole(value['clients'], 1) &&
  isArrivals(value['arrivals']) &&
  isDelay(value['startDelayMs']) &&
  (value['host'] === undefined || isIP(String(value['host'])) !== 0) &&
  isBehaviour(value['behaviour']);

const isSend = (value: Record<string, unknown>): boolean =>
  typeof value['wave'] === 'string' && isWhole(value['bytes'], 1);

/** One line of standard input. Throws an Error that quotes the line if it is not a command. */
export const parseSwarmCommand = (line: string): SwarmCommand => {
  const value: unknown = JSON.parse(line);
  if (isObject(value)) {
    if (value['command'] === 'release' || value['command'] === 'stop-reconnecting') {
      return { command: value['command'] };
    }
    if (value['command'] === 'send' && isSend(value)) {
      return value as unknown as SwarmCommand;
    }
    if (value['command'] === 'connect' && isConnect(value)) {
      return value as unknown as ConnectCommand;
    }
  }
  throw new Error(`Not a command of the swarm: ${line}`);
};
