/** What the scenarios' plans are made of. */
import type { Parameters, Sysctls } from '../domain/parameters.ts';
import {
  CLOSING_SNAPSHOT,
  type Condition,
  OPENING_SNAPSHOT,
  type RunPlan,
  type Step,
} from '../domain/plan.ts';
import type { Host } from '../domain/tcp.ts';
import type { ClientBehaviour, ServerCommand } from '../domain/wire.ts';

export const DEFAULTS: Parameters = {
  backlog: 2,
  clients: 4,
  arrivals: { kind: 'burst' },
  connectTimeoutMs: 2_500,
  readTimeoutMs: null,
  sendBytes: 0,
  keepAliveMs: null,
  sysctls: { server: {}, client: {} },
  family: 4,
  port: 9_999,
  clientAddresses: null,
  sampleEveryMs: 10,
};

/** Today's defaults, set explicitly so that a run does not depend on how the machine is tuned. */
const PINNED: Readonly<Record<Host, Sysctls>> = {
  server: {
    'net.core.somaxconn': '4096',
    'net.ipv4.tcp_max_syn_backlog': '4096',
    'net.ipv4.tcp_syncookies': '1',
    'net.ipv4.tcp_abort_on_overflow': '0',
    'net.ipv4.tcp_synack_retries': '5',
  },
  client: {
    'net.ipv4.tcp_syn_retries': '6',
    'net.ipv4.tcp_syn_linear_timeouts': '4',
    'net.ipv4.ip_local_port_range': '32768 60999',
  },
};

/** Ports of one source address in the pinned range. */
export const PORTS_PER_ADDRESS = 60_999 - 32_768 + 1;
/** The kernel searches long for the last free ports of an address, so the swarm leaves some. */
const CLIENTS_PER_ADDRESS = 28_000;

/** A sysctl of a host as it will be in force: asked for, or pinned. */
export function plannedSysctl(parameters: Parameters, host: Host, key: string): number {
  return Number(parameters.sysctls[host][key] ?? PINNED[host][key]);
}

/** The accept-queue limit that the plan counts on. */
export const plannedLimit = (parameters: Parameters): number =>
  Math.min(parameters.backlog, plannedSysctl(parameters, 'server', 'net.core.somaxconn'));

export const addressesFor = (parameters: Parameters): number =>
  parameters.clientAddresses ?? Math.max(1, Math.ceil(parameters.clients / CLIENTS_PER_ADDRESS));

export const behaviourOf = (parameters: Parameters): ClientBehaviour => ({
  connectTimeoutMs: parameters.connectTimeoutMs,
  readTimeoutMs: parameters.readTimeoutMs,
  sendBytes: parameters.sendBytes,
  keepAliveMs: parameters.keepAliveMs,
});

/** Starting a process, setting a rule, a machine that is busy with something else. */
const SLACK_MS = 20_000;
/** What one client costs a busy machine at most. */
const SLACK_PER_CLIENT_MS = 2;

/** How long a wave may take until every attempt has an outcome. */
function waveDeadlineMs(parameters: Parameters, clients: number): number {
  const { arrivals, connectTimeoutMs } = parameters;
  const arrivingMs =
    arrivals.kind === 'sequential'
      ? clients * connectTimeoutMs
      : arrivals.kind === 'rate'
        ? (clients * 1_000) / arrivals.perSecond
        : 0;
  return Math.ceil(arrivingMs + connectTimeoutMs + clients * SLACK_PER_CLIENT_MS + SLACK_MS);
}

/** Clients connect, and the plan goes on at once. `behaves` is what sets this wave apart. */
export const connectStep = (
  parameters: Parameters,
  wave: string,
  clients: number,
  behaves: Partial<ClientBehaviour> = {},
): ConnectStep => ({
  kind: 'connect',
  wave,
  clients,
  arrivals: parameters.arrivals,
  behaviour: { ...behaviourOf(parameters), ...behaves },
});

type ConnectStep = Extract<Step, { kind: 'connect' }>;

