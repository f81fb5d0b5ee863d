import { expect, test } from 'vitest';
import type { SwarmEvent } from '../../../harness/domain/wire.ts';
import { tellClientStories } from '../../../harness/evidence/client-stories.ts';

const toMs = (monotonicMs: number): number => monotonicMs - 1000;

const attempt = (client: number, monotonicMs = 1010): SwarmEvent => ({
  event: 'attempt',
  wave: 'first',
  client,
  monotonicMs,
});
const connected: SwarmEvent = {
  event: 'connected',
  monotonicMs: 1012,
  client: 1,
  localAddress: '10.77.0.2',
  localPort: 40510,
};
const ofClient = { client: 1, monotonicMs: 1100 } as const;
const later = { client: 1, monotonicMs: 1200 } as const;

const storyOf = (...events: SwarmEvent[]) =>
  tellClientStories([attempt(1), ...events], toMs).clients[0];

test('a connected client is told with its address and how long it took', () => {
  expect(storyOf(connected)).toEqual({
    client: 1,
    wave: 'first',
    localAddress: '10.77.0.2',
    localPort: 40510,
    startedAtMs: 10,
    outcome: { kind: 'connected', afterMs: 2 },
    end: { kind: 'held' },
  });
});

test.each<[SwarmEvent, object]>([
  [
    { event: 'timed-out', by: 'kernel', ...ofClient },
    { kind: 'timed-out', afterMs: 90, by: 'kernel' },
  ],
  [
    { event: 'refused', ...ofClient },
    { kind: 'refused', afterMs: 90 },
  ],
  [
    { event: 'reset', stage: 'connecting', ...ofClient },
    { kind: 'reset', afterMs: 90 },
  ],
  [
    { event: 'failed', stage: 'connecting', code: 'EMFILE', ...ofClient },
    { kind: 'failed', afterMs: 90, code: 'EMFILE' },
  ],
])('an attempt that does not succeed has no end (%#)', (event, outcome) => {
  const story = storyOf(event);
  expect(story?.outcome).toEqual(outcome);
  expect(story).not.toHaveProperty('end');
});

test('a client without an outcome is unsettled', () => {
  expect(storyOf()?.outcome).toEqual({ kind: 'unsettled' });
});

test('the first outcome counts', () => {
  const story = storyOf({ event: 'timed-out', by: 'own-timer', ...ofClient }, connected);
  expect(story?.outcome.kind).toBe('timed-out');
});

test.each<[SwarmEvent, object]>([
  [
    { event: 'read-timed-out', ...ofClient },
    { kind: 'read-timed-out', atMs: 100 },
  ],
  [
    { event: 'closed-by-server', ...ofClient },
    { kind: 'closed-by-server', atMs: 100 },
  ],
  [
    { event: 'timed-out-by-kernel', ...ofClient },
    { kind: 'timed-out-by-kernel', atMs: 100 },
  ],
  [
    { event: 'reset', stage: 'before-data', ...ofClient },
    { kind: 'reset-before-data', atMs: 100 },
  ],
  [
    { event: 'reset', stage: 'after-data', ...ofClient },
    { kind: 'reset-after-data', atMs: 100 },
  ],
  [
    { event: 'failed', stage: 'connected', code: 'EPIPE', ...ofClient },
    { kind: 'failed', atMs: 100, code: 'EPIPE' },
  ],
])('a connection ends as its client saw it (%#)', (event, end) => {
  expect(storyOf(connected, event)?.end).toEqual(end);
});

test('what is sent and received ends nothing', () => {
  const sent: SwarmEvent = { event: 'sent', bytes: 5, ...ofClient };
  const received: SwarmEvent = { event: 'received', bytes: 5, ...later };
  expect(storyOf(connected, sent, received)?.end).toEqual({ kind: 'held' });
});

test('of two read timeouts the first is the end', () => {
  const first: SwarmEvent = { event: 'read-timed-out', ...ofClient };
  const second: SwarmEvent = { event: 'read-timed-out', ...later };
  expect(storyOf(connected, first, second)?.end).toEqual({ kind: 'read-timed-out', atMs: 100 });
});

test('a reset after a read timeout is the end, and what follows it is not', () => {
  const timedOut: SwarmEvent = { event: 'read-timed-out', ...ofClient };
  const reset: SwarmEvent = { event: 'reset', stage: 'before-data', ...later };
  const end = { kind: 'reset-before-data', atMs: 200 };
  expect(storyOf(connected, timedOut, reset)?.end).toEqual(end);
  expect(storyOf(connected, reset, { ...timedOut, monotonicMs: 1300 })?.end).toEqual(end);
  const closed: SwarmEvent = { event: 'closed-by-server', client: 1, monotonicMs: 1300 };
  expect(storyOf(connected, reset, closed)?.end).toEqual(end);
});

test('stories come by number, each from its own events', () => {
  const second: SwarmEvent = { event: 'refused', client: 2, monotonicMs: 1030 };
  const events = [{ event: 'ready', monotonicMs: 1 } as const, attempt(2), attempt(1), second];
  const { clients, problems } = tellClientStories([...events, connected], toMs);
  expect(clients.map(({ client, outcome }) => [client, outcome.kind])).toEqual([
    [1, 'connected'],
    [2, 'refused'],
  ]);
  expect(problems).toEqual([]);
});

test('events without an attempt and second attempts are problems', () => {
  const events = [attempt(2), attempt(2, 1020), connected];
  const { clients, problems } = tellClientStories(events, toMs);
  expect(clients.map(({ client, startedAtMs }) => [client, startedAtMs])).toEqual([[2, 10]]);
  expect(problems).toEqual([
    'Events without an attempt: 1 of the clients (1).',
    'More than one attempt under one number: 1 of the clients (2).',
  ]);
});
