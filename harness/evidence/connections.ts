import type { Connection, Host } from '../domain/tcp.ts';
import { type Attempt, type Clock, connectionOf, newAttempt, takeSegment } from './attempt.ts';
import type { TcpSegment } from './tcp-segment.ts';

interface End {
  readonly address: string;
  readonly port: number;
}

/** A segment and its place in the capture. */
interface Placed {
  readonly index: number;
  readonly segment: TcpSegment;
}

const sourceOf = (segment: TcpSegment): End => ({
  address: segment.sourceAddress,
  port: segment.sourcePort,
});

const destinationOf = (segment: TcpSegment): End => ({
  address: segment.destinationAddress,
  port: segment.destinationPort,
});

/** The same for both directions; undefined when the server has no part in it. */
const pairKeyOf = (segment: TcpSegment, serverPort: number): string | undefined => {
  if (segment.sourcePort !== serverPort && segment.destinationPort !== serverPort) return undefined;
  const source = `${segment.sourceAddress} ${segment.sourcePort}`;
  const destination = `${segment.destinationAddress} ${segment.destinationPort}`;
  return source < destination ? `${source} ${destination}` : `${destination} ${source}`;
};

const groupByPair = (segments: readonly TcpSegment[], serverPort: number): Placed[][] => {
  const groups = new Map<string, Placed[]>();
  for (const [index, segment] of segments.entries()) {
    const key = pairKeyOf(segment, serverPort);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [{ index, segment }]);
    else group.push({ index, segment });
  }
  return [...groups.values()];
};

/** The client's end of a pair. When both ends have the server's port, the first SYN decides. */
const clientEndOf = (first: Placed, group: readonly Placed[], serverPort: number): End => {
  const { segment } = first;
  if (segment.sourcePort !== segment.destinationPort) {
    return segment.sourcePort === serverPort ? destinationOf(segment) : sourceOf(segment);
  }
  const opening = group.find((placed) => placed.segment.flags.syn)?.segment;
  if (opening === undefined) return sourceOf(segment);
  return opening.flags.ack ? destinationOf(opening) : sourceOf(opening);
};

/** The client's initial sequence number, if this segment was sent before any payload got through. */
const impliedClientIsn = (from: Host, segment: TcpSegment): number | undefined => {
  if (from === 'client') return (segment.seq - (segment.flags.syn ? 0 : 1)) >>> 0;
  return segment.flags.ack ? (segment.ack - 1) >>> 0 : undefined;
};

/** The attempts that two ends made one after another. */
interface Attempts {
  readonly serverAddress: string;
  readonly client: End;
  readonly all: Attempt[];
  /** By the client's initial sequence number: late packets of an earlier attempt find it here. */
  readonly byIsn: Map<number, Attempt>;
  /** The one that segments without such a number belong to. */
  current: Attempt | undefined;
}

const openAttempt = (attempts: Attempts, index: number, isn: number | undefined): Attempt => {
  const attempt = newAttempt(attempts.serverAddress, attempts.client, index, isn);
  attempts.all.push(attempt);
  if (isn !== undefined) attempts.byIsn.set(isn, attempt);
  return attempt;
};

/** A SYN-ACK without its SYN: the window opened between the two, or an old request repeats it. */
const attemptOfSynAck = (attempts: Attempts, index: number, isn: number): Attempt => {
  const { current } = attempts;
  if (current === undefined || current.clientIsn !== undefined) {
    return openAttempt(attempts, index, isn);
  }
  current.clientIsn = isn;
  attempts.byIsn.set(isn, current);
  return current;
};

const attemptFor = (attempts: Attempts, from: Host, { index, segment }: Placed): Attempt => {
  const isn = impliedClientIsn(from, segment);
  const known = isn === undefined ? undefined : attempts.byIsn.get(isn);
  if (known !== undefined) return known;
  if (!segment.flags.syn || isn === undefined) {
    attempts.current ??= openAttempt(attempts, index, undefined);
    return attempts.current;
  }
  if (from === 'client') {
    attempts.current = openAttempt(attempts, index, isn);
    return attempts.current;
  }
  const attempt = attemptOfSynAck(attempts, index, isn);
  attempts.current ??= attempt;
  return attempt;
};

/** A SYN from the server's port, or a SYN-ACK towards it, opens nothing here and is left out. */
const isAgainstRoles = (from: Host, { flags }: TcpSegment): boolean =>
  flags.syn && !flags.rst && flags.ack !== (from === 'server');

/** The other end of a pair. */
const serverAddressIn = ([first]: readonly Placed[], client: End): string => {
  if (first === undefined) return '';
  const source = sourceOf(first.segment);
  const isClient = source.address === client.address && source.port === client.port;
  return isClient ? destinationOf(first.segment).address : source.address;
};

const attemptsOf = (group: readonly Placed[], client: End, toMs: Clock): Attempt[] => {
  const serverAddress = serverAddressIn(group, client);
  const attempts: Attempts = {
    serverAddress,
    client,
    all: [],
    byIsn: new Map(),
    current: undefined,
  };
  for (const placed of group) {
    const { segment } = placed;
    const fromClient =
      segment.sourceAddress === client.address && segment.sourcePort === client.port;
    const from = fromClient ? 'client' : 'server';
    if (isAgainstRoles(from, segment)) continue;
    takeSegment(attemptFor(attempts, from, placed), from, segment, toMs);
  }
  return attempts.all;
};

/**
 * Rebuilds the attempts to connect to a port from the segments of a capture, which must be in the
 * order of the capture. `toMs` puts a packet's time on the run's time axis.
 *
 * Each new initial sequence number of a client is a Connection of its own; they come in order of
 * their first packet. How the packets of different ends interleave does not matter. A Connection
 * with empty `syns` began before the capture: its `state` tells only what was seen since.
 * Segments that neither come from nor go to the port are left out.
 */
export const rebuildConnections = (
  segments: readonly TcpSegment[],
  options: { readonly serverPort: number; readonly toMs: Clock },
): Connection[] => {
  const { serverPort, toMs } = options;
  const attempts = groupByPair(segments, serverPort).flatMap((group) => {
    const [first] = group;
    return first === undefined
      ? []
      : attemptsOf(group, clientEndOf(first, group, serverPort), toMs);
  });
  return attempts.sort((a, b) => a.firstIndex - b.firstIndex).map(connectionOf);
};
