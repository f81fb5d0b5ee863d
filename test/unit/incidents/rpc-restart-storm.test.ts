import { expect, test } from 'vitest';
import type { ApplicationSeen, RequestStory } from '../../../harness/domain/application.ts';
import type { ClientStory, Connection } from '../../../harness/domain/tcp.ts';
import { rpcRestartStorm } from '../../../harness/scenarios/incidents/rpc-restart-storm.ts';
import {
  answeredByReset,
  ignoredSyns,
  lastServedAfterMs,
  lostRequests,
  neverAccepted,
  payloadAnsweredByReset,
  resetClients,
  seenTooLate,
  unansweredOnResetConnections,
} from '../../../harness/scenarios/incidents/rpc-restart-storm-figures.ts';
import {
  type BuiltClient,
  buildFooled,
  buildObservations,
  buildTimedOut,
  buildWaiting,
} from '../../helpers/build-observations.ts';

/** The provider listens again at 10 s and accepts at 16 s. */
const LISTENS_MS = 10_000;
const ACCEPTS_MS = 16_000;

/** A connection that was begun 2 s after that, unless it is said otherwise. */
const begun = (client: number, startMs = LISTENS_MS + 2_000): BuiltClient =>
  buildWaiting(client, startMs);

const withStory = (built: BuiltClient, changes: Partial<ClientStory>): BuiltClient => ({
  ...built,
  story: { ...built.story, ...changes },
});

const withPackets = (built: BuiltClient, changes: Partial<Connection>): BuiltClient => ({
  ...built,
  connection: { ...built.connection, ...changes },
});

/** Fooled at 12 s: it writes, and its host says at last that it was never there. */
const cutOff = (client: number): BuiltClient => {
  const built = buildFooled(client, 12_000, [0, 1_000]);
  const payload = { from: 'client', bytes: 40 } as const;
  return withPackets(withStory(built, { end: { kind: 'reset-after-data', atMs: 16_400 } }), {
    data: [
      { ...payload, atMs: 12_900, retransmission: false },
      { ...payload, atMs: 13_100, retransmission: true },
    ],
    resets: [{ atMs: 16_400, from: 'server' }],
  });
};

const written = (
  request: number,
  client: number,
  outcome: RequestStory['outcome'],
  changes: Partial<RequestStory> = {},
): RequestStory => ({
  ...{ request, client, outcome, wave: 'far', startedAtMs: 12_900, endedAtMs: 13_900 },
  ...changes,
});

const seenWith = (
  clients: readonly BuiltClient[],
  requests: readonly RequestStory[],
  application: Partial<ApplicationSeen> = {},
) =>
  buildObservations(clients, {
    application: {
      requests,
      health: [],
      replaced: [],
      taken: [],
      blocked: [[{ fromMs: LISTENS_MS, untilMs: ACCEPTS_MS, why: 'start-up work' }]],
      messages: [0],
      ...application,
    },
  });

const numbers = (requests: readonly RequestStory[]): readonly number[] =>
  requests.map(({ request }) => request);

test('lost is what was written to a connection of the storm, got no answer and was never seen', () => {
  const seen = seenWith(
    [begun(1), begun(2), begun(3, 500)],
    [
      written(1, 1, 'read-timed-out'),
      written(2, 1, 'connection-lost'),
      written(3, 2, 'read-timed-out', { seenAtMs: 16_010 }),
      written(4, 2, 'answered', { seenAtMs: 13_000 }),
      written(5, 3, 'read-timed-out'),
      { request: 6, wave: 'far', outcome: 'not-sent', startedAtMs: 12_900 },
    ],
  );
  expect(numbers(lostRequests(seen))).toEqual([1, 2]);
  expect(numbers(seenTooLate(seen))).toEqual([3]);
});

