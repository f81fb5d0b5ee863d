import type { ClockComparison, ClusterMember, ClusterRecord } from '../domain/cluster.ts';
import type { ClusterOptions } from '../domain/cluster-options.ts';
import { clientHostName, FILES } from '../domain/evidence.ts';
import { HarnessError } from '../domain/harness-error.ts';
import type { RunPlan } from '../domain/plan.ts';
import { findAgents } from './cluster-agents.ts';
import { assertFit, interfaceOf, noOldConnections, onlyOne } from './cluster-checks.ts';
import { enterServer } from './cluster-server.ts';
import { findSysctls } from './cluster-sysctls.ts';
import { tellingOf } from './connection-counters.ts';
import type { CounterFiles } from './counters.ts';
import type { HostNamespace } from './hosts.ts';
import { readHostTexts } from './namespaces-site.ts';
import type { RemoteAgent } from './remote-agent.ts';
import { startRemotely } from './remote-program.ts';
import type { ClientHost, HostTexts, Site, SiteContext } from './site.ts';

/** The control port's, those of the engine's resolver, and ours: with room for a few more. */
const MOST_LISTENERS = 12;

interface Members {
  readonly listener: RemoteAgent;
  readonly clients: readonly RemoteAgent[];
}

/** Containers that an engine has started: a listener on this machine, and clients wherever they are. */
export async function openCluster(
  options: ClusterOptions,
  plan: RunPlan,
  { recorder, signal }: SiteContext,
): Promise<Site> {
  const members = await findMembers(options, signal);
  const { listener, clients } = members;
  assertFit(listener, clients, plan, options);
  const server = enterServer(listener, options.hostProc);
  const before = await compareAll(members);
  const hosts = clients.map(farClient);
  await noOldConnections(plan.network.port, () => tablesOf(server, hosts), signal);
  const { port } = plan.network;
  const { address } = listener;
  const unexpectedEnd = Promise.race([listener, ...clients].map((agent) => agent.unexpectedEnd));
  unexpectedEnd.catch(() => undefined);
  return {
    server,
    clients: hosts,
    captureInterface: interfaceOf(listener),
    mostListeners: MOST_LISTENERS,
    gate: { set: refuse },
    setSysctl: refuse,
    startServer: ({ backlog, maxConnections, answers }) =>
      startRemotely(listener, {
        ...{ address, port, backlog },
        ...(maxConnections === undefined ? {} : { maxConnections }),
        ...(answers === undefined ? {} : { answers }),
      }),
    swarm: clients.map((client) => startRemotely(client, { address, port })),
    startLibrary: noLibraries,
    startClients: noClientPrograms,
    applySysctls: (sysctls) => findSysctls(sysctls, listener, clients),
    tellingOf,
    conclude: async () => {
      const record = recordOf(members, before, await compareAll(members));
      recorder.write(FILES.cluster, JSON.stringify(record, null, 1));
    },
    unexpectedEnd,
    causeOf: async (failure) => failure,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([listener, ...clients].map((agent) => agent[Symbol.asyncDispose]()));
    },
  };
}

async function findMembers(options: ClusterOptions, signal: AbortSignal): Promise<Members> {
  const { listener: listenerName, client: clientName, swarms } = options;
  const [listeners, clients] = await Promise.all([
    findAgents({ role: 'listener', name: listenerName, atLeast: 1 }, signal),
    findAgents({ role: 'client', name: clientName, atLeast: swarms }, signal),
  ]);
  return { listener: onlyOne(listeners), clients };
}

/** The sandbox has refused such plans before anything was started. */
const refuse = (): Promise<never> =>
  Promise.reject(
    new HarnessError('USAGE', 'In a cluster neither a gate nor a sysctl can be set.', {
      remedy: 'choose another scenario, or --sandbox netns',
    }),
  );

/** Refused before anything was started, like the gate: an agent starts one fixed program. */
const noLibraries = (): never => {
  throw new HarnessError('USAGE', 'In a cluster no client library can be started.', {
    remedy: 'use --sandbox netns',
  });
};

/** Likewise. */
const noClientPrograms = (): never => {
  throw new HarnessError('USAGE', 'In a cluster no client program but the swarm can be started.', {
    remedy: 'use --sandbox netns or --sandbox docker',
  });
};

const farClient = (agent: RemoteAgent, index: number): ClientHost => ({
  name: clientHostName(index),
  readCounters: async () => (await agent.ask({ request: 'counters' })) as CounterFiles,
  readTexts: async () => (await agent.ask({ request: 'texts' })) as HostTexts,
});

async function tablesOf(
  server: HostNamespace,
  clients: readonly ClientHost[],
): Promise<readonly string[]> {
  const texts = await Promise.all(clients.map((client) => client.readTexts()));
  return [readHostTexts(server.procNet), ...texts].map(({ tcp }) => tcp);
}

type Comparisons = ReadonlyMap<RemoteAgent, ClockComparison>;

/** One after another: exchanges side by side would wait for each other. */
async function compareAll({ listener, clients }: Members): Promise<Comparisons> {
  const comparisons = new Map<RemoteAgent, ClockComparison>();
  for (const agent of [listener, ...clients]) {
    comparisons.set(agent, await agent.compareClocks());
  }
  return comparisons;
}

function recordOf(
  { listener, clients }: Members,
  before: Comparisons,
  after: Comparisons,
): ClusterRecord {
  const member = (agent: RemoteAgent): ClusterMember => {
    const { container, kernelRelease, clockId } = agent.greeting;
    const toOthers = interfaceOf(agent);
    const clocks = [before.get(agent), after.get(agent)].flatMap((clock) => clock ?? []);
    return {
      ...{ address: agent.address, interface: toOthers },
      ...{ container, kernelRelease, clockId, clocks },
    };
  };
  return { schemaVersion: 1, listener: member(listener), clients: clients.map(member) };
}
