import type { Observations } from '../domain/observations.ts';
import type { ClientStory, Connection, SocketRow } from '../domain/tcp.ts';
import { RECONNECTION_STRIDE } from '../domain/wire.ts';
import { closing, opening, synQueueLengthAt } from '../verdict/figures.ts';
import { closesTheListener } from '../verdict/plan-facts.ts';

/** One client as all sides of the evidence see it. */
export interface ClientView {
  readonly story: ClientStory;
  /** The number of the client whose attempt this is. */
  readonly person: number;
  /** Its packets; absent when the capture has none of them. */
  readonly connection?: Connection;
  /** Connected, although the server never had such a connection. */
  readonly fooled: boolean;
  /** As fooled, but the server answered its ACK with RST: tcp_abort_on_overflow. */
  readonly rejected: boolean;
  /** Its place in the accept queue, counted from 1 in the order of admission. */
  readonly place?: number;
  /** Fooled clients only: when the SYN queue was first seen empty after the last SYN-ACK. */
  readonly forgottenByMs?: number;
}

export function viewClients(seen: Observations): readonly ClientView[] {
  const packets = packetsByPort(seen);
  const atServer = endsAtServer(seen);
  const views = seen.clients.map((story) =>
    viewOf(story, connectionOf(story, packets), atServer, seen),
  );
  const places = placesOf(views, seen);
  return views.map((view) => {
    const place = places.get(view.story.client);
    return place === undefined ? view : { ...view, place };
  });
}

const endOf = (address: string, port: number): string => `${address} ${port}`;

function packetsByPort(seen: Observations): ReadonlyMap<number, readonly Connection[]> {
  const byPort = new Map<number, Connection[]>();
  for (const connection of seen.connections) {
    const others = byPort.get(connection.clientPort);
    if (others === undefined) byPort.set(connection.clientPort, [connection]);
    else others.push(connection);
  }
  return byPort;
}

/** A port may be used again: the attempt is the one that began nearest to the client's own start. */
function connectionOf(
  { localAddress, localPort, startedAtMs }: ClientStory,
  packets: ReadonlyMap<number, readonly Connection[]>,
): Connection | undefined {
  if (localPort === undefined) return undefined;
  const away = (connection: Connection): number =>
    Math.abs((connection.syns[0]?.atMs ?? Infinity) - startedAtMs);
  return packets
    .get(localPort)
    ?.filter(({ clientAddress }) => localAddress === undefined || clientAddress === localAddress)
    .reduce<Connection | undefined>(
      (nearest, other) => (nearest && away(nearest) <= away(other) ? nearest : other),
      undefined,
    );
}

const isRequest = ({ state }: SocketRow): boolean =>
  state === 'LISTEN' || state === 'SYN-RECV' || state === 'NEW-SYN-RECV';

/** The far ends of the server's connections; undefined when nobody looked. */
function endsAtServer(seen: Observations): ReadonlySet<string> | undefined {
  const rows = closing(seen)?.sockets.server.filter((row) => !isRequest(row));
  return rows && new Set(rows.map((row) => endOf(row.remoteAddress, row.remotePort)));
}

function viewOf(
  story: ClientStory,
  connection: Connection | undefined,
  atServer: ReadonlySet<string> | undefined,
  seen: Observations,
): ClientView {
  const unknown =
    connection !== undefined &&
    (isNeverTaken(story, connection) ||
      (couldBeUnknown(story, seen) &&
        atServer?.has(endOf(connection.clientAddress, connection.clientPort)) === false));
  const rejected = unknown && story.end?.kind.startsWith('reset-') === true && aborts(seen);
  const fooled = unknown && !rejected;
  const forgottenByMs = fooled ? emptyAfter(seen, connection) : undefined;
  return {
    story,
    person: personOf(story, seen),
    fooled,
    rejected,
    ...(connection === undefined ? {} : { connection }),
    ...(forgottenByMs === undefined ? {} : { forgottenByMs }),
  };
}

/** A client of the swarm counts its attempts in millions, client programs number their connections. */
const personOf = ({ client }: ClientStory, { plan }: Observations): number =>
  plan.steps.some(({ kind }) => kind === 'start-clients') ? client : client % RECONNECTION_STRIDE;