export const settledStep = (parameters: Parameters, wave: string, clients: number): Step => ({
  kind: 'await',
  condition: { kind: 'wave-settled', wave },
  deadlineMs: waveDeadlineMs(parameters, clients),
});

/** Clients connect, and the plan goes on when every attempt has an outcome. A wave of none is none. */
export const connectAndSettle = (
  parameters: Parameters,
  wave: string,
  clients: number,
  behaves: Partial<ClientBehaviour> = {},
): readonly Step[] =>
  clients === 0
    ? []
    : [connectStep(parameters, wave, clients, behaves), settledStep(parameters, wave, clients)];

export const awaitStep = (condition: Condition, deadlineMs = SLACK_MS): Step => ({
  kind: 'await',
  condition,
  deadlineMs,
});

/**
 * Where a full accept queue still takes SYNs (before 4.10 and its backports) more clients may be
 * connected than find a place, and only the repetition of their SYN-ACK tells who of them was fooled.
 * Elsewhere none of them is half-open, unless SYNs race for the last place; then it is the same.
 */
export const fooledClientsShow: Step = awaitStep({ kind: 'syn-acks-repeated' });

export const commandStep = (command: ServerCommand, relay?: number): Step => ({
  kind: 'server-command',
  command,
  ...(relay === undefined ? {} : { relay }),
});

export const setOnServer = (key: string, value: number | string): Step => ({
  kind: 'set-sysctl',
  host: 'server',
  key,
  value: `${value}`,
});

export const snapshotStep = (name: string): Step => ({ kind: 'snapshot', name });

/** The closing snapshot with the text of `netstat -s`, which costs a process of its own. */
export const withNetstat = (plan: RunPlan): RunPlan => ({
  ...plan,
  steps: plan.steps.map((step) =>
    step.kind === 'snapshot' && step.name === CLOSING_SNAPSHOT ? { ...step, netstat: true } : step,
  ),
});

/** What sets a plan's server apart from one that listens with the parameters' backlog. */
export type ServerWishes = Partial<Omit<Extract<Step, { kind: 'start-server' }>, 'kind'>>;

/**
 * The frame of every run: listen, look, do, look again before the clients let go. Of several servers
 * each has an address of its own: the first is relay 0, the next relay 1, and so on.
 */
export function planOf(
  scenario: string,
  parameters: Parameters,
  middle: readonly Step[],
  ...servers: readonly ServerWishes[]
): RunPlan {
  const [only = {}] = servers;
  const started =
    servers.length > 1 ? servers.map((server, relay) => ({ relay, ...server })) : [only];
  const { server, client } = parameters.sysctls;
  return {
    schemaVersion: 1,
    scenario,
    parameters,
    network: {
      family: parameters.family,
      port: parameters.port,
      clientAddresses: addressesFor(parameters),
      ...(started.length === 1 ? {} : { relays: started.length }),
    },
    sysctls: {
      required: { server, client },
      pinned: { server: without(PINNED.server, server), client: without(PINNED.client, client) },
    },
    sampleEveryMs: parameters.sampleEveryMs,
    steps: [
      ...started.map(
        (wishes): Step => ({ kind: 'start-server', backlog: parameters.backlog, ...wishes }),
      ),
      snapshotStep(OPENING_SNAPSHOT),
      ...middle,
      snapshotStep(CLOSING_SNAPSHOT),
      ...openedGate(middle),
      { kind: 'release' },
    ],
  };
}

/** Behind a closed gate the clients could not take leave, and their sockets would outlive them. */
function openedGate(middle: readonly Step[]): readonly Step[] {
  const last = middle.findLast(({ kind }) => kind === 'gate');
  return last?.kind === 'gate' && last.closed ? [{ kind: 'gate', closed: false }] : [];
}

const without = (sysctls: Sysctls, others: Sysctls): Sysctls =>
  Object.fromEntries(Object.entries(sysctls).filter(([key]) => !(key in others)));
