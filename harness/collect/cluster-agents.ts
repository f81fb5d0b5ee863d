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
 * that run already. One that is late keeps nobody waiting but the end of the search.
 */
export async function findAgents(
  { role, name, atLeast }: Wanted,
  signal: AbortSignal,
): Promise<readonly RemoteAgent[]> {
  const search = searchFor(name, signal);
  await until(() => search.hasFound(atLeast), LOOK_EVERY_MS, {
    for: `${atLeast} agents under the name '${name}'`,
    deadlineMs: DEADLINE_MS,
    signal,
    seen: search.seen,
  });
  return inOrder(await search.end(), role);
}

interface Search {
  /** Looks again if not. */
  hasFound(atLeast: number): boolean;
  seen(): string;
  /** Those that are named now; the others are let go. */
  end(): Promise<readonly RemoteAgent[]>;
}

function searchFor(name: string, signal: AbortSignal): Search {
  const found = new Map<string, RemoteAgent>();
  const connecting = new Set<string>();
  let named: readonly string[] = [];
  let looking = false;
  let over = false;
  const connectTo = async (address: string): Promise<void> => {
    connecting.add(address);
    const agent = await connectToAgent(address, signal);
    connecting.delete(address);
    if (over) await agent?.[Symbol.asyncDispose]();
    else if (agent !== undefined) keep(agent);
  };
  const keep = (agent: RemoteAgent): void => {
    found.set(agent.address, agent);
    agent.unexpectedEnd.catch(() => found.delete(agent.address));
  };
  const look = async (): Promise<void> => {
    looking = true;
    named = await addressesOf(name);
    looking = false;
    const missing = named.filter((address) => !found.has(address) && !connecting.has(address));
    for (const address of missing) void connectTo(address);
  };
  const silent = (): readonly string[] => named.filter((address) => !found.has(address));
  return {
    hasFound: (atLeast) => {
      if (!looking && named.length >= atLeast && silent().length === 0) return true;
      if (!looking) void look();
      return false;
    },
    seen: () => {
      const answering = `${named.length} addresses, of which ${named.length - silent().length} answer`;
      return silent().length === 0 ? answering : `${answering}; silent: ${silent().join(', ')}`;
    },
    end: async () => {
      over = true;
      const agents = named.flatMap((address) => found.get(address) ?? []);
      const others = [...found.values()].filter((agent) => !agents.includes(agent));
      await Promise.all(others.map((agent) => agent[Symbol.asyncDispose]()));
      return agents;
    },
  };
}

/** None while the name is not there: none of its containers runs yet. */
const addressesOf = async (name: string): Promise<readonly string[]> => {
  try {
    const addresses = await lookup(name, { all: true, family: 4 });
    return [...new Set(addresses.map(({ address }) => address))];
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
