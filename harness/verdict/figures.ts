/** The numbers that claims, ledger and reports share, each drawn from one kind of evidence only. */
import type { NetstatText, Observations, Snapshot } from '../domain/observations.ts';
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

/** The packets of a wave's clients. */
export function connectionsOf(seen: Observations, wave: string): readonly Connection[] {
  const ends = new Set(
    seen.clients
      .filter((story) => story.wave === wave)
      .map(({ localAddress, localPort }) => `${localAddress} ${localPort}`),
  );
  return seen.connections.filter(({ clientAddress, clientPort }) =>
    ends.has(`${clientAddress} ${clientPort}`),
  );
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

/** How much a counter of the server grew between two snapshots. */
export function growthBetween(
  seen: Observations,
  counter: string,
  from: string,
  to: string,
): number | undefined {
  const before = seen.snapshots.get(from)?.counters.server.get(counter);
  const after = seen.snapshots.get(to)?.counters.server.get(counter);
  return before === undefined || after === undefined ? undefined : after - before;
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

const serverRows = (seen: Observations): readonly SocketRow[] | undefined =>
  rowsAt(seen, closing(seen), 'server')?.filter(isChild);

/** Of these, the connections in which both ends believe. */
export const serverEstablished = (seen: Observations): number | undefined =>
  serverRows(seen)?.filter(({ state }) => state === 'ESTABLISHED').length;

/** Connections the clients have, as rows of the client host's socket table. */
export const clientConnections = (seen: Observations): number | undefined =>
  clientRows(seen)?.length;

const clientRows = (seen: Observations): readonly SocketRow[] | undefined =>
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

/** Who closed a connection first that both sides closed; that side keeps it in TIME-WAIT. */
export function closedFirstBy({ finishes, resets }: Connection): Host | undefined {
  if (resets.length > 0) return undefined;
  const [first] = finishes;
  return finishes.some(({ from }) => from !== first?.from) ? first?.from : undefined;
}

/**
 * Connections that are gone from the server's table and that EstabResets does not count: both sides
 * closed them, the client first; or a RST ended them when the server had closed its own side.
 */
export const endedAtServer = (seen: Observations): number =>
  seen.connections.filter(
    (connection) => closedFirstBy(connection) === 'client' || resetAfterServersFin(connection),
  ).length;

/** EstabResets counts only what is reset in ESTABLISHED or CLOSE-WAIT; see tcp_set_state(). */
const resetAfterServersFin = ({ finishes, resets }: Connection): boolean =>
  finishes.some(
    (finish) => finish.from === 'server' && resets.some(({ atMs }) => atMs >= finish.atMs),
  );

/**
 * Connections that are gone from the client's socket table before the closing snapshot: a RST or the
 * client's kernel ended them, or the server closed them first and the client after it. A program
 * hears of a RST a little later than its kernel, so the packets of the window tell which.
 */
export function endedConnections(seen: Observations): number {
  const closedAtMs = closing(seen)?.atMs ?? Number.POSITIVE_INFINITY;
  const byPackets = seen.connections.filter(
    (connection) =>
      (connection.state !== 'unanswered' && connection.resets.length > 0) ||
      closedFirstBy(connection) === 'server',
  );
  const told = new Set(
    byPackets.map(({ clientAddress, clientPort }) => `${clientAddress} ${clientPort}`),
  );
  const byKernel = seen.clients.filter(
    ({ end, localAddress, localPort }) =>
      end?.kind === 'timed-out-by-kernel' &&
      end.atMs <= closedAtMs &&
      !told.has(`${localAddress} ${localPort}`),
  );
  return byPackets.length + byKernel.length;
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
 * The same from both socket tables: connections of the client's that the server lacks. What the
 * client closed first is left to it alone, in TIME-WAIT. Undefined where clients that are not silent
 * lost connections, because a RST also ends a fooled client whose request the server has forgotten.
 */
export function fooledBySockets(seen: Observations): number | undefined {
  const atClients = clientRows(seen);
  const atServer = serverRows(seen);
  if (atClients === undefined || atServer === undefined) return undefined;
  if (speaks(seen.plan) && endedConnections(seen) > 0) return undefined;
  const known = new Set(
    atServer.map((row) => `${row.localAddress} ${row.remoteAddress} ${row.remotePort}`),
  );
  return atClients.filter(
    (row) =>
      row.state !== 'TIME-WAIT' &&
      !known.has(`${row.remoteAddress} ${row.localAddress} ${row.localPort}`),
  ).length;
}

/** A sysctl as it was read back; undefined where the kernel has no such key. */
export const foundOn = (seen: Observations, host: Host, key: string): string | undefined =>
  seen.sysctls.find((applied) => applied.host === host && applied.key === key)?.found ?? undefined;

export const foundOnServer = (seen: Observations, key: string): string | undefined =>
  foundOn(seen, 'server', key);

/** Requests in the SYN queue at the closing snapshot, as each side of the evidence tells. */
export interface SynQueueHeld {
  /** SYN-RECV rows. */
  readonly sockets: number | undefined;
  /** Connections with a SYN-ACK, without those that a SYN cookie answered. */
  readonly packets: number;
  /** Calls of connect(2) whose SYN was neither dropped nor answered with a SYN cookie. */
  readonly counters: number | undefined;
}

/** For runs in which no handshake is finished and no SYN is repeated. */
export function synQueueHeld(seen: Observations): SynQueueHeld {
  const cookies = growth(seen, 'server', 'SyncookiesSent') ?? 0;
  return {
    sockets: synQueueLengthAt(closing(seen)),
    packets: answeredConnections(seen) - cookies,
    counters: heldByCounters(seen, cookies),
  };
}

/** A kernel that has no TCPReqQFullDrop (before 3.1) does not count dropped SYNs at all. */
function heldByCounters(seen: Observations, cookies: number): number | undefined {
  const attempts = growth(seen, 'client', 'ActiveOpens');
  const drops = growth(seen, 'server', 'ListenDrops');
  if (attempts === undefined || drops === undefined) return undefined;
  // From 3.8 to 4.6 a SYN cookie adds to ListenDrops, too.
  if (cookies > 0) return attempts - cookies;
  return growth(seen, 'server', 'TCPReqQFullDrop') === undefined ? undefined : attempts - drops;
}

/** Growth of two counters as `netstat -s` puts them into words; see `NetstatText`. */
export function netstatGrowth(seen: Observations): NetstatText | undefined {
  const text = closing(seen)?.netstatText;
  const before = opening(seen)?.counters.server;
  const overflows = before?.get('ListenOverflows');
  const drops = before?.get('ListenDrops');
  if (text === undefined || overflows === undefined || drops === undefined) return undefined;
  return { overflowed: text.overflowed - overflows, dropped: text.dropped - drops };
}
