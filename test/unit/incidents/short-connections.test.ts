import { expect, test } from 'vitest';
import type { BlockedSpan, RequestStory } from '../../../harness/domain/application.ts';
import type { Observations, QueueSample } from '../../../harness/domain/observations.ts';
import { shortConnections } from '../../../harness/scenarios/incidents/short-connections.ts';
import {
  howTheyRise,
  whenItHappens,
} from '../../../harness/scenarios/incidents/short-connections-claims.ts';
import {
  countIn,
  crowdedPauses,
  HASTY,
  PATIENT,
  risesIn,
  waitsForPool,
} from '../../../harness/scenarios/incidents/short-connections-figures.ts';
import {
  buildObservations,
  buildSamples,
  buildTimedOut,
} from '../../helpers/build-observations.ts';

const { scenario } = shortConnections;

const pause = (fromMs: number, untilMs: number | null = fromMs + 600): BlockedSpan => ({
  fromMs,
  untilMs,
  why: 'a pause',
});

const asked = (
  request: number,
  wave: string,
  startedAtMs: number,
  ended: Partial<RequestStory> = {},
): RequestStory => ({ request, wave, startedAtMs, outcome: 'answered', ...ended });

const seenWith = (
  requests: readonly RequestStory[],
  blocked: readonly BlockedSpan[],
  changes: Partial<Observations> = {},
): Observations =>
  buildObservations([], {
    application: {
      ...{ requests, health: [], replaced: [], taken: [], blocked: [blocked], messages: [] },
    },
    ...changes,
  });

test.each([
  [0, [0, 0], 'never'],
  [3, [1, 2], 'in every pause'],
  [3, [3, 0], 'in 1 of 2 pauses'],
  [3, [0, 0], 'in 0 of 2 pauses'],
  [3, [], 'in 0 of 0 pauses'],
  [undefined, [1, 2], undefined],
  [3, [1, undefined], undefined],
])('%j altogether, %j in the pauses: %s', (total, inPauses, words) => {
  expect(whenItHappens(total, inPauses)).toBe(words);
});

test.each([
  [0, 0, 0, 'neither rises'],
  [5, 5, 5, 'both rise, by the same amount'],
  [5, 4, 4, 'they differ'],
  [5, 5, 4, 'they differ'],
  [0, 0, 1, 'they differ'],
  [5, 5, undefined, undefined],
])('drops %j, overflows %j, lost %j: %s', (drops, overflows, lost, words) => {
  expect(howTheyRise(drops, overflows, lost)).toBe(words);
});

test('moments are counted in the pause in which they lie', () => {
  const pauses = [{ ...pause(100), untilMs: 200 }];
  expect(countIn(pauses, [99, 100, 150, 200, 201])).toEqual([3]);
});

test('a counter rises in a pause by the samples around it', () => {
  const samples: readonly QueueSample[] = [
    { atMs: 90, listenDrops: 1, listenOverflows: 1 },
    { atMs: 95 },
    { atMs: 150, listenDrops: 3, listenOverflows: 3 },
    { atMs: 210, listenDrops: 7, listenOverflows: 6 },
  ];
  const seen = seenWith([], [], { samples });
  const pauses = [
    { ...pause(100), untilMs: 200 },
    { ...pause(200), untilMs: 300 },
  ];
  expect(risesIn(pauses, seen, 'listenDrops')).toEqual([6, undefined]);
  expect(risesIn(pauses, seen, 'listenOverflows')).toEqual([5, undefined]);
});

test('a request waits until the one before it on the same connection has its answer', () => {
  const over = (client: number, endedAtMs: number): Partial<RequestStory> => ({
    client,
    endedAtMs,
  });
  const requests = [
    asked(1, HASTY, 0, over(7, 100)),
    asked(2, HASTY, 10, over(8, 20)),
    asked(3, HASTY, 30, over(7, 110)),
    asked(4, HASTY, 40, over(7, 115)),
    asked(5, HASTY, 200, over(7, 201)),
    asked(6, HASTY, 210, { outcome: 'connect-timed-out', endedAtMs: 510 }),
  ];
  expect(waitsForPool(seenWith(requests, []))).toEqual([0, 0, 70, 70, 0]);
});

const PHASES = ['fault', 'somaxconn', 'pool'];

/**
 * So many requests in each pause, and with short connections as many attempts, 700 ms late. The
 * last pause never ends.
 */
const underLoad = (phase: string, ...inPauses: readonly number[]): Observations => {
  const atMs = (index: number): number => 10_000 * (index + 1);
  const startsMs = inPauses.flatMap((count, index) =>
    Array.from({ length: count }, () => atMs(index)),
  );
  const lateMs = phase === 'pool' ? 0 : 700;
  const requests = startsMs.map((startedAtMs, n) => asked(n, n % 2 ? HASTY : PATIENT, startedAtMs));
  const { story } = buildTimedOut(1, 0, [0]);
  const attempts = startsMs.map((startedAtMs) => ({ ...story, startedAtMs: startedAtMs + lateMs }));
  const blocked = inPauses.map((_, index) => pause(atMs(index) + lateMs));
  const plan = scenario.plan({ ...scenario.defaults, phase });
  const clients = phase === 'pool' ? attempts.slice(0, 1) : attempts;
  return seenWith(requests, [...blocked, pause(99_000, null)], { plan, clients });
};

test.each(PHASES)(
  '%s: pauses are crowded when more clients come than 129 find a place',
  (phase) => {
    const seen = underLoad(phase, 0, 138, 139, 300);
    expect(crowdedPauses(seen).map(({ fromMs }) => Math.floor(fromMs / 10_000))).toEqual([3, 4]);
  },
);

test('so they are when more wait in a longer queue, whenever they came', () => {
  const seen = underLoad('somaxconn', 0, 0, 0);
  const samples = buildSamples([10_650, 300], [10_750, 138], [20_750, 139], [40_000, 300]);
  expect(crowdedPauses({ ...seen, samples }).map(({ fromMs }) => fromMs)).toEqual([20_700]);
});

test.each(PHASES)('%s: spoiled if fewer than two pauses were crowded', (phase) => {
  expect(scenario.spoiledBy?.(underLoad(phase, 300, 0, 300))).toBeNull();
  expect(scenario.spoiledBy?.(underLoad(phase, 300, 129, 0))?.reason).toMatch(/: only 1$/);
});

test('what is only measured is never spoiled', () => {
  expect(scenario.spoiledBy?.(underLoad('timeout-3s', 0))).toBeNull();
});

test('the pools together are fewer than the places of the queue that they meet', () => {
  const steps = scenario.plan({ ...scenario.defaults, phase: 'pool' }).steps;
  const pools = steps.map((step) =>
    step.kind === 'start-clients' ? Number(step.options['pool'] ?? 0) : 0,
  );
  expect(pools.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(129);
});
