/** What 200 senders did to 20 relays, and the relays to them, each from one kind of evidence only. */
import type { Observations } from '../../domain/observations.ts';
import type { ClientStory, Connection, Finish, Reset } from '../../domain/tcp.ts';
import { closing, growth, serverRows } from '../../verdict/figures.ts';

export const RELAYS = 20;
/** So many of them have a cap, the first ones. */
export const CAPPED = 5;

/** One for each sender and each relay: the connections that ought to be there. */
export const pairsOf = ({ plan }: Observations): number => plan.parameters.clients * RELAYS;

/** The relay that a connection was made to. */
export const relayOf = ({ wave }: ClientStory): number => Number(wave.replace('relay ', ''));

/** Bytes of payload that the senders wrote, by relay. */
export function writtenByRelay({ clients }: Observations): readonly number[] {
  const bytes = Array.from({ length: RELAYS }, () => 0);
  for (const story of clients) {
    const relay = relayOf(story);
    bytes[relay] = (bytes[relay] ?? 0) + (story.sentBytes ?? 0);
  }
  return bytes;
}

/** Bytes of payload on the wire to each relay, in no order; a relay without any has 0. */
export function carriedByRelay({ connections }: Observations): readonly number[] {
  const bytes = new Map<string, number>();
  for (const { serverAddress, data } of connections) {
    const carried = data.reduce(
      (sum, segment) =>
        segment.from === 'client' && !segment.retransmission ? sum + segment.bytes : sum,
      0,
    );
    bytes.set(serverAddress, (bytes.get(serverAddress) ?? 0) + carried);
  }
  return Array.from({ length: RELAYS }, (_, index) => [...bytes.values()][index] ?? 0);
}

/** Messages that each relay says it received; undefined where no program says anything. */
export const receivedByRelay = ({ application }: Observations): readonly number[] | undefined =>
  application?.messages;

/**
 * Taking turns gives each relay the same, up to the last turn of each sender. A relay without a
 * place for a third of the senders gets about 60 %: this lies in between, and far from both.
 */
const EVEN_SHARE = 0.9;

/** Relays that get clearly less than the busiest one. */
export const relaysBehind = (traffic: readonly number[] | undefined): number | undefined => {
  if (traffic === undefined) return undefined;
  const most = Math.max(...traffic);
  return traffic.filter((each) => each < EVEN_SHARE * most).length;
};

/** Connections that their senders lost: none of them ever closes one itself. */
export const lostConnections = ({ clients }: Observations): readonly ClientStory[] =>
  clients.filter(({ end }) => end !== undefined && end.kind !== 'held');

export const heldConnections = ({ clients }: Observations): number =>
  clients.filter(({ end }) => end?.kind === 'held').length;

/** The first word of the end of a connection. */
const firstEnd = ({ finishes, resets }: Connection): Finish | Reset | undefined =>
  [...finishes, ...resets].sort((left, right) => left.atMs - right.atMs)[0];

/** It was the server's, and it had not sent a byte before. */
export const closedUnused = ({ connections }: Observations): readonly Connection[] =>
  connections.filter(
    (connection) =>
      firstEnd(connection)?.from === 'server' &&
      !connection.data.some(({ from }) => from === 'server'),
  );

/** From SYN-ACK to the server's FIN or RST, of the connections that it closed. */
export const livedMs = (seen: Observations): readonly number[] =>
  closedUnused(seen).flatMap((connection) => {
    const [answer] = connection.synAcks;
    const end = firstEnd(connection);
    return answer === undefined || end === undefined ? [] : [end.atMs - answer.atMs];
  });

export const attemptsAgain = ({ clients }: Observations): number =>
  clients.filter(({ reconnects }) => reconnects !== undefined).length;

export const dropsOf = ({ servers }: Observations): number =>
  servers.reduce((sum, { dropped }) => sum + dropped, 0);

export const keptOf = ({ servers }: Observations): number =>
  servers.reduce((sum, { kept }) => sum + kept, 0);

/** Counters in which an overload of the kernel's own queues shows. */
const ALARMS = ['ListenOverflows', 'ListenDrops', 'TCPReqQFullDrop', 'TCPReqQFullDoCookies'];

/** By how much they grew altogether; one that this kernel lacks is none. */
export const alarmsOf = (seen: Observations): number =>
  ALARMS.reduce((sum, counter) => sum + (growth(seen, 'server', counter) ?? 0), 0);

/** What the relays leave behind by closing first. */
export const timeWaitRows = (seen: Observations): number | undefined =>
  serverRows(seen)?.filter(({ state }) => state === 'TIME-WAIT').length;

/** From the first connection to the closing of the books. */
export const reconnectionsPerSecond = (seen: Observations): number =>
  (1_000 * attemptsAgain(seen)) / (closing(seen)?.atMs ?? Number.POSITIVE_INFINITY);

/** What a capped relay received, as a share of what each would get if all got the same. */
export function cappedShare(received: readonly number[]): number {
  const capped = sumOf(received.slice(0, CAPPED)) / CAPPED;
  return capped / (sumOf(received) / RELAYS);
}

/** The attempts of one sender at one relay up to this one, the first of them first. */
export function attemptsUpTo(
  { clients }: Observations,
  story: ClientStory,
): readonly ClientStory[] {
  const byNumber = new Map(clients.map((each) => [each.client, each]));
  const attempts = [story];
  for (let before = story.reconnects; before !== undefined; ) {
    const earlier = byNumber.get(before);
    if (earlier !== undefined) attempts.unshift(earlier);
    before = earlier?.reconnects;
  }
  return attempts;
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);

export const medianOf = (numbers: readonly number[]): number | undefined =>
  numbers.toSorted((left, right) => left - right)[Math.floor(numbers.length / 2)];
