/** What the restart of an RPC provider did to its consumers, drawn from the evidence. */
import type { RequestOutcome, RequestStory } from '../../domain/application.ts';
import type { Observations } from '../../domain/observations.ts';
import type { ClientStory, Connection, Host } from '../../domain/tcp.ts';

/** Taken when as many consumers as have a place wait for the provider, which accepts nobody yet. */
export const STORMED = 'stormed';

/** The start-up work of the provider that was started again: it begins with listen(2). */
export const startupWork = ({
  application,
}: Observations): { readonly fromMs: number; readonly untilMs: number } => {
  const span = application?.blocked[0]?.at(-1);
  return { fromMs: span?.fromMs ?? Infinity, untilMs: span?.untilMs ?? Infinity };
};

/** Connections that were begun when the provider listened again. */
export function stormClients(seen: Observations): readonly ClientStory[] {
  const { fromMs } = startupWork(seen);
  return seen.clients.filter(({ startedAtMs }) => startedAtMs >= fromMs);
}

export const requestsThat = (
  { application }: Observations,
  ...outcomes: readonly RequestOutcome[]
): readonly RequestStory[] =>
  (application?.requests ?? []).filter(
    ({ outcome }) => outcome !== null && outcomes.includes(outcome),
  );

/** Written to a connection of the storm, ended without an answer, and never read by the provider. */
export function lostRequests(seen: Observations): readonly RequestStory[] {
  const storm = new Set(stormClients(seen).map(({ client }) => client));
  return requestsThat(seen, 'read-timed-out', 'connection-lost').filter(
    ({ client, seenAtMs }) => seenAtMs === undefined && client !== undefined && storm.has(client),
  );
}

/** The provider was busy starting: it read them when the consumer had given up. */
export const seenTooLate = (seen: Observations): readonly RequestStory[] =>
  requestsThat(seen, 'read-timed-out').filter(({ seenAtMs }) => seenAtMs !== undefined);

/** Connections of the storm that a RST ended for their consumers. */
export const resetClients = (seen: Observations): readonly ClientStory[] =>
  stormClients(seen).filter(
    ({ end }) => end?.kind === 'reset-before-data' || end?.kind === 'reset-after-data',
  );

export function unansweredOnResetConnections(seen: Observations): readonly RequestStory[] {
  const reset = new Set(resetClients(seen).map(({ client }) => client));
  return requestsThat(seen, 'read-timed-out', 'connection-lost').filter(
    ({ client }) => client !== undefined && reset.has(client),
  );
}

/** Of these connections, those that no provider ever took out of its accept queue. */
export function neverAccepted(
  { application }: Observations,
  stories: readonly ClientStory[],
): readonly ClientStory[] {
  const taken = new Set(
    application?.taken.map(({ remoteAddress, remotePort }) => `${remoteAddress} ${remotePort}`),
  );
  return stories.filter(
    ({ localAddress, localPort }) => !taken.has(`${localAddress} ${localPort}`),
  );
}

/** The client completed the handshake and wrote; the server said SYN-ACK, and at last RST. */
export const answeredByReset = ({ connections }: Observations): readonly Connection[] =>
  connections.filter(
    ({ state, data, bareAcks, finishes, resets }) =>
      state === 'completed' &&
      data.some(({ from }) => from === 'client') &&
      resets.some(({ from }) => from === 'server') &&
      ![...data, ...bareAcks, ...finishes].some(({ from }) => from === 'server'),
  );

/** Segments with something new in them, which nothing but a RST answered. */
export const payloadAnsweredByReset = (seen: Observations): number =>
  answeredByReset(seen)
    .flatMap(({ data }) => data)
    .filter(({ from, retransmission }) => from === 'client' && !retransmission).length;

/** Without those that nobody listened for: these are answered with RST. */
export const ignoredSyns = ({ connections }: Observations): number =>
  connections
    .filter(({ state, resets }) => state !== 'unanswered' || resets.length === 0)
    .flatMap(({ syns }) => syns)
    .filter(({ answeredAtMs }) => answeredAtMs === undefined).length;

/** ESTABLISHED rows of a host when the storm was in; undefined: the run did not come to that. */
export function establishedWhenStormed(seen: Observations, host: Host): number | undefined {
  const { port } = seen.plan.network;
  return seen.snapshots
    .get(STORMED)
    ?.sockets[host].filter(
      ({ state, localPort, remotePort }) =>
        state === 'ESTABLISHED' && (host === 'server' ? localPort : remotePort) === port,
    ).length;
}

export const currEstabWhenStormed = (seen: Observations, host: Host): number | undefined =>
  seen.snapshots.get(STORMED)?.counters[host].get('CurrEstab');

/** The first connection of each consumer, by the number of any of its connections. */
function consumersOf({ clients }: Observations): ReadonlyMap<number, number> {
  const first = new Map<number, number>();
  // A connection has a higher number than the one that it replaces.
  for (const { client, reconnects } of clients.toSorted((a, b) => a.client - b.client)) {
    first.set(client, reconnects === undefined ? client : (first.get(reconnects) ?? reconnects));
  }
  return first;
}

/**
 * From the provider's listen(2) to the first answer in time that the last of its consumers got.
 * Undefined where some consumer never got one.
 */
export function lastServedAfterMs(seen: Observations): number | undefined {
  const { fromMs } = startupWork(seen);
  const consumers = consumersOf(seen);
  const servedAtMs = new Map<number, number>();
  for (const { client = 0, startedAtMs, endedAtMs = Infinity } of requestsThat(seen, 'answered')) {
    const consumer = consumers.get(client);
    if (startedAtMs < fromMs || consumer === undefined) continue;
    servedAtMs.set(consumer, Math.min(endedAtMs, servedAtMs.get(consumer) ?? Infinity));
  }
  if (servedAtMs.size === 0 || servedAtMs.size < new Set(consumers.values()).size) return undefined;
  return [...servedAtMs.values()].reduce((last, atMs) => Math.max(last, atMs)) - fromMs;
}
