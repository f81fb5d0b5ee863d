import type { Observations, QueueSample, Snapshot } from '../../harness/domain/observations.ts';
import type { Prediction } from '../../harness/domain/prediction.ts';
import type { ClientStory, Connection, SocketRow } from '../../harness/domain/tcp.ts';
import type { Verdict } from '../../harness/domain/verdict.ts';
import type { ReportInput } from '../../harness/report/report-input.ts';
import { acceptQueueOverflow } from '../../harness/scenarios/accept-queue-overflow.ts';

const SERVER = '10.77.0.1';
const CLIENT = '10.77.0.2';
const PORT = 9999;

/** One client with its packets, and whether the server has the connection in the end. */
export interface BuiltClient {
  readonly story: ClientStory;
  readonly connection: Connection;
  readonly atServer: boolean;
}

const EMPTY: Connection = {
  serverAddress: '10.77.0.1',
  clientAddress: CLIENT,
  clientPort: 0,
  state: 'unanswered',
  syns: [],
  synAcks: [],
  bareAcks: [],
  data: [],
  resets: [],
  finishes: [],
};

const ends = (client: number) => ({
  client,
  wave: 'all',
  localAddress: CLIENT,
  localPort: 40_000 + client,
});

const fromClient = (atMs: number) => ({ atMs, from: 'client', keepAliveProbe: false }) as const;

/** Gets its place in the accept queue 0.2 ms after it began. */
export const buildWaiting = (client: number, startMs: number): BuiltClient => ({
  story: {
    ...ends(client),
    startedAtMs: startMs,
    outcome: { kind: 'connected', afterMs: 0.3 },
    end: { kind: 'held' },
  },
  connection: {
    ...EMPTY,
    clientPort: 40_000 + client,
    state: 'completed',
    syns: [{ atMs: startMs, retransmission: false, answeredAtMs: startMs + 0.1 }],
    synAcks: [{ atMs: startMs + 0.1, retransmission: false }],
    bareAcks: [fromClient(startMs + 0.2)],
  },
  atServer: true,
});

/** None of its SYNs is answered; its own timer ends it. */
export const buildTimedOut = (
  client: number,
  startMs: number,
  synsAfterMs: readonly number[],
  afterMs = 2_500,
): BuiltClient => ({
  story: {
    ...ends(client),
    startedAtMs: startMs,
    outcome: { kind: 'timed-out', afterMs, by: 'own-timer' },
  },
  connection: {
    ...EMPTY,
    clientPort: 40_000 + client,
    syns: synsAfterMs.map((atMs, index) => ({
      atMs: startMs + atMs,
      retransmission: index > 0,
    })),
  },
  atServer: false,
});

/** Its first ACK is held back; the ACK that answers each repeated SYN-ACK is dropped. */
export const buildFooled = (
  client: number,
  startMs: number,
  synAcksAfterMs: readonly number[],
): BuiltClient => ({
  story: {
    ...ends(client),
    startedAtMs: startMs,
    outcome: { kind: 'connected', afterMs: 0.3 },
    end: { kind: 'read-timed-out', atMs: startMs + 2_000 },
  },
  connection: {
    ...EMPTY,
    clientPort: 40_000 + client,
    state: 'completed',
    syns: [{ atMs: startMs, retransmission: false, answeredAtMs: startMs }],
    synAcks: synAcksAfterMs.map((atMs, index) => ({
      atMs: startMs + atMs,
      retransmission: index > 0,
    })),
    bareAcks: synAcksAfterMs.slice(1).map((atMs) => fromClient(startMs + atMs + 0.1)),
  },
  atServer: false,
});

const rowAtServer = ({ connection }: BuiltClient): SocketRow => ({
  localAddress: SERVER,
  localPort: PORT,
  remoteAddress: CLIENT,
  remotePort: connection.clientPort,
  state: 'ESTABLISHED',
  txQueue: 0,
  rxQueue: 0,
  retransmits: 0,
});

const rowAtClient = ({ connection }: BuiltClient): SocketRow => ({
  localAddress: CLIENT,
  localPort: connection.clientPort,
  remoteAddress: SERVER,
  remotePort: PORT,
  state: 'ESTABLISHED',
  txQueue: 0,
  rxQueue: 0,
  retransmits: 0,
});

const snapshotOf = (
  name: string,
  atMs: number,
  clients: readonly BuiltClient[],
  limit: number,
): Snapshot => {
  const rows = clients.filter(({ atServer }) => atServer).map(rowAtServer);
  const believers = clients.filter(({ connection }) => connection.state === 'completed');
  return {
    name,
    atMs,
    counters: { server: new Map(), client: new Map() },
    sockets: { server: rows, client: believers.map(rowAtClient) },
    wireDrops: { server: 0, client: 0 },
    listener: { acceptQueueLength: rows.length, acceptQueueLimit: limit, drops: 0 },
  };
};

