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
import { plannedClients, speaks } from './plan-facts.ts';

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

export const synsOf = (seen: Observations): readonly Syn[] =>
  seen.connections.flatMap(({ syns }) => syns);

export const refusedSyns = (seen: Observations): number =>
  synsOf(seen).filter(({ answeredAtMs }) => answeredAtMs === undefined).length;

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
  rowsAt(seen, closing(seen), 'server')?.filter(isChild).length;

/** Connections the clients have, as rows of the client host's socket table. */
export const clientConnections = (seen: Observations): number | undefined =>
  rowsAt(seen, closing(seen), 'client')?.filter((row) => isChild(row) && row.state !== 'SYN-SENT')
    .length;

/** SYN-RECV rows of a snapshot: the SYN-queue length. */
export const synQueueLengthAt = (snapshot: Snapshot | undefined): number | undefined =>
  snapshot?.sockets.server.filter(({ state }) => state === 'SYN-RECV' || state === 'NEW-SYN-RECV')
    .length;

/** The listener's rx_queue in /proc/net/tcp: a second reading of the accept-queue length. */
export const listenRowLength = (seen: Observations, snapshot: Snapshot): number | undefined =>
  rowsAt(seen, snapshot, 'server')?.find(({ state }) => state === 'LISTEN')?.rxQueue;

/** The listener's own drop count, `d` of `ss -m`; undefined before 4.7 or without `ss`. */
export function listenerDrops(seen: Observations): number | undefined {
  const before = opening(seen)?.listener?.drops;
  const after = closing(seen)?.listener?.drops;
  return before === undefined || after === undefined ? undefined : after - before;
}

/** Who closed a connection first that both sides closed; that side keeps it in TIME-WAIT. */
export function closedFirstBy({ finishes, resets }: Connection): Host | undefined {
  if (resets.length > 0) return undefined;
  const [first] = finishes;
  return finishes.some(({ from }) => from !== first?.from) ? first?.from : undefined;
}

/** Connections that the client closed first and the server after it: gone from the server's table. */
export const closedAfterClient = (seen: Observations): number =>
  seen.connections.filter((connection) => closedFirstBy(connection) === 'client').length;

/**
 * Connections that are gone from the client's socket table before the closing snapshot: a RST or
 * the client's kernel ended them, or the server closed them first and the client after it. A program hears of a RST a little later than its kernel, so the packets of the window tell which.
 */
export function endedConnections(seen: Observations): number {
  const closedAtMs = closing(seen)?.atMs ?? Number.POSITIVE_INFINITY;
  const byPackets = seen.connections
    .filter(
      (connection) =>
        (connection.state !== 'unanswered' && connection.resets.length > 0) ||
        closedFirstBy(connection) === 'server',
    )
    .map(({ clientAddress, clientPort }) => `${clientAddress} ${clientPort}`);
  const byKernel = seen.clients
    .filter(({ end }) => end?.kind === 'timed-out-by-kernel' && end.atMs <= closedAtMs)
    .map(({ localAddress, localPort }) => `${localAddress} ${localPort}`);
  return new Set([...byPackets, ...byKernel]).size;
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

/**
 * The same from both socket tables; undefined where clients that are not silent lost connections,
 * because a RST also ends a fooled client whose request the server has forgotten.
 */
export function fooledBySockets(seen: Observations): number | undefined {
  const atClients = clientConnections(seen);
  const atServer = serverConnections(seen);
  if (atClients === undefined || atServer === undefined) return undefined;
  return !speaks(seen.plan) || endedConnections(seen) === 0 ? atClients - atServer : undefined;
}

/** A sysctl of the server as it was read back; undefined where the kernel has no such key. */
export const foundOnServer = (seen: Observations, key: string): string | undefined =>
  seen.sysctls.find((applied) => applied.host === 'server' && applied.key === key)?.found ??
  undefined;
