/**
 * What belongs to one wave of clients, where each wave begins when the SYNs of the one before are
 * through: clients by their own words, packets by their order, counters by snapshots in between.
 */
import type { Observations } from '../domain/observations.ts';
import type { ClientStory, Connection, Host } from '../domain/tcp.ts';
import { difference } from './law.ts';
import { clientsBefore } from './plan-facts.ts';

export const clientsOf = (seen: Observations, wave: string): readonly ClientStory[] =>
  seen.clients.filter((story) => story.wave === wave);

export function connectionsOf(seen: Observations, wave: string): readonly Connection[] {
  const first = clientsBefore(seen.plan, wave);
  return first === undefined
    ? []
    : seen.connections.slice(first.before, first.before + first.clients);
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
