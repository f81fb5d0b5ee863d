/** Whether the containers that were found make two hosts, and are in a state to begin. */
import type { ClusterOptions } from '../domain/cluster-options.ts';
import { HarnessError } from '../domain/harness-error.ts';
import type { RunPlan } from '../domain/plan.ts';
import type { RemoteAgent } from './remote-agent.ts';
import { until } from './until.ts';

/** Ports of one address in the range that the plan pins. */
const PORTS = 60_999 - 32_768 + 1;
/** Longer than the 60 s of TIME-WAIT. */
const OLD_CONNECTIONS_DEADLINE_MS = 70_000;
const LOOK_EVERY_MS = 100;

/** Throws what keeps these containers from being one laboratory for this plan. */
export function assertFit(
  listener: RemoteAgent,
  clients: readonly RemoteAgent[],
  plan: RunPlan,
  { harnessVersion }: ClusterOptions,
): void {
  const agents = [listener, ...clients];
  const other = agents.find(({ greeting }) => greeting.harnessVersion !== harnessVersion);
  if (other !== undefined) throw otherVersion(other, harnessVersion);
  const namespaces = agents.map(
    ({ greeting }) => `${greeting.clockId} ${greeting.networkNamespace}`,
  );
  const shared = agents.find((_, index) => namespaces.indexOf(namespaces[index] ?? '') < index);
  if (shared !== undefined) throw sharedNamespace(shared);
  for (const agent of agents) interfaceOf(agent);
  assertRoom(clients, plan);
}

/** Throws `USAGE` where several containers would listen: a run has one listener. */
export function onlyOne(listeners: readonly RemoteAgent[]): RemoteAgent {
  const [listener] = listeners;
  if (listener !== undefined && listeners.length === 1) return listener;
  const addresses = listeners.map(({ address }) => address).join(', ');
  throw new HarnessError(
    'USAGE',
    `There are ${listeners.length} listener containers (${addresses}), and a run has one.`,
    { remedy: 'start one container of the service listener; --scale is for the clients' },
  );
}

/** Throws where the address belongs to something in between, and not to the container. */
export function interfaceOf({ address, greeting }: RemoteAgent): string {
  const own = greeting.addresses.find((each) => each.address === address);
  if (own !== undefined) return own.interface;
  throw new HarnessError(
    'USAGE',
    `The ${greeting.role} container ${greeting.container} is reached at ${address}, which is not an address of its own.`,
    { remedy: 'set endpoint_mode: dnsrr for the service, so that no virtual IP stands in between' },
  );
}

/** Clients that come one after another all live in the first container. */
function assertRoom(clients: readonly RemoteAgent[], { parameters }: RunPlan): void {
  const sharers = parameters.arrivals.kind === 'sequential' ? 1 : clients.length;
  const share = Math.ceil(parameters.clients / sharers);
  const small = clients.find(({ greeting }) => greeting.mostClients < share);
  if (small !== undefined) {
    throw new HarnessError(
      'NOT_ENOUGH_FILES',
      `The container at ${small.address} would get ${share} clients and can hold ${small.greeting.mostClients}.`,
      { remedy: 'start more client containers, raise their ulimits, or pass fewer --clients' },
    );
  }
  if (share > PORTS) {
    throw new HarnessError('NOT_ENOUGH_PORTS', `A container has ${PORTS} ports, not ${share}.`, {
      remedy: 'start more client containers',
    });
  }
}

const otherVersion = ({ address, greeting }: RemoteAgent, own: string): HarnessError =>
  new HarnessError(
    'USAGE',
    `The ${greeting.role} at ${address} is backlog-lab ${greeting.harnessVersion}, the observer ${own}.`,
    { remedy: 'use one image for all services of docker/compose.yaml' },
  );

/** Its counters and sockets would be counted twice, or be those of both hosts. */
const sharedNamespace = ({ address, greeting }: RemoteAgent): HarnessError =>
  new HarnessError(
    'SANDBOX_NOT_ISOLATED',
    `The ${greeting.role} container at ${address} shares its network namespace with another one.`,
    { remedy: 'give the listener and each client a network namespace of its own' },
  );

/**
 * What an earlier run has left in the same containers, in TIME-WAIT for example, would be counted
 * among the connections of this one.
 */
export function noOldConnections(
  port: number,
  tables: () => Promise<readonly string[]>,
  signal: AbortSignal,
): Promise<void> {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  const row = new RegExp(`^ *\\d+: \\S+:${hexPort} |^ *\\d+: \\S+ \\S+:${hexPort} `, 'gm');
  let left = Number.POSITIVE_INFINITY;
  let looking = false;
  let failure: unknown;
  const look = async (): Promise<void> => {
    const texts = await tables();
    left = texts.reduce((sum, text) => sum + (text.match(row)?.length ?? 0), 0);
  };
  const gone = (): boolean => {
    if (failure !== undefined) throw failure;
    if (left > 0 && !looking) {
      looking = true;
      look()
        .catch((error: unknown) => {
          failure = error;
        })
        .finally(() => {
          looking = false;
        });
    }
    return left === 0;
  };
  return until(gone, LOOK_EVERY_MS, {
    for: 'the sockets of an earlier run to be gone',
    deadlineMs: OLD_CONNECTIONS_DEADLINE_MS,
    signal,
    seen: () => `${left} sockets with port ${port}`,
  });
}
