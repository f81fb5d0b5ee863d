/** The numbers that claims, ledger and reports share, each drawn from one kind of evidence only. */
import type { Observations, Snapshot } from '../domain/observations.ts';
import { CLOSING_SNAPSHOT, OPENING_SNAPSHOT } from '../domain/plan.ts';
import type {
  ClientStory,
  Connection,
  ConnectOutcome,
  Host,
  SocketRow,
  Syn,
} from '../domain/tcp.ts';
import { plannedClients } from './plan-facts.ts';

export const opening = (seen: Observations): Snapshot | undefined =>
  seen.snapshots.get(OPENING_SNAPSHOT);

export const closing = (seen: Observations): Snapshot | undefined =>
  seen.snapshots.get(CLOSING_SNAPSHOT);

/** Undefined where this kernel has no such counter, or a snapshot is missing. */
export const growth = (seen: Observations, host: Host, counter: string): number | undefined =>
  seen.counters[host].get(counter);

export const clientsThat = (seen: Observations, kind: ConnectOutcome['kind']): number =>
  seen.clients.filter(({ outcome }) => outcome.kind === kind).length;

/** Attempts that reached the kernel: a local failure never sent a SYN. */
export const attemptsMade = (seen: Observations): number =>
  seen.clients.length - clientsThat(seen, 'failed');

/** Clients that the plan lets connect, and those that connected again. */
export const clientsPlanned = ({ plan, clients }: Observations): number =>
  plannedClients(plan) + clients.filter(({ reconnects }) => reconnects !== undefined).length;

export const clientsWithPort = (seen: Observations): readonly ClientStory[] =>
  seen.clients.filter(({ localPort }) => localPort !== undefined);

/** Clients whose own packets tell of the same: connected with a SYN-ACK, timed out without one. */
export function clientsLikeTheirPackets(seen: Observations): number {
  const byPort = new Map<number, Connection[]>();
  for (const connection of seen.connections) {
    const others = byPort.get(connection.clientPort);
    if (others === undefined) byPort.set(connection.clientPort, [connection]);
    else others.push(connection);
  }
  return clientsWithPort(seen).filter((story) =>
    (byPort.get(story.localPort ?? 0) ?? []).some((connection) => isLike(story, connection)),
  ).length;
}

function isLike({ localAddress, outcome }: ClientStory, connection: Connection): boolean {
  if (localAddress !== undefined && localAddress !== connection.clientAddress) return false;
  if (outcome.kind === 'connected') return connection.state !== 'unanswered';
  return outcome.kind !== 'timed-out' || connection.state === 'unanswered';
}

/** Connections whose SYN was answered with a RST: nobody listened there. */
export const refusedConnections = (seen: Observations): number =>
  seen.connections.filter(
    ({ state, resets }) => state === 'unanswered' && resets.some(({ from }) => from === 'server'),
  ).length;

export const synsOf = (seen: Observations): readonly Syn[] =>
  seen.connections.flatMap(({ syns }) => syns);

export const refusedSyns = (seen: Observations): number =>
  synsOf(seen).filter(({ answeredAtMs }) => answeredAtMs === undefined).length;

/** The same between two snapshots; undefined where one of them is missing. */
export function refusedSynsBetween(
  seen: Observations,
  from: string,
  to: string,
): number | undefined {
  const fromMs = seen.snapshots.get(from)?.atMs;
  const toMs = seen.snapshots.get(to)?.atMs;
  if (fromMs === undefined || toMs === undefined) return undefined;
  return synsOf(seen).filter(
    ({ atMs, answeredAtMs }) => answeredAtMs === undefined && fromMs < atMs && atMs <= toMs,
  ).length;
}

export const repeatedSyns = (seen: Observations): number =>
  synsOf(seen).filter(({ retransmission }) => retransmission).length;

export const repeatedSynAcks = (seen: Observations): number =>
  seen.connections.flatMap(({ synAcks }) => synAcks).filter(({ retransmission }) => retransmission)
    .length;

export const answeredConnections = (seen: Observations): number =>
  seen.connections.filter(({ state }) => state !== 'unanswered').length;

export const resetsFrom = (seen: Observations, host: Host): number =>
  seen.connections.flatMap(({ resets }) => resets).filter(({ from }) => from === host).length;

