import { expect, test } from 'vitest';
import type { TcpSegment } from '../../harness/evidence/tcp-segment.ts';
import { HANDSHAKE, rebuildOne } from '../helpers/rebuild.ts';
import { SERVER_ISN, talk } from '../helpers/tcp-talk.ts';

const { client, server } = talk();

const PROBE = { seq: 0 };
const probesOf = (...segments: readonly TcpSegment[]): unknown[] =>
  rebuildOne(...segments).bareAcks.map(({ from, keepAliveProbe }) => [from, keepAliveProbe]);

test('keepalive probes of both sides', () => {
  expect(
    probesOf(
      ...HANDSHAKE,
      client('.', 1000, PROBE),
      server('.', 1000.1),
      server('.', 2000, PROBE),
      client('.', 2000.1),
    ),
  ).toEqual([
    ['client', false],
    ['client', true],
    ['server', false],
    ['server', true],
    ['client', false],
  ]);
});

test('a keepalive probe after data lies one below the next byte', () => {
  expect(
    probesOf(
      ...HANDSHAKE,
      client('P.', 1, { payloadBytes: 100 }),
      server('.', 2, { ack: 101 }),
      client('.', 1000, { seq: 100 }),
      client('.', 1001, { seq: 99 }),
    ),
  ).toEqual([
    ['client', false],
    ['server', false],
    ['client', true],
    ['client', false],
  ]);
});

test('a probe with one byte of garbage is no data', () => {
  const { data, bareAcks } = rebuildOne(
    ...HANDSHAKE,
    client('.', 9, { ...PROBE, payloadBytes: 1 }),
  );
  expect(data).toEqual([]);
  expect(bareAcks.at(-1)).toEqual({ atMs: 9, from: 'client', keepAliveProbe: true });
});

test('a single byte that nobody acknowledged is repeated data, not a probe', () => {
  const byte = { payloadBytes: 1 };
  const { data, bareAcks } = rebuildOne(
    ...HANDSHAKE,
    client('P.', 1, byte),
    client('P.', 201, byte),
  );
  expect(data.map(({ retransmission }) => retransmission)).toEqual([false, true]);
  expect(bareAcks).toHaveLength(1);
});

test('a keepalive probe after data that was acknowledged but not captured', () => {
  const ofClient = [server('.', 1, { ack: 101 }), client('.', 9, { seq: 100 })];
  expect(probesOf(...HANDSHAKE, ...ofClient).at(-1)).toEqual(['client', true]);
  const ofServer = [client('.', 1, { ack: 101 }), server('.', 9, { seq: 100 })];
  expect(probesOf(...HANDSHAKE, ...ofServer).at(-1)).toEqual(['server', true]);
});

test('a keepalive probe of the server whose second SYN-ACK had another sequence number', () => {
  const cookie = talk({ serverIsn: SERVER_ISN - 3000 });
  const probes = probesOf(
    client('S', 0),
    server('S.', 0.1),
    client('S', 1000),
    cookie.server('S.', 1000.1),
    cookie.client('.', 1000.2),
    cookie.server('.', 9000, PROBE),
  );
  expect(probes.at(-1)).toEqual(['server', true]);
});

test('there are no probes before the handshake is completed', () => {
  const [answer] = probesOf(client('S', 0), server('S.', 0.1), server('.', 1000, PROBE));
  expect(answer).toEqual(['server', false]);
});
