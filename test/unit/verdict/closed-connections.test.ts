/** Connections that somebody has closed: where the kernel still has them, and where not. */
import { expect, test } from 'vitest';
import type { Observations } from '../../../harness/domain/observations.ts';
import type { Connection, Host, SocketRow, SocketState } from '../../../harness/domain/tcp.ts';
import {
  closedFirstBy,
  endedAtServer,
  endedConnections,
  fooledBySockets,
} from '../../../harness/verdict/closed-connections.ts';
import { keepLedger } from '../../../harness/verdict/ledger.ts';
import { buildObservations, buildWaiting } from '../../helpers/build-observations.ts';

const SERVER = '10.77.0.1';
const CLIENT = '10.77.0.2';
const CLIENT_PORT = 40_001;

const row = (host: Host, state: SocketState): SocketRow => {
  const server = { address: SERVER, port: 9_999 };
  const client = { address: CLIENT, port: CLIENT_PORT };
  const [local, remote] = host === 'server' ? [server, client] : [client, server];
  return {
    localAddress: local.address,
    localPort: local.port,
    remoteAddress: remote.address,
    remotePort: remote.port,
    state,
    txQueue: 0,
    rxQueue: 0,
    retransmits: 0,
  };
};

interface Closed {
  readonly fins?: readonly Host[];
  /** The second FIN was sent before the first was there. */
  readonly cross?: true;
  readonly rsts?: readonly Host[];
  /** Rows of the closing socket tables; absent: gone. */
  readonly server?: SocketState;
  readonly client?: SocketState;
  readonly establishedResets?: number;
  readonly accepted?: number;
}

const connectionOf = ({ fins = [], rsts = [], cross }: Closed): Connection => ({
  ...buildWaiting(1, 0).connection,
  finishes: fins.map((from, index) => ({
    ...{ atMs: 10 + index, from, retransmission: false },
    ...(cross && index > 0 ? { crosses: true } : {}),
  })),
  resets: rsts.map((from, index) => ({ atMs: 20 + index, from })),
});

/** One client whose connection was closed so. */
function closed(how: Closed): Observations {
  const built = buildWaiting(1, 0);
  const seen = buildObservations([{ ...built, connection: connectionOf(how) }]);
  const closing = seen.snapshots.get('closing');
  if (closing === undefined) throw new Error('The built run has a closing snapshot.');
  const sockets = {
    server: how.server === undefined ? [] : [row('server', how.server)],
    client: how.client === undefined ? [] : [row('client', how.client)],
  };
  return {
    ...seen,
    snapshots: new Map([...seen.snapshots, ['closing', { ...closing, sockets }]]),
    counters: {
      ...seen.counters,
      server: new Map([
        ...seen.counters.server,
        ['EstabResets', how.establishedResets ?? 0] as const,
      ]),
    },
  };
}

const statusOf = (seen: Observations, name: string): string | undefined =>
  keepLedger(seen).identities.find((identity) => identity.name === name)?.status;

const SERVER_LAW = 'the server’s kernel has what it opened';
const CLIENT_LAW = 'the client’s kernel has what its clients have';

const CASES: readonly (readonly [what: string, Closed])[] = [
  ['held', { server: 'ESTABLISHED', client: 'ESTABLISHED' }],
  [
    'closed by the client, still in the queue',
    { fins: ['client'], server: 'CLOSE-WAIT', client: 'FIN-WAIT-2' },
  ],
  [
    'closed by the server, the client does not answer',
    { fins: ['server'], server: 'FIN-WAIT-2', client: 'CLOSE-WAIT' },
  ],
  ['closed by the client first', { fins: ['client', 'server'], client: 'TIME-WAIT' }],
  ['closed by the server first', { fins: ['server', 'client'], server: 'TIME-WAIT' }],
  [
    'closed by both at once',
    { fins: ['client', 'server'], cross: true, server: 'TIME-WAIT', client: 'TIME-WAIT' },
  ],
  ['reset by the server, which had data left to read', { rsts: ['server'], establishedResets: 1 }],
  ['reset by the client while it waits in the queue', { rsts: ['client'], establishedResets: 1 }],
  ['data to a server that has closed draws a RST', { fins: ['server'], rsts: ['server'] }],
  ['closed by the server, then reset by the client', { fins: ['server'], rsts: ['client'] }],
  ['reset in CLOSE-WAIT', { fins: ['client'], rsts: ['client'], establishedResets: 1 }],
];

test.each(CASES)('%s: the books balance', (_, how) => {
  const seen = closed(how);
  expect(statusOf(seen, SERVER_LAW)).toBe('holds');
  expect(statusOf(seen, CLIENT_LAW)).toBe('holds');
  expect(fooledBySockets(seen)).toBe(0);
});

test.each(CASES)('%s: a row too many or too few breaks them', (_, how) => {
  const { server, client, ...gone } = how;
  const other = {
    ...gone,
    ...(server === undefined ? { server: 'ESTABLISHED' as const } : {}),
    ...(client === undefined ? { client: 'ESTABLISHED' as const } : {}),
  };
  const seen = closed(other);
  expect(statusOf(seen, SERVER_LAW)).toBe('broken');
  expect(statusOf(seen, CLIENT_LAW)).toBe('broken');
});

test('a repeated FIN tells no more than the first', () => {
  const fins = ['client', 'client'] as const;
  expect(closedFirstBy(connectionOf({ fins }))).toBeUndefined();
  expect(closedFirstBy(connectionOf({ fins: [...fins, 'server'] }))).toBe('client');
});

test('one port, two connections: each counts', () => {
  const seen = closed({ fins: ['server', 'client'] });
  const twice = { ...seen, connections: [...seen.connections, ...seen.connections] };
  expect(endedConnections(twice)).toBe(2);
  expect(endedAtServer(twice)).toBe(0);
});

test('a connection that the client’s kernel gave up is not counted twice', () => {
  const seen = closed({ rsts: ['server'] });
  const clients = seen.clients.map((story) => ({
    ...story,
    end: { kind: 'timed-out-by-kernel', atMs: 25 } as const,
  }));
  expect(endedConnections({ ...seen, clients })).toBe(1);
});

test('who is in the client’s table alone is fooled', () => {
  expect(fooledBySockets(closed({ client: 'ESTABLISHED' }))).toBe(1);
  expect(fooledBySockets(closed({ fins: ['client'], client: 'FIN-WAIT-1' }))).toBe(1);
});
