import { expect, test } from 'vitest';
import type { ApplicationSeen, HealthCheck } from '../../../harness/domain/application.ts';
import type { Observations } from '../../../harness/domain/observations.ts';
import { websocketStorm } from '../../../harness/scenarios/incidents/websocket-storm.ts';
import {
  checksAtAFullQueue,
  connectedLate,
  downtimeMs,
  longestWithoutHealthMs,
} from '../../../harness/scenarios/incidents/websocket-storm-figures.ts';
import {
  BUILT_PREDICTION,
  buildObservations,
  buildSamples,
  buildTimedOut,
  buildWaiting,
} from '../../helpers/build-observations.ts';

const { scenario } = websocketStorm;

/** One check a second, `+` healthy and `-` failed; in capitals: `U` and `D` with the server down. */
const checked = (marks: string): Observations => {
  const health = [...marks].map(
    (mark, second): HealthCheck => ({
      client: second + 1,
      atMs: second * 1_000,
      healthy: mark === '+' || mark === 'U',
      up: mark === '+' || mark === '-',
    }),
  );
  const application: ApplicationSeen = {
    ...{ requests: [], health, replaced: [], taken: [], blocked: [], messages: [] },
  };
  return buildObservations([], { application });
};

test.each([
  ['++++', 0],
  ['+--D', 0],
  ['+--DU+', 2_000],
  ['+--DDU+--DU', 4_000],
])('%s: taken for down for %d ms', (marks, ms) => {
  expect(downtimeMs(checked(marks))).toBe(ms);
});

test.each([
  ['++++', 1_000],
  ['+--+-+', 3_000],
  ['+-', 0],
])('%s: at most %d ms between two healthy checks', (marks, ms) => {
  expect(longestWithoutHealthMs(checked(marks))).toBe(ms);
});

/** A check at 1000 ms, refused by a queue whose limit is 2. */
const checkAt1s = (
  ...samples: readonly (readonly [atMs: number, length: number])[]
): Observations => {
  const { story, connection, atServer } = buildTimedOut(1, 1_000, [0], 800);
  const check = { story: { ...story, wave: 'health-check' }, connection, atServer };
  return buildObservations([check], {
    samples: buildSamples(...samples),
    plan: scenario.plan(scenario.defaults),
  });
};

test('a check met a full queue only if the looks before and after it both found it full', () => {
  expect(checksAtAFullQueue(checkAt1s([990, 3], [1_010, 3]))).toBe(1);
  expect(checksAtAFullQueue(checkAt1s([990, 2], [1_010, 3]))).toBe(0);
  expect(checksAtAFullQueue(checkAt1s([990, 3], [1_010, 2]))).toBe(0);
  expect(checksAtAFullQueue(checkAt1s([990, 3]))).toBe(0);
});

test('without such a check the fault says nothing, and the remedy does', () => {
  const spoiled = checkAt1s([990, 3], [1_010, 2]);
  expect(scenario.spoiledBy?.(spoiled)?.reason).toContain('no health check was begun');
  expect(scenario.spoiledBy?.(checkAt1s([990, 3], [1_010, 3]))).toBeNull();
  const remedy = scenario.plan({ ...scenario.defaults, phase: 'remedy' });
  expect(scenario.spoiledBy?.({ ...spoiled, plan: remedy })).toBeNull();
});

const countersClaim = (drops: number, overflows: number, phase: string) => {
  const clients = phase === 'fault' ? [buildTimedOut(2, 10, [0])] : [buildWaiting(1, 1)];
  const seen = buildObservations(clients, {
    plan: scenario.plan({ ...scenario.defaults, phase }),
    counters: {
      server: new Map([
        ['ListenDrops', drops],
        ['ListenOverflows', overflows],
      ]),
      client: new Map(),
    },
    snapshots: new Map(),
  });
  return scenario.claims.find(({ id }) => id === '002-i (counters)')?.judge(seen, BUILT_PREDICTION);
};

test('both counters by the same amount in the fault, neither in the remedy', () => {
  expect(countersClaim(0, 0, 'remedy')).toMatchObject({
    kind: 'confirmed',
    observed: 'neither rises: ListenDrops 0, ListenOverflows 0',
  });
  expect(countersClaim(3, 3, 'fault')).toMatchObject({
    kind: 'confirmed',
    observed: 'both rise, by the same amount: ListenDrops 3, ListenOverflows 3',
  });
  expect(countersClaim(4, 3, 'fault')?.kind).not.toBe('confirmed');
  expect(countersClaim(3, 3, 'remedy')?.kind).not.toBe('confirmed');
  expect(countersClaim(0, 0, 'fault')?.kind).not.toBe('confirmed');
});

test('a client is late only with a refused SYN and by its own clock', () => {
  const late = (afterMs: number, ...syns: readonly (number | undefined)[]) => {
    const { story, connection } = buildWaiting(1, 0);
    return connectedLate(
      buildObservations([
        {
          story: { ...story, wave: 'storm', outcome: { kind: 'connected', afterMs } },
          connection: {
            ...connection,
            syns: syns.map((answeredAtMs, index) => ({
              atMs: index * 1_000,
              retransmission: index > 0,
              ...(answeredAtMs === undefined ? {} : { answeredAtMs }),
            })),
          },
          atServer: true,
        },
      ]),
    );
  };
  expect(late(1_002, undefined, 1_001)).toBe(1);
  expect(late(1_200, 1)).toBe(0);
  expect(late(2, 1)).toBe(0);
});
