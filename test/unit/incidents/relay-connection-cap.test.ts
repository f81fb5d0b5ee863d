import { expect, test } from 'vitest';
import {
  attemptsUpTo,
  CAPPED,
  cappedShare,
  carriedByRelay,
  closedUnused,
  livedMs,
  RELAYS,
  relaysBehind,
  writtenByRelay,
} from '../../../harness/scenarios/incidents/relay-connection-cap-figures.ts';
import {
  type BuiltClient,
  buildObservations,
  buildWaiting,
} from '../../helpers/build-observations.ts';

const kept = (client: number, relay: number, bytes: number): BuiltClient => {
  const { story, connection, atServer } = buildWaiting(client, client);
  return {
    story: { ...story, wave: `relay ${relay}`, sentBytes: bytes },
    connection: {
      ...connection,
      serverAddress: `10.77.0.${relay}`,
      data: [
        { atMs: client + 5, from: 'client', bytes, retransmission: false },
        { atMs: client + 9, from: 'client', bytes, retransmission: true },
      ],
    },
    atServer,
  };
};

/** Closed `afterMs` after its SYN-ACK, by whom is said first. */
const closed = (client: number, by: readonly ('client' | 'server')[], afterMs = 1): BuiltClient => {
  const { story, connection } = buildWaiting(client, client);
  const finishes = by.map((from, index) => ({
    atMs: client + 0.1 + afterMs * (index + 1),
    from,
    retransmission: false,
  }));
  return {
    story: { ...story, wave: 'relay 0', end: { kind: 'closed-by-server', atMs: client + 20 } },
    connection: { ...connection, finishes },
    atServer: false,
  };
};

const evenly = (messages: number): number[] => Array.from({ length: RELAYS }, () => messages);

test('a relay is behind only when it gets clearly less than the busiest', () => {
  expect(relaysBehind(evenly(1_000).fill(1_100, 5))).toBe(0);
  expect(relaysBehind(evenly(1_000).fill(1_112, 5))).toBe(5);
  expect(relaysBehind(evenly(0).fill(7, 1))).toBe(1);
  expect(relaysBehind(undefined)).toBeUndefined();
});

test('a capped relay’s share is of what each would get if all got the same', () => {
  expect(cappedShare(evenly(500))).toBe(1);
  expect(cappedShare(evenly(1_200).fill(400, 0, CAPPED))).toBeCloseTo(0.4);
});

test('bytes of each relay: what was written, and what the wire carried but once', () => {
  const seen = buildObservations([kept(1, 0, 8), kept(2, 3, 16), kept(3, 3, 8)]);
  expect(writtenByRelay(seen).slice(0, 4)).toEqual([8, 0, 0, 24]);
  const carried = carriedByRelay(seen);
  expect(carried).toHaveLength(RELAYS);
  expect(carried.slice(0, 3)).toEqual([8, 24, 0]);
});

test('closed unused: the server ends it first and has said nothing', () => {
  const byServer = closed(1, ['server', 'client'], 3);
  const byClient = closed(2, ['client', 'server']);
  const reset: BuiltClient = {
    ...closed(3, []),
    connection: { ...closed(3, []).connection, resets: [{ atMs: 10.1, from: 'server' }] },
  };
  const used: BuiltClient = {
    ...byServer,
    connection: {
      ...closed(4, ['server']).connection,
      data: [{ atMs: 4.5, from: 'server', bytes: 1, retransmission: false }],
    },
  };
  const seen = buildObservations([byServer, byClient, reset, used, buildWaiting(5, 5)]);
  expect(closedUnused(seen)).toEqual([byServer.connection, reset.connection]);
  expect(livedMs(seen).map(Math.round)).toEqual([3, 7]);
});

test('the attempts of a sender at a relay, first to last', () => {
  const first = closed(1, []).story;
  const second = { ...closed(2, []).story, reconnects: 1 };
  const third = { ...closed(3, []).story, reconnects: 2 };
  const stranger = closed(4, []).story;
  const seen = buildObservations([], { clients: [first, second, third, stranger] });
  expect(attemptsUpTo(seen, third).map(({ client }) => client)).toEqual([1, 2, 3]);
  expect(attemptsUpTo(seen, stranger)).toEqual([stranger]);
});
