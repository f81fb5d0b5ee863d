import { lookup } from 'node:dns/promises';
import type { AgentRole } from '../domain/agent.ts';
import { HarnessError } from '../domain/harness-error.ts';
import { connectToAgent, type RemoteAgent } from './remote-agent.ts';
import { until } from './until.ts';

export interface Wanted {
  readonly role: AgentRole;
  /** The service's name in the engine's DNS. */
  readonly name: string;
  readonly atLeast: number;
}

/** Containers are started one after another, on machines that may have to fetch the image first. */
const DEADLINE_MS = 60_000;
const LOOK_EVERY_MS = 100;

/**
 * Connects to every address that the name has, again and again until at least so many agents have
 * answered and none that is named is left out. The name has the addresses of those containers only
 * that run already.
 */
export async function findAgents(
  { role, name, atLeast }: Wanted,
  signal: AbortSignal,
): Promise<readonly RemoteAgent[]> {
  const found = new Map<string, RemoteAgent>();
  let named: readonly string[] = [];
  let looking = false;
  const look = async (): Promise<void> => {
    named = await addressesOf(name);
    const missing = named.filter((address) => !found.has(address));
    const connected = await Promise.all(missing.map((address) => connectToAgent(address, signal)));
    for (const agent of connected) if (agent !== undefined) found.set(agent.address, agent);
  };
  const lookAgain = (): void => {
    if (looking) return;
    looking = true;
    const done = (): void => {
      looking = false;
    };
    look().then(done, done);
  };
  const allFound = (): boolean => {
    const complete =
      !looking && named.length >= atLeast && named.every((address) => found.has(address));
    if (!complete) lookAgain();
    return complete;
  };
  await until(allFound, LOOK_EVERY_MS, {
    for: `${atLeast} agents under the name '${name}'`,
    deadlineMs: DEADLINE_MS,
    signal,
    seen: () => `${named.length} addresses, of which ${found.size} answer`,
  });
  return inOrder([...found.values()], role);
}

/** None while the name is not there: none of its containers runs yet. */
const addressesOf = async (name: string): Promise<readonly string[]> => {
  try {
    const addresses = await lookup(name, { all: true, family: 4 });
    return addresses.map(({ address }) => address);
  } catch {
    return [];
  }
};

function inOrder(agents: readonly RemoteAgent[], role: AgentRole): readonly RemoteAgent[] {
  const stranger = agents.find(({ greeting }) => greeting.role !== role);
  if (stranger !== undefined) {
    throw new HarnessError(
      'USAGE',
      `The container at ${stranger.address} is a ${stranger.greeting.role}, not a ${role}.`,
      { remedy: 'see which service has which command in docker/compose.yaml' },
    );
  }
  const byNumber = (address: string): number =>
    address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return agents.toSorted((left, right) => byNumber(left.address) - byNumber(right.address));
}
