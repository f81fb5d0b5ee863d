import { isIPv4 } from 'node:net';
import type { AgentRequest, AgentRole } from '../domain/agent.ts';
import { sysctlKeyProblem } from '../domain/sysctl-key.ts';

type Fields = Readonly<Record<string, unknown>>;

const MOST = 2 ** 31 - 1;

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const isWhole = (value: unknown, least: number, most = MOST): boolean =>
  Number.isInteger(value) && Number(value) >= least && Number(value) <= most;

const isAbsentOr = (value: unknown, is: (value: unknown) => boolean): boolean =>
  value === undefined || is(value);

const isTarget = ({ address, port }: Fields): boolean =>
  typeof address === 'string' && isIPv4(address) && isWhole(port, 1, 65_535);

/** Numbers, switches and an address: nothing that could become another option of the program. */
const areListenerWishes = (wishes: Fields): boolean =>
  isTarget(wishes) &&
  (wishes['backlog'] === null || isWhole(wishes['backlog'], 0)) &&
  isAbsentOr(wishes['maxConnections'], (value) => isWhole(value, 1)) &&
  isAbsentOr(wishes['answers'], (value) => typeof value === 'boolean');

const isKey = (key: unknown): boolean =>
  typeof key === 'string' && /^[\w.]+$/.test(key) && sysctlKeyProblem(key) === undefined;

type Check = (fields: Fields, role: AgentRole) => boolean;

const areWishes: Check = ({ wishes }, role) =>
  isObject(wishes) &&
  (role === 'listener' ? areListenerWishes(wishes) : isTarget(wishes) && !('backlog' in wishes));

const CHECKS: Readonly<Record<AgentRequest['request'], Check>> = {
  start: areWishes,
  input: ({ line }) => typeof line === 'string',
  finish: ({ withinMs }) => isWhole(withinMs, 0),
  counters: ({ id }) => isWhole(id, 0),
  texts: ({ id }) => isWhole(id, 0),
  clock: ({ id }) => isWhole(id, 0),
  sysctls: ({ id, keys }) => isWhole(id, 0) && Array.isArray(keys) && keys.every(isKey),
};

const CHECK_BY_NAME: ReadonlyMap<unknown, Check> = new Map(Object.entries(CHECKS));

/** One line from the observer. Throws an Error that quotes what this agent does not do. */
export function parseAgentRequest(line: string, role: AgentRole): AgentRequest {
  const value: unknown = JSON.parse(line);
  if (isObject(value) && CHECK_BY_NAME.get(value['request'])?.(value, role) === true) {
    return value as unknown as AgentRequest;
  }
  throw new Error(`not a request to a ${role}: ${line.slice(0, 200)}`);
}
