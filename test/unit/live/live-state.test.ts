import { expect, test } from 'vitest';
import { dotsOf, tally } from '../../../harness/live/live-clients.ts';
import { absorb, isWatched, NOTHING_SEEN } from '../../../harness/live/live-state.ts';
import { fixture } from '../../helpers/fixtures.ts';
import { jsonLines, seenLive } from '../../helpers/live-run.ts';

const event = (name: string, client: number) => ({ event: name, client, monotonicMs: 1 });

test('the default run, seen from its growing files', () => {
  const {
    rests: _rests,
    clients,
    capture,
    counters,
    ...rest
  } = seenLive(fixture('accept-queue-overflow'));
  expect(rest).toMatchObject({ acceptQueueLimit: 2, accepted: 0, stepsDone: 6 });
  expect(counters.get('ListenOverflows')).toMatchObject({ first: 1 });
  // The swarm lets go of its sockets in the end, which is no event of a client.
  expect(tally(clients)).toMatchObject({ connected: 3, 'timed-out': 1, waiting: 0 });
  expect(capture.packets).toBeGreaterThan(9);
  expect(capture.last[0]?.flags).toMatchObject({ syn: true, ack: false });
});

test('a figure that a sample did not look at stays', () => {
  const first = jsonLines({
    monotonicMs: 1,
    acceptQueueLength: 2,
    synQueueLength: 1,
    ListenDrops: 5,
  });
  const later = jsonLines({ monotonicMs: 2, acceptQueueLength: 3, ListenDrops: 7 });
  const state = absorb(absorb(NOTHING_SEEN, 'samples.jsonl', first), 'samples.jsonl', later);
  expect(state).toMatchObject({ acceptQueueLength: 3, synQueueLength: 1 });
  expect([...state.counters]).toEqual([['ListenDrops', { first: 5, last: 7 }]]);
});

test('a limit is forgotten when the server listens again and cannot say it', () => {
  const again = [2, 5, null].map((acceptQueueLimit) => ({
    event: 'listening-again',
    acceptQueueLimit,
  }));
  const limits = [1, 2, 3].map((events) => {
    const lines = jsonLines(...again.slice(0, events));
    return absorb(NOTHING_SEEN, 'server.jsonl', lines).acceptQueueLimit;
  });
  expect(limits).toEqual([2, 5, undefined]);
});

test('one who connects again is the same client', () => {
  const lines = jsonLines(
    event('attempt', 2),
    event('refused', 2),
    event('attempt', 1_000_002),
    event('connected', 1_000_002),
  );
  const { clients } = absorb(NOTHING_SEEN, 'swarm-1.jsonl', lines);
  expect(tally(clients)).toMatchObject({ unknown: 1, connected: 1, refused: 0 });
});

test('what is no event of a client, or no client, changes nothing', () => {
  const lines = jsonLines(event('ready', 1), event('attempt', -3), event('attempt', 0.5), null, 7);
  expect(absorb(NOTHING_SEEN, 'swarm-0.jsonl', lines).clients).toHaveLength(0);
});

test('a capture that is damaged does not gather bytes without end', () => {
  let state = NOTHING_SEEN;
  for (let piece = 0; piece < 20; piece += 1) {
    state = absorb(state, 'capture.pcap', new Uint8Array(100_000).fill(0xee));
  }
  expect(state.capture.rest.length).toBeLessThanOrEqual(300_000);
});

test('only files that grow and tell of the run are watched', () => {
  const files = ['capture.pcap', 'samples.jsonl', 'swarm-12.jsonl', 'swarm-0.log', 'plan.json'];
  expect(files.filter(isWatched)).toEqual(['capture.pcap', 'samples.jsonl', 'swarm-12.jsonl']);
});

test('a dot that stands for several clients shows the state of most of them', () => {
  const clients = Uint8Array.from([2, 2, 4, 4, 4, 2, 1]);
  expect(dotsOf(clients, 3)).toEqual({ each: 3, states: ['connected', 'timed-out', 'waiting'] });
  expect(dotsOf(clients, 7).each).toBe(1);
  expect(dotsOf(new Uint8Array(0), 5)).toEqual({ each: 1, states: [] });
});

test('the programs of an incident number their clients each for itself', () => {
  const told = (name: string, event: string, client: number) => ({ name, event, client });
  const first = jsonLines(told('http-clients', 'connected', 1), told('http-clients', 'attempt', 2));
  const second = jsonLines(told('http-clients', 'timed-out', 1_000_001));
  const state = absorb(absorb(NOTHING_SEEN, 'swarm-0.jsonl', first), 'swarm-1.jsonl', second);
  expect(tally(state.clients)).toMatchObject({ connected: 1, waiting: 1, 'timed-out': 1 });
});

test('what further servers accept counts too, and their limit is not that of the queue shown', () => {
  const first = jsonLines({ event: 'listening', acceptQueueLimit: 2 }, { event: 'accepted' });
  const other = jsonLines({ event: 'listening', acceptQueueLimit: 9 }, { event: 'dropped' });
  const state = absorb(absorb(NOTHING_SEEN, 'server.jsonl', first), 'server-1.jsonl', other);
  expect(isWatched('server-1.jsonl')).toBe(true);
  expect(state).toMatchObject({ accepted: 2, acceptQueueLimit: 2 });
});