test('a RST counts for the connection that it ended, and for the requests that were on it', () => {
  const seen = seenWith(
    [begun(1), cutOff(2)],
    [written(1, 1, 'read-timed-out'), written(2, 2, 'read-timed-out'), written(3, 2, 'answered')],
    {
      taken: [
        {
          ...{ atMs: ACCEPTS_MS, relay: 0, kept: true },
          ...{ remoteAddress: begun(1).connection.clientAddress, remotePort: 40_001 },
        },
      ],
    },
  );
  expect(resetClients(seen).map(({ client }) => client)).toEqual([2]);
  expect(numbers(unansweredOnResetConnections(seen))).toEqual([2]);
  expect(neverAccepted(seen, seen.clients).map(({ client }) => client)).toEqual([2]);
});

test('the packets tell a connection that was never there from one that the server reset', () => {
  const data = [{ atMs: 12_900, from: 'client', bytes: 40, retransmission: false }] as const;
  const had = withPackets(begun(2), {
    data,
    bareAcks: [{ atMs: 12_901, from: 'server', keepAliveProbe: false }],
    resets: [{ atMs: 13_000, from: 'server' }],
  });
  const seen = seenWith([cutOff(1), had, withPackets(begun(3), { data })], []);
  expect(answeredByReset(seen).map(({ clientPort }) => clientPort)).toEqual([40_001]);
  expect(payloadAnsweredByReset(seen)).toBe(1);
});

test('a SYN that was answered with RST was not ignored', () => {
  const ignored = buildTimedOut(1, 12_000, [0, 1_000]);
  const nobodyListened = withPackets(buildTimedOut(2, 5_000, [0]), {
    resets: [{ atMs: 5_000, from: 'server' }],
  });
  expect(ignoredSyns(seenWith([ignored, nobodyListened], []))).toBe(2);
});

test('a consumer is served by the first answer since listen(2), on whichever connection', () => {
  const clients = [
    begun(1, 100),
    begun(2, 100),
    withStory(begun(11), { reconnects: 1 }),
    withStory(cutOff(12), { reconnects: 2 }),
    withStory(begun(22, 16_400), { reconnects: 12 }),
  ];
  const requests = [
    written(1, 1, 'answered', { startedAtMs: 200, endedAtMs: 201 }),
    written(2, 2, 'answered', { startedAtMs: 200, endedAtMs: 201 }),
    written(3, 11, 'answered', { startedAtMs: 15_900, endedAtMs: 16_020 }),
    written(4, 11, 'answered', { startedAtMs: 17_900, endedAtMs: 17_901 }),
    written(5, 12, 'read-timed-out'),
  ];
  expect(lastServedAfterMs(seenWith(clients, requests))).toBeUndefined();
  const last = written(6, 22, 'answered', { startedAtMs: 17_000, endedAtMs: 17_002 });
  expect(lastServedAfterMs(seenWith(clients, [...requests, last]))).toBe(7_002);
});

const LINE_SLOW = 'the line was slower than the kernel keeps a request';
const ACCEPTED_EARLY = 'the provider accepted before a request could be forgotten';

test.each([
  ['fault', 12_200, ACCEPTS_MS, undefined],
  ['fault', 13_995, ACCEPTS_MS, LINE_SLOW],
  ['remedy', 13_995, ACCEPTS_MS, LINE_SLOW],
  ['fault', 12_200, 15_010, ACCEPTED_EARLY],
  ['remedy', 12_200, 15_010, undefined],
])('%s, line open at %d ms, accepting at %d ms: %s', (phase, openedAtMs, untilMs, reason) => {
  const { scenario } = rpcRestartStorm;
  const variant = scenario.variants.find(({ name }) => name === phase);
  const far = withStory(buildFooled(1, 12_000, [0, 1_000]), { wave: 'far' });
  const seen = {
    ...seenWith([far], [], {
      blocked: [[{ fromMs: LISTENS_MS, untilMs, why: 'start-up work' }]],
    }),
    plan: scenario.plan({ ...scenario.defaults, ...variant?.parameters }),
    steps: [{ label: 'open the gate', startedAtMs: openedAtMs - 5, endedAtMs: openedAtMs }],
  };
  expect(scenario.spoiledBy?.(seen)?.reason).toBe(reason);
});
