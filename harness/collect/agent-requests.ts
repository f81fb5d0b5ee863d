import { BlockList, isIPv4 } from 'node:net';
import type { AgentGreeting, AgentRequest } from '../domain/agent.ts';
import { sysctlKeyProblem } from '../domain/sysctl-key.ts';
import { type Fields, isAbsentOr, isObject, isWhole } from './agent-fields.ts';
import { isInput } from './agent-input.ts';

/** Longer than any program of a run is waited for. */
const LONGEST_FINISH_MS = 60_000;
const MOST_KEYS = 100;

/** What an agent knows of itself when it looks at a request. */
export type AgentSelf = Pick<AgentGreeting, 'role' | 'addresses' | 'mostClients'>;

type Check = (fields: Fields, self: AgentSelf) => boolean;

const isIPv4Text = (value: unknown): value is string => typeof value === 'string' && isIPv4(value);

const isPort = (value: unknown): boolean => isWhole(value, 1, 65_535);

/** Numbers, switches and an address: nothing that could become another option of the program. */
const areListenerWishes: Check = (wishes, { addresses }) =>
  addresses.some(({ address }) => address === wishes['address']) &&
  isPort(wishes['port']) &&
  (wishes['backlog'] === null || isWhole(wishes['backlog'], 0)) &&
  isAbsentOr(wishes['maxConnections'], (value) => isWhole(value, 1)) &&
  isAbsentOr(wishes['answers'], (value) => typeof value === 'boolean');

const areClientWishes: Check = (wishes, self) =>
  isNear(wishes['address'], self) && isPort(wishes['port']) && !('backlog' in wishes);

/** The services share a subnet: whoever can reach an agent gets no further through it. */
function isNear(target: unknown, { addresses }: AgentSelf): boolean {
  if (!isIPv4Text(target)) return false;
  const near = new BlockList();
  for (const { address, prefixBits } of addresses) near.addSubnet(address, prefixBits);
  return near.check(target);
}

const isKey = (key: unknown): boolean =>
  typeof key === 'string' && /^[\w.]+$/.test(key) && sysctlKeyProblem(key) === undefined;

const areKeys = (keys: unknown): boolean =>
  Array.isArray(keys) && keys.length <= MOST_KEYS && keys.every(isKey);

const areWishes: Check = ({ wishes }, self) =>
  isObject(wishes) &&
  (self.role === 'listener' ? areListenerWishes : areClientWishes)(wishes, self);

const CHECKS: Readonly<Record<AgentRequest['request'], Check>> = {
  start: areWishes,
  input: ({ line }, { role, mostClients }) =>
    typeof line === 'string' && isInput(line, role, mostClients),
  finish: ({ withinMs }) => isWhole(withinMs, 0, LONGEST_FINISH_MS),
  counters: ({ id }) => isWhole(id, 0),
  texts: ({ id }) => isWhole(id, 0),
  clock: ({ id }) => isWhole(id, 0),
  sysctls: ({ id, keys }) => isWhole(id, 0) && areKeys(keys),
};

const CHECK_BY_NAME: ReadonlyMap<unknown, Check> = new Map(Object.entries(CHECKS));

/** One line from the observer. Throws an Error that quotes what this agent does not do. */
export function parseAgentRequest(line: string, self: AgentSelf): AgentRequest {
  const value: unknown = JSON.parse(line);
  if (isObject(value) && CHECK_BY_NAME.get(value['request'])?.(value, self) === true) {
    return value as unknown as AgentRequest;
  }
  throw new Error(`not a request to a ${self.role}: ${line.slice(0, 200)}`);
}