/** A run of the default scenario with these clients, listening with backlog 2, closed at 2600 ms. */
export function buildObservations(
  clients: readonly BuiltClient[],
  changes: Partial<Observations> = {},
): Observations {
  const limit = 2;
  const refused = clients
    .flatMap(({ connection }) => connection.syns)
    .filter(({ answeredAtMs }) => answeredAtMs === undefined).length;
  return {
    plan: acceptQueueOverflow.plan({ ...acceptQueueOverflow.defaults, clients: clients.length }),
    surroundings: {
      schemaVersion: 1,
      harnessVersion: '0.1.0',
      kernelRelease: '6.18.0',
      architecture: 'x64',
      distribution: 'Debian 13',
      nodeVersion: 'v20.20.2',
      cpus: 2,
      sandbox: 'netns',
      privilege: 'root',
      tools: {},
      startedAt: '2026-11-21T12:00:00.000Z',
    },
    status: { schemaVersion: 1, status: 'complete' },
    problems: [],
    sysctls: [
      {
        host: 'server',
        key: 'net.core.somaxconn',
        asked: '4096',
        found: '4096',
        requirement: 'pinned',
      },
    ],
    steps: [{ label: 'listen with backlog 2', startedAtMs: -300, endedAtMs: 2_700 }],
    clients: clients.map(({ story }) => story),
    connections: clients.map(({ connection }) => connection),
    capture: { captured: 12, droppedByKernel: 0, undecodable: 0, packets: 12 },
    snapshots: new Map([
      ['opening', snapshotOf('opening', -50, [], limit)],
      ['closing', snapshotOf('closing', 2_600, clients, limit)],
    ]),
    counters: {
      server: new Map([
        ['ListenOverflows', refused],
        ['ListenDrops', refused],
        ['PassiveOpens', clients.filter(({ atServer }) => atServer).length],
        ['EmbryonicRsts', 0],
        ['OutRsts', 0],
        ['TCPPureAcks', 3],
      ]),
      client: new Map([['ActiveOpens', clients.length]]),
    },
    announcedLimits: [limit],
    accepted: 0,
    servers: [{ kept: 0, dropped: 0, receivedBytes: 0 }],
    samples: [],
    clockDriftMs: 0,
    ...changes,
  };
}

/** Samples of the accept queue, each as [time in ms, length]. */
export const buildSamples = (
  ...samples: readonly (readonly [atMs: number, acceptQueueLength: number])[]
): readonly QueueSample[] =>
  samples.map(([atMs, acceptQueueLength]) => ({ atMs, acceptQueueLength, synQueueLength: 0 }));

export const BUILT_PREDICTION: Prediction = {
  acceptQueueLimit: 2,
  acceptQueueCapacity: 3,
  synQueueCapacity: 3,
  connected: 3,
  timedOut: 1,
  fooled: 0,
  acceptQueueLength: 3,
  synQueueLength: 0,
  refusedSyns: { least: 3, most: 3 },
  synTimesMs: [0, 1_000, 2_000, 3_000],
  connectGivesUpMs: 131_000,
  synAckTimesMs: [0, 1_000, 3_000],
  synAckGivesUpMs: 7_000,
};

export const BUILT_VERDICT: Verdict = {
  kind: 'outdated',
  reason: 'measured otherwise than documented, as a known kernel rule says: 001-b (i)',
  claims: [
    {
      id: '001-a',
      document: '001',
      claim: 'A backlog of 2 lets 3 connections wait.',
      finding: {
        kind: 'confirmed',
        documented: 'backlog 2 holds 2 + 1 connections',
        observed: '3',
        testimonies: [{ witness: 'sockets', says: 'Recv-Q of the listener: 3' }],
      },
    },
    {
      id: '001-b (i)',
      document: '001',
      claim: 'The late client completes its handshake.',
      finding: {
        kind: 'outdated',
        documented: 'client 4: its handshake completes',
        observed: 'its SYN is refused',
        rule: {
          id: 'syn-refused-on-full-accept-queue',
          statement: 'A SYN is always refused while the accept queue is full.',
          commit: '5ea8ea2cb7f1',
          since: '4.10',
        },
        testimonies: [],
      },
    },
    {
      id: '003-f',
      document: '003',
      claim: 'Both counters rise by the same amount.',
      finding: {
        kind: 'inconclusive',
        documented: 'one each',
        reason: 'fewer than two independent witnesses',
        remedy: 'npm run repro -- doctor',
        testimonies: [],
      },
    },
  ],
  unexercised: [{ id: '001-c', claim: 'RST or silence.', reason: 'nobody is fooled' }],
  ledger: {
    balanced: true,
    identities: [
      {
        name: 'two readings of the accept queue',
        left: 3,
        right: 3,
        leftIs: 'Recv-Q by ss',
        rightIs: 'rx_queue in /proc/net/tcp',
        status: 'holds',
      },
      {
        name: 'repeated SYN-ACKs',
        left: null,
        right: 0,
        leftIs: 'in the capture',
        rightIs: 'TCPSynRetrans of the server',
        status: 'not-applicable',
        note: 'SYN cookies',
      },
    ],
  },
};

/** Four clients, of whom the last finds the accept queue full. */
export const fourClients = (): readonly BuiltClient[] => [
  ...[1, 2, 3].map((client) => buildWaiting(client, client)),
  buildTimedOut(4, 4, [0, 1_030, 2_060]),
];

export const buildInput = (seen: Observations): ReportInput => ({
  scenario: acceptQueueOverflow,
  seen,
  prediction: BUILT_PREDICTION,
  verdict: BUILT_VERDICT,
  runFolder: 'runs/20261121-120000.000-accept-queue-overflow',
});
