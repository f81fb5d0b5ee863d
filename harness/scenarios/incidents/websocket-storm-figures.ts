/** What the storm of WebSocket clients did to its health checks and to its upgrades, in numbers. */
import type { HealthCheck, RequestStory } from '../../domain/application.ts';
import type { Observations, QueueSample } from '../../domain/observations.ts';
import type { ClientStory, Connection } from '../../domain/tcp.ts';
import { connectionOf } from '../../verdict/chain-of-cause.ts';

export const CHECKS = 'health-check';

const checkStories = ({ clients }: Observations): readonly ClientStory[] =>
  clients.filter(({ wave }) => wave === CHECKS);

const wasRefused = ({ syns }: Connection): boolean =>
  syns.some(({ answeredAtMs }) => answeredAtMs === undefined);

const checksOf = ({ application }: Observations): readonly HealthCheck[] =>
  application?.health ?? [];

/** In order of their ends. */
export const failedChecks = (seen: Observations): readonly HealthCheck[] =>
  checksOf(seen).filter(({ healthy }) => !healthy);

/** Health checks with packets of which none was a SYN-ACK. */
export const unansweredChecks = (seen: Observations): number =>
  checkStories(seen).filter((story) => connectionOf(seen, story)?.state === 'unanswered').length;

/** How long the checker took the server for down, until its last check at most. */
export function downtimeMs(seen: Observations): number {
  let totalMs = 0;
  let wasUp = true;
  let sinceMs = 0;
  for (const { up, atMs } of checksOf(seen)) {
    if (!wasUp) totalMs += atMs - sinceMs;
    wasUp = up;
    sinceMs = atMs;
  }
  return totalMs;
}

/** Between the outcomes of two healthy checks. */
export function longestWithoutHealthMs(seen: Observations): number {
  const healthy = checksOf(seen).filter((check) => check.healthy);
  return healthy.reduce(
    (longest, { atMs }, index) => Math.max(longest, atMs - (healthy[index - 1]?.atMs ?? atMs)),
    0,
  );
}

/** Clients of the storm that had a SYN refused at least once. */
export const clientsRefused = (seen: Observations): number => {
  const checks = new Set(checkStories(seen).flatMap((story) => connectionOf(seen, story) ?? []));
  return seen.connections.filter((connection) => !checks.has(connection) && wasRefused(connection))
    .length;
};

/**
 * Clients that were fooled for a while: their request had to be repeated, for what the server's
 * kernel has taken for a connection it acknowledges at once, accepted or not.
 */
export const clientsFooled = ({ connections }: Observations): number =>
  connections.filter(({ data }) =>
    data.some(({ from, retransmission }) => from === 'client' && retransmission),
  ).length;

/** The first repetition of a SYN is due after 1 s, and a kernel's tick may make it a little less. */
const AFTER_A_REPETITION_MS = 950;

/**
 * Clients of the storm that came in only by a repetition of their SYN. A busy machine may tell a
 * program late of a connection that it has had for long, so that its clock alone says too little.
 */
export const connectedLate = (seen: Observations): number =>
  seen.clients.filter((story) => {
    const { outcome, wave } = story;
    if (wave === CHECKS || outcome.kind !== 'connected' || outcome.afterMs < AFTER_A_REPETITION_MS)
      return false;
    const connection = connectionOf(seen, story);
    return connection !== undefined && wasRefused(connection);
  }).length;

/** The upgrades that were answered, by how long they took. */
export interface Upgrades {
  readonly medianMs: number;
  readonly worst: RequestStory | undefined;
  readonly worstMs: number;
  /** From the beginning of the storm. */
  readonly lastAfterMs: number;
}

const tookMs = ({ startedAtMs, endedAtMs = startedAtMs }: RequestStory): number =>
  endedAtMs - startedAtMs;

export const upgradesOf = ({ application }: Observations): readonly RequestStory[] =>
  (application?.requests ?? []).filter(({ outcome }) => outcome === 'answered');

export function upgradeTimes(seen: Observations): Upgrades {
  const upgrades = upgradesOf(seen).toSorted((a, b) => tookMs(a) - tookMs(b));
  const half = upgrades[Math.floor(upgrades.length / 2)];
  const worst = upgrades.at(-1);
  const startedAtMs = seen.application?.requests[0]?.startedAtMs ?? 0;
  return {
    medianMs: half === undefined ? 0 : tookMs(half),
    worst,
    worstMs: worst === undefined ? 0 : tookMs(worst),
    lastAfterMs: upgrades.reduce(
      (last, { endedAtMs = startedAtMs }) => Math.max(last, endedAtMs - startedAtMs),
      0,
    ),
  };
}

/** Health checks that were begun between two looks at the accept queue which both found it full. */
export function checksAtAFullQueue(seen: Observations): number {
  const limit = seen.announcedLimits.at(-1);
  if (limit === undefined) return 0;
  const looks = seen.samples.filter(({ acceptQueueLength }) => acceptQueueLength !== undefined);
  const isFull = (sample: QueueSample | undefined): boolean =>
    (sample?.acceptQueueLength ?? 0) > limit;
  return checkStories(seen).filter(
    ({ startedAtMs }) =>
      isFull(looks.findLast(({ atMs }) => atMs <= startedAtMs)) &&
      isFull(looks.find(({ atMs }) => atMs > startedAtMs)),
  ).length;
}
