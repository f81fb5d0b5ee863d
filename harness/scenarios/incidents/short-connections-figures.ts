/** What the pauses of a server do to clients that ask it again and again, in numbers. */
import type { BlockedSpan, RequestStory } from '../../domain/application.ts';
import type { Observations, QueueSample } from '../../domain/observations.ts';
import type { RunPlan } from '../../domain/plan.ts';
import type { ClientStory } from '../../domain/tcp.ts';

export const PATIENT = 'patient';
export const HASTY = 'hasty';
const WAVES = [PATIENT, HASTY];

export type Pause = BlockedSpan & { readonly untilMs: number };
export type ListenCounter = 'listenOverflows' | 'listenDrops';

/** In order of their beginning. */
export const requestsOf = ({ application }: Observations): readonly RequestStory[] =>
  application?.requests ?? [];

export const answeredOf = (seen: Observations): readonly RequestStory[] =>
  requestsOf(seen).filter(({ outcome }) => outcome === 'answered');

export const errorsOf = (seen: Observations): readonly RequestStory[] =>
  requestsOf(seen).filter(({ outcome }) => outcome !== 'answered');

export const connectTimeouts = (seen: Observations): readonly RequestStory[] =>
  requestsOf(seen).filter(({ outcome }) => outcome === 'connect-timed-out');

export const tookMs = ({ startedAtMs, endedAtMs = startedAtMs }: RequestStory): number =>
  endedAtMs - startedAtMs;

/** All pauses of the server that have ended, the first one first. */
export const pausesOf = ({ application }: Observations): readonly Pause[] =>
  (application?.blocked[0] ?? []).flatMap(({ untilMs, ...span }) =>
    untilMs === null ? [] : [{ ...span, untilMs }],
  );

/** When clients of both waves were at work; Infinity if they never were. */
export const atWorkFromMs = (seen: Observations): number =>
  Math.max(
    ...WAVES.map(
      (of) =>
        requestsOf(seen).find(({ wave }) => wave === of)?.startedAtMs ?? Number.POSITIVE_INFINITY,
    ),
  );

/** The limit of 128 leaves room for so many to wait. */
export const PLACES_WHEN_CUT = 129;
/** A queue that two processors fill may hold one more, and each wave may be about to connect. */
const MARGIN = 10;

/**
 * Pauses in which clients wanted more than the 129 places of the shorter queue. A busy machine may
 * let clients come late, or not at all while the server pauses: then nothing had to overflow.
 */
export const crowdedPauses = (seen: Observations): readonly Pause[] => {
  const pauses = pausesOf(seen);
  const came = countIn(pauses, wantedAtMs(seen));
  return pauses.filter((pause, index) => {
    const wanted = Math.max(came[index] ?? 0, longestQueueIn(pause, seen));
    return wanted >= PLACES_WHEN_CUT + MARGIN;
  });
};

/** A longer queue may hold clients that have come before the pause. */
const longestQueueIn = ({ fromMs, untilMs }: Pause, { samples }: Observations): number =>
  largestOf(
    samples
      .filter(({ atMs }) => fromMs <= atMs && atMs <= untilMs)
      .map(({ acceptQueueLength = 0 }) => acceptQueueLength),
  );

/** When somebody called connect(2), or asked the pool that saves this. */
const wantedAtMs = (seen: Observations): readonly number[] =>
  startsOf(isPooled(seen.plan) ? requestsOf(seen) : seen.clients);

const isPooled = ({ steps }: RunPlan): boolean =>
  steps.some((step) => step.kind === 'start-clients' && step.options['pool'] !== undefined);

/** Connections that clients gave up waiting for. */
export const givenUp = ({ clients }: Observations): readonly ClientStory[] =>
  clients.filter(({ outcome }) => outcome.kind === 'timed-out');

/** How many of these moments lie in each of the pauses. */
export const countIn = (pauses: readonly Pause[], timesMs: readonly number[]): readonly number[] =>
  pauses.map(
    ({ fromMs, untilMs }) => timesMs.filter((atMs) => fromMs <= atMs && atMs <= untilMs).length,
  );

export const startsOf = (begun: readonly Pick<RequestStory, 'startedAtMs'>[]): readonly number[] =>
  begun.map(({ startedAtMs }) => startedAtMs);

/** By how much a counter rose in each pause, by the samples around it; undefined: no such sample. */
export const risesIn = (
  pauses: readonly Pause[],
  { samples }: Observations,
  counter: ListenCounter,
): readonly (number | undefined)[] => {
  const counted = samples.filter((sample) => sample[counter] !== undefined);
  return pauses.map(({ fromMs, untilMs }) => {
    const before = counterAt(counted, counter, fromMs);
    const after = counted.find(({ atMs }) => atMs >= untilMs)?.[counter];
    return before === undefined || after === undefined ? undefined : after - before;
  });
};

/** What the counter was when it was last looked at. */
export const counterAt = (
  samples: readonly QueueSample[],
  counter: ListenCounter,
  atMs: number,
): number | undefined =>
  samples.findLast((sample) => sample.atMs <= atMs && sample[counter] !== undefined)?.[counter];

/** From the first request of both waves to the end of the last. */
export const workedMs = (seen: Observations): number =>
  requestsOf(seen).reduce((last, { endedAtMs = 0 }) => Math.max(last, endedAtMs), 0) -
  atWorkFromMs(seen);

export const medianOf = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

export const largestOf = (values: readonly number[]): number =>
  values.reduce((largest, value) => Math.max(largest, value), 0);

/**
 * How long each request waited for the connection of a pool that then carried it: until the one
 * before it on that connection had its answer, for the first in line gets what becomes free. 0 for
 * those that waited for nobody.
 */
export function waitsForPool(seen: Observations): readonly number[] {
  const freeSinceMs = new Map<number, number>();
  return answeredOf(seen)
    .filter((request) => request.client !== undefined)
    .toSorted((a, b) => (a.endedAtMs ?? 0) - (b.endedAtMs ?? 0))
    .map(({ client = 0, startedAtMs, endedAtMs = startedAtMs }) => {
      const waitedMs = Math.max(0, (freeSinceMs.get(client) ?? startedAtMs) - startedAtMs);
      freeSinceMs.set(client, endedAtMs);
      return waitedMs;
    });
}