/** A server that accepts, or closes its listener, may have ended a connection which it did have. */
const couldBeUnknown = (story: ClientStory, seen: Observations): boolean =>
  seen.accepted === 0 && !closesTheListener(seen.plan)
    ? story.outcome.kind === 'connected'
    : believes(story);

/** The server repeated its SYN-ACK after the last ACK, so none has counted, whoever ended it then. */
const isNeverTaken = ({ outcome }: ClientStory, connection: Connection): boolean =>
  outcome.kind === 'connected' &&
  connection.synAcks.length > 1 &&
  admittedAtMs(connection) === undefined;

const believes = ({ outcome, end }: ClientStory): boolean =>
  outcome.kind === 'connected' && (end?.kind === 'held' || end?.kind === 'read-timed-out');

const ABORT_ON_OVERFLOW = 'net.ipv4.tcp_abort_on_overflow';

/** From the start, or from a step of the plan on. */
const aborts = ({ sysctls, plan }: Observations): boolean =>
  sysctls.some(
    ({ host, key, found }) => host === 'server' && key === ABORT_ON_OVERFLOW && found === '1',
  ) ||
  plan.steps.some(
    (step) => step.kind === 'set-sysctl' && step.key === ABORT_ON_OVERFLOW && step.value === '1',
  );

function emptyAfter(seen: Observations, { synAcks }: Connection): number | undefined {
  const lastMs = synAcks.at(-1)?.atMs;
  if (lastMs === undefined || synAcks.length < 2) return undefined;
  const looks = [
    ...seen.samples,
    { atMs: closing(seen)?.atMs ?? 0, synQueueLength: synQueueLengthAt(closing(seen)) },
  ];
  return looks.find(({ atMs, synQueueLength }) => atMs > lastMs && synQueueLength === 0)?.atMs;
}

/** Clients that the server has and has not accepted, in the order in which their ACK was let in. */
function placesOf(views: readonly ClientView[], seen: Observations): ReadonlyMap<number, number> {
  if (closing(seen) === undefined || seen.servers.length > 1) return new Map();
  const admitted = views.flatMap(({ fooled, rejected, story, connection }) => {
    const atMs =
      fooled || rejected || story.outcome.kind !== 'connected'
        ? undefined
        : admittedAtMs(connection);
    return atMs === undefined ? [] : [{ story, atMs }];
  });
  admitted.sort((one, other) => one.atMs - other.atMs);
  const allWait = seen.accepted === 0 ? admitted.length : 0;
  const left = closing(seen)?.listener?.acceptQueueLength ?? allWait;
  // accept(2) takes the oldest, so those that came last are left.
  const waiting = admitted
    .slice(Math.max(0, admitted.length - left))
    .filter(({ story }) => believes(story));
  return new Map(waiting.map(({ story }, index) => [story.client, index + 1]));
}

/** The server repeats its SYN-ACK until an ACK counts, so the first after the last SYN-ACK did. */
export function admittedAtMs(connection: Connection | undefined): number | undefined {
  const answeredMs = connection?.synAcks.at(-1)?.atMs;
  if (connection === undefined || answeredMs === undefined) return undefined;
  return clientSegments(connection).find((atMs) => atMs >= answeredMs);
}

/** When the client's ACKs and payload reached the server, in order; a probe acknowledges nothing. */
export const clientSegments = ({ bareAcks, data }: Connection): readonly number[] =>
  [...bareAcks.filter(({ keepAliveProbe }) => !keepAliveProbe), ...data]
    .filter(({ from }) => from === 'client')
    .map(({ atMs }) => atMs)
    .sort((left, right) => left - right);

/** The accept-queue limit in force at a time, as the last snapshot before it shows. */
export function limitAt(seen: Observations, atMs: number): number | undefined {
  const limits = [...seen.snapshots.values()]
    .filter((snapshot) => snapshot.atMs <= atMs)
    .flatMap(({ listener }) => (listener === undefined ? [] : [listener.acceptQueueLimit]));
  return limits.at(-1) ?? opening(seen)?.listener?.acceptQueueLimit ?? seen.announcedLimits[0];
}
