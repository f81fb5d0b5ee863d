import type { Observations } from '../domain/observations.ts';
import type { Connection, Syn } from '../domain/tcp.ts';
import { growth } from '../verdict/figures.ts';
import { type ClientView, limitAt } from './client-views.ts';
import { ordinal, seconds, span, times } from './words.ts';

export const isRefused = ({ answeredAtMs }: Syn): boolean => answeredAtMs === undefined;

/** The same segment of each client as a span of seconds since the client's first one. */
export function repeatTimes(
  group: readonly ClientView[],
  pick: (connection: Connection) => readonly number[],
): readonly string[] {
  const all = group.flatMap(({ connection }) =>
    connection === undefined ? [] : [pick(connection)],
  );
  return (all[0] ?? []).map((_, index) =>
    span(
      all.map((sent) => (sent[index] ?? 0) - (sent[0] ?? 0)),
      seconds,
    ),
  );
}

export const HELD_BACK = 'the server answered, but its SYN-ACK was held back on the way';

/** A client that had an answer on the wire and did not connect: the gate kept it. */
export const isAnsweredInVain = ({ story, connection }: ClientView): boolean =>
  story.outcome.kind !== 'connected' && (connection?.synAcks.length ?? 0) > 0;

export function refusalWords(group: readonly ClientView[], seen: Observations): string {
  const connection = group[0]?.connection;
  const refused = connection?.syns.filter(isRefused) ?? [];
  const first = refused[0];
  if (first === undefined) {
    return group.some(isAnsweredInVain) ? HELD_BACK : 'the capture has no SYN of it';
  }
  const at = repeatTimes(group, ({ syns }) => syns.map(({ atMs }) => atMs)).slice(
    0,
    refused.length,
  );
  const moments =
    at.length > MOST_MOMENTS ? [...at.slice(0, MOST_MOMENTS - 1), '...', at.at(-1)] : at;
  return `SYN refused ${times(refused.length)} (${moments.join(', ')} s), ${causeOfRefusal(seen, first.atMs)}`;
}

const MOST_MOMENTS = 5;

export function onlyAcceptQueueOverflowed(seen: Observations): boolean {
  const overflows = growth(seen, 'server', 'ListenOverflows') ?? 0;
  return overflows > 0 && growth(seen, 'server', 'ListenDrops') === overflows;
}

/** As the server's counters tell it; a kernel before 3.8 does not count refused SYNs. */
export function causeOfRefusal(seen: Observations, atMs: number): string {
  const overflows = growth(seen, 'server', 'ListenOverflows') ?? 0;
  const beyond = (growth(seen, 'server', 'ListenDrops') ?? 0) - overflows;
  if (overflows > 0 && beyond > 0) {
    return `because a queue was full (the accept queue ${times(overflows)} in all, the SYN queue ${times(beyond)})`;
  }
  if (overflows > 0) {
    const limit = limitAt(seen, atMs);
    const fill = limit === undefined ? '' : ` (${limit + 1} of ${limit + 1})`;
    return `because the accept queue was full${fill}`;
  }
  if (beyond === 0) return 'and no counter says why';
  return growth(seen, 'server', 'TCPReqQFullDrop') === 0
    ? 'because less than a quarter of tcp_max_syn_backlog was free (the SYN queue itself had room)'
    : 'because the SYN queue was full';
}

/** Why this one: where nothing leaves the queue, who comes first gets the places. */
export function arrivalWords(group: readonly ClientView[], seen: Observations): readonly string[] {
  const [only, ...others] = group;
  const atMs = only?.connection?.syns[0]?.atMs;
  if (atMs === undefined || others.length > 0 || !lostToEarlierOnes(only, seen)) return [];
  const earlier = seen.connections.filter(({ syns: [first] }) => (first?.atMs ?? Infinity) < atMs);
  return [`its SYN was the ${ordinal(earlier.length + 1)} to arrive`];
}

const lostToEarlierOnes = (view: ClientView | undefined, seen: Observations): boolean =>
  seen.accepted === 0 &&
  view?.connection?.state === 'unanswered' &&
  (growth(seen, 'server', 'ListenOverflows') ?? 0) > 0;
