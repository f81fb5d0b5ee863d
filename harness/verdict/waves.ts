/** What belongs to one wave of clients, and what was counted while it came. */
import type { Observations } from '../domain/observations.ts';
import type { ClientStory, Connection, Host } from '../domain/tcp.ts';
import { difference } from './law.ts';

export const clientsOf = (seen: Observations, wave: string): readonly ClientStory[] =>
  seen.clients.filter((story) => story.wave === wave);

/** A port may be used again when its client has given up, so ends are told apart by their order. */
function withEnds<Item>(
  items: readonly Item[],
  endOf: (item: Item) => string,
): readonly (readonly [end: string, item: Item])[] {
  const uses = new Map<string, number>();
  return items.map((item) => {
    const end = endOf(item);
    const use = (uses.get(end) ?? 0) + 1;
    uses.set(end, use);
    return [`${end} ${use}`, item];
  });
}

/** The packets of a wave's clients, by their addresses and ports. */
export function connectionsOf(seen: Observations, wave: string): readonly Connection[] {
  const begun = seen.clients.toSorted((left, right) => left.startedAtMs - right.startedAtMs);
  const ends = new Set(
    withEnds(begun, ({ localAddress, localPort }) => `${localAddress} ${localPort}`).flatMap(
      ([end, story]) => (story.wave === wave ? [end] : []),
    ),
  );
  return withEnds(
    seen.connections,
    ({ clientAddress, clientPort }) => `${clientAddress} ${clientPort}`,
  ).flatMap(([end, connection]) => (ends.has(end) ? [connection] : []));
}

/** Undefined where this kernel has no such counter, or a snapshot is missing. */
export function growthBetween(
  seen: Observations,
  [from, to]: readonly [string, string],
  host: Host,
  counter: string,
): number | undefined {
  const at = (snapshot: string): number | undefined =>
    seen.snapshots.get(snapshot)?.counters[host].get(counter);
  return difference(at(to), at(from));
}