/** The client's ACK had been seen, and the server sent its SYN-ACK again all the same. */
export const ignoredHandshakes = (seen: Observations): readonly Connection[] =>
  seen.connections.filter((connection) => {
    const firstAck = firstClientSegmentMs(connection);
    return firstAck !== undefined && connection.synAcks.some(({ atMs }) => atMs > firstAck);
  });

/** Handshakes after whose final ACK the server was content. */
export const acceptedHandshakes = (seen: Observations): number =>
  seen.connections.filter(({ state }) => state === 'completed').length -
  ignoredHandshakes(seen).length;

function firstClientSegmentMs({ bareAcks, data }: Connection): number | undefined {
  const times = [...bareAcks, ...data]
    .filter(({ from }) => from === 'client')
    .map(({ atMs }) => atMs);
  return times.length === 0 ? undefined : times.reduce((least, time) => Math.min(least, time));
}

const isChild = ({ state }: SocketRow): boolean =>
  state !== 'LISTEN' && state !== 'SYN-RECV' && state !== 'NEW-SYN-RECV';

/** Rows that have to do with the listener's port. */
function rowsAt(
  seen: Observations,
  snapshot: Snapshot | undefined,
  host: Host,
): readonly SocketRow[] | undefined {
  const { port } = seen.plan.network;
  return snapshot?.sockets[host].filter(
    ({ localPort, remotePort }) => (host === 'server' ? localPort : remotePort) === port,
  );
}

/** Connections the server has, as rows of its socket table. */
export const serverConnections = (seen: Observations): number | undefined =>
  serverRows(seen)?.length;

export const serverRows = (seen: Observations): readonly SocketRow[] | undefined =>
  rowsAt(seen, closing(seen), 'server')?.filter(isChild);

/** Of these, the connections in which both ends believe. */
export const serverEstablished = (seen: Observations): number | undefined =>
  serverRows(seen)?.filter(({ state }) => state === 'ESTABLISHED').length;

/** Connections the clients have, as rows of the client host's socket table. */
export const clientConnections = (seen: Observations): number | undefined =>
  clientRows(seen)?.length;

export const clientRows = (seen: Observations): readonly SocketRow[] | undefined =>
  rowsAt(seen, closing(seen), 'client')?.filter((row) => isChild(row) && row.state !== 'SYN-SENT');

/** SYN-RECV rows of a snapshot: the SYN-queue length. */
export const synQueueLengthAt = (snapshot: Snapshot | undefined): number | undefined =>
  snapshot?.sockets.server.filter(({ state }) => state === 'SYN-RECV' || state === 'NEW-SYN-RECV')
    .length;

/** The listener's rx_queue in /proc/net/tcp: a second reading of the accept-queue length. */
export function listenRowLength(seen: Observations, snapshot: Snapshot): number | undefined {
  const rows = rowsAt(seen, snapshot, 'server')?.filter(({ state }) => state === 'LISTEN') ?? [];
  return rows.length === 0 ? undefined : rows.reduce((sum, { rxQueue }) => sum + rxQueue, 0);
}

/** The listener's own drop count, `d` of `ss -m`; undefined before 4.7 or without `ss`. */
export function listenerDrops(seen: Observations): number | undefined {
  const before = opening(seen)?.listener?.drops;
  const after = closing(seen)?.listener?.drops;
  return before === undefined || after === undefined ? undefined : after - before;
}

/**
 * Clients that believe in a connection which the server does not have: connected, not opened, and
 * not reset either (tcp_abort_on_overflow resets requests instead of leaving them).
 */
export function fooledClients(seen: Observations): number | undefined {
  const passiveOpens = growth(seen, 'server', 'PassiveOpens');
  const resets = growth(seen, 'server', 'EmbryonicRsts');
  if (passiveOpens === undefined || resets === undefined) return undefined;
  return clientsThat(seen, 'connected') - passiveOpens - resets;
}

/** A sysctl as it was read back; undefined where the kernel has no such key. */
export const foundOn = (seen: Observations, host: Host, key: string): string | undefined =>
  seen.sysctls.find((applied) => applied.host === host && applied.key === key)?.found ?? undefined;

export const foundOnServer = (seen: Observations, key: string): string | undefined =>
  foundOn(seen, 'server', key);
