import { expect, test } from 'vitest';
import type { Connection } from '../../harness/domain/tcp.ts';
import { rebuildConnections } from '../../harness/evidence/connections.ts';
import type { TcpSegment } from '../../harness/evidence/tcp-segment.ts';
import { CLIENT_ISN, SERVER_ISN, SERVER_PORT, talk, toMs } from '../helpers/tcp-talk.ts';

const { client, server } = talk();
const HANDSHAKE = [client('S', 0), server('S.', 0.1), client('.', 0.2)];

const rebuild = (segments: readonly TcpSegment[]): Connection[] =>
  rebuildConnections(segments, { serverPort: SERVER_PORT, toMs });

const rebuildOne = (...segments: readonly TcpSegment[]): Connection => {
  const [connection, ...others] = rebuild(segments);
  if (connection === undefined || others.length > 0) throw new Error(`${others.length} others`);
  return connection;
};

test('a handshake', () => {
  expect(rebuild(HANDSHAKE)).toEqual([
    {
      clientAddress: '10.0.0.2',
      clientPort: 40000,
      state: 'completed',
      syns: [{ atMs: 0, retransmission: false, answeredAtMs: 0.1 }],
      synAcks: [{ atMs: 0.1, retransmission: false }],
      bareAcks: [{ atMs: 0.2, from: 'client', keepAliveProbe: false }],
      data: [],
      resets: [],
      finishes: [],
    },
  ]);
});

test('a client whose SYNs are all refused', () => {
  const { state, syns, synAcks } = rebuildOne(client('S', 0), client('S', 1000), client('S', 3000));
  expect(state).toBe('unanswered');
  expect(synAcks).toEqual([]);
  expect(syns).toEqual([
    { atMs: 0, retransmission: false },
    { atMs: 1000, retransmission: true },
    { atMs: 3000, retransmission: true },
  ]);
});

test('a SYN that is admitted at its second try', () => {
  const { state, syns } = rebuildOne(client('S', 0), client('S', 1000), server('S.', 1000.1));
  expect(state).toBe('answered');
  expect(syns).toEqual([
    { atMs: 0, retransmission: false },
    { atMs: 1000, retransmission: true, answeredAtMs: 1000.1 },
  ]);
});

test('the first SYN-ACK answers its SYN however late it was seen', () => {
  const { syns } = rebuildOne(client('S', 0), server('S.', 300));
  expect(syns).toEqual([{ atMs: 0, retransmission: false, answeredAtMs: 300 }]);
});

test('SYN-ACKs of the timer answer no SYN', () => {
  const { syns, synAcks } = rebuildOne(
    client('S', 0),
    server('S.', 0.1),
    server('S.', 1000),
    client('S', 2000),
    server('S.', 2200.1),
  );
  expect(syns).toEqual([
    { atMs: 0, retransmission: false, answeredAtMs: 0.1 },
    { atMs: 2000, retransmission: true },
  ]);
  expect(synAcks.map((synAck) => synAck.retransmission)).toEqual([false, true, true]);
});

test('a repeated SYN-ACK within 200 ms answers the repeated SYN', () => {
  const { syns, synAcks } = rebuildOne(
    client('S', 0),
    server('S.', 0.1),
    client('S', 1000),
    server('S.', 1200),
    server('S.', 1200.1),
  );
  expect(syns[1]).toEqual({ atMs: 1000, retransmission: true, answeredAtMs: 1200 });
  expect(synAcks.map((synAck) => synAck.retransmission)).toEqual([false, true, true]);
});

test('of two SYN-ACKs at once the first is the answer', () => {
  const twice = [server('S.', 0.1), server('S.', 0.2)];
  const { syns } = rebuildOne(client('S', 0), ...twice, client('S', 1000), server('S.', 1000.1));
  expect(syns.map(({ answeredAtMs }) => answeredAtMs)).toEqual([0.1, 1000.1]);
  const repeated = rebuildOne(
    client('S', 0),
    ...twice,
    client('S', 1000),
    server('S.', 1000.1),
    server('S.', 1000.2),
  );
  expect(repeated.syns[1]?.answeredAtMs).toBe(1000.1);
});

test('a SYN-ACK under a new sequence number is no retransmission', () => {
  const cookie = talk({ serverIsn: 9000 });
  const { state, synAcks } = rebuildOne(
    client('S', 0),
    server('S.', 0.1),
    client('S', 1000),
    cookie.server('S.', 1000.1),
    client('.', 1000.2),
  );
  expect(synAcks.map((synAck) => synAck.retransmission)).toEqual([false, false]);
  expect(state).toBe('completed');
});

test.each([
  ['a bare ACK', client('.', 1), 'completed'],
  ['data', client('P.', 1, { payloadBytes: 5 }), 'completed'],
  ['a FIN', client('F.', 1), 'completed'],
  ['a RST', client('R.', 1), 'answered'],
  ['an ACK of something else', client('.', 1, { ack: 700 }), 'answered'],
  ['an ACK that does not reach the SYN-ACK', client('.', 1, { ack: 0 }), 'answered'],
  ['no ACK', { ...client('.', 1), flags: { ...client('.', 1).flags, ack: false } }, 'answered'],
  ['an ACK from the server', server('.', 1), 'answered'],
])('what completes a handshake: %s', (_name, segment, state) => {
  expect(rebuildOne(client('S', 0), server('S.', 0.1), segment).state).toBe(state);
});

test('a client whose first ACK was lost completes with what it acknowledges later', () => {
  const { state } = rebuildOne(
    client('S', 0),
    server('S.', 0.1),
    server('P.', 1, { payloadBytes: 100 }),
    client('.', 2, { ack: 101 }),
  );
  expect(state).toBe('completed');
});

test('a client whose first ACK was lost completes with the ACK of the FIN', () => {
  const lost = [client('S', 0), server('S.', 0.1)];
  expect(rebuildOne(...lost, server('F.', 1), client('.', 2, { ack: 2 })).state).toBe('completed');
});

test('an ACK into a part of the server’s data that was not captured completes a handshake', () => {
  const { state } = rebuildOne(
    client('S', 0),
    server('S.', 0.1),
    server('P.', 1, { seq: 1001, payloadBytes: 100 }),
    client('.', 2, { ack: 501 }),
  );
  expect(state).toBe('completed');
});

test('an ACK of something else does not come true by being repeated', () => {
  const stray = [client('.', 1, { ack: 700 }), client('.', 2, { ack: 700 })];
  expect(rebuildOne(client('S', 0), server('S.', 0.1), ...stray).state).toBe('answered');
});

test('an ACK of the server completes nothing, also when both sides begin at the same number', () => {
  const same = talk({ clientIsn: 7, serverIsn: 7 });
  const { state } = rebuildOne(same.client('S', 0), same.server('S.', 0.1), same.server('.', 1));
  expect(state).toBe('answered');
});

test('a fooled client: its data is repeated, the SYN-ACK too, then the server resets', () => {
  const { state, syns, data, synAcks, bareAcks, resets } = rebuildOne(
    ...HANDSHAKE,
    client('P.', 1, { payloadBytes: 10 }),
    client('P.', 201, { payloadBytes: 10 }),
    server('S.', 1000),
    client('.', 1000.1, { seq: 11 }),
    client('P.', 9000, { payloadBytes: 10 }),
    server('R', 9000.1),
  );
  expect(state).toBe('completed');
  expect(syns).toHaveLength(1);
  expect(data.map(({ atMs, from, retransmission }) => [atMs, from, retransmission])).toEqual([
    [1, 'client', false],
    [201, 'client', true],
    [9000, 'client', true],
  ]);
  expect(synAcks.map((synAck) => synAck.retransmission)).toEqual([false, true]);
  expect(bareAcks.map((ack) => ack.atMs)).toEqual([0.2, 1000.1]);
  expect(resets).toEqual([{ atMs: 9000.1, from: 'server' }]);
});

test('a segment is a retransmission only when every byte was seen', () => {
  const { data } = rebuildOne(
    ...HANDSHAKE,
    client('.', 1, { seq: 1, payloadBytes: 100 }),
    client('.', 2, { seq: 201, payloadBytes: 100 }),
    client('.', 3, { seq: 51, payloadBytes: 100 }),
    client('.', 4, { seq: 151, payloadBytes: 50 }),
    client('.', 5, { seq: 1, payloadBytes: 300 }),
    client('.', 6, { seq: 1, payloadBytes: 301 }),
  );
  expect(data.map(({ retransmission }) => retransmission)).toEqual([
    ...[false, false, false, false, true, false],
  ]);
});

test('data that the gate had dropped is new when it comes, although the client stands behind it', () => {
  const { data } = rebuildOne(
    client('S', 0),
    server('S.', 0.1),
    client('.', 1000, { seq: 101 }),
    client('P.', 1001, { payloadBytes: 100 }),
    client('P.', 1200, { payloadBytes: 100 }),
  );
  expect(data.map(({ retransmission }) => retransmission)).toEqual([false, true]);
});

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

test('FINs of both sides, and repeated ones', () => {
  const { finishes, data, bareAcks } = rebuildOne(
    ...HANDSHAKE,
    client('FP.', 1, { payloadBytes: 10 }),
    server('F.', 2, { ack: 1 }),
    client('F.', 200, { seq: 11 }),
    server('.', 201, { seq: 2, ack: 12 }),
  );
  expect(finishes).toEqual([
    { atMs: 1, from: 'client', retransmission: false },
    { atMs: 2, from: 'server', retransmission: false },
    { atMs: 200, from: 'client', retransmission: true },
  ]);
  expect(data).toHaveLength(1);
  expect(bareAcks.map((ack) => ack.keepAliveProbe)).toEqual([false, false]);
});

test('a refused connection', () => {
  const { state, resets } = rebuildOne(client('S', 0), server('R.', 0.1, { seq: -SERVER_ISN }));
  expect(state).toBe('unanswered');
  expect(resets).toEqual([{ atMs: 0.1, from: 'server' }]);
});

test('sequence numbers wrap', () => {
  const late = talk({ clientIsn: 0xffffffff, serverIsn: 0xfffffffe });
  const { state, syns, data, bareAcks } = rebuildOne(
    late.client('S', 0),
    late.server('S.', 0.1),
    late.client('.', 0.2),
    late.client('P.', 1, { payloadBytes: 10 }),
    late.server('P.', 2, { ack: 11, payloadBytes: 4 }),
    late.client('P.', 3, { payloadBytes: 10 }),
    late.server('P.', 4, { payloadBytes: 5 }),
    late.client('.', 1000, { seq: 10, ack: 6 }),
  );
  expect(state).toBe('completed');
  expect(syns[0]?.answeredAtMs).toBe(0.1);
  expect(data.map(({ retransmission }) => retransmission)).toEqual([false, false, true, false]);
  expect(bareAcks.at(-1)?.keepAliveProbe).toBe(true);
});

test('a new initial sequence number on the same ports is a new attempt', () => {
  const again = talk({ clientIsn: 70_000, serverIsn: 90_000 });
  const [first, second, ...others] = rebuild([
    client('S', 0),
    client('S', 1000),
    again.client('S', 5000),
    again.server('S.', 5000.1),
    again.client('.', 5000.2),
  ]);
  expect(others).toEqual([]);
  expect(first).toMatchObject({ state: 'unanswered', bareAcks: [], synAcks: [] });
  expect(first?.syns).toHaveLength(2);
  expect(second).toMatchObject({ state: 'completed' });
  expect(second?.syns).toEqual([{ atMs: 5000, retransmission: false, answeredAtMs: 5000.1 }]);
});

test('late SYN-ACKs of an earlier attempt and the RST they cause belong to it', () => {
  const again = talk({ clientIsn: 70_000, serverIsn: 90_000 });
  const [first, second] = rebuild([
    client('S', 0),
    server('S.', 0.1),
    again.client('S', 900),
    server('S.', 1000),
    client('R', 1000.1),
    again.client('S', 1900),
    again.server('S.', 1900.1),
  ]);
  expect(first?.synAcks).toHaveLength(2);
  expect(first?.resets).toEqual([{ atMs: 1000.1, from: 'client' }]);
  expect(second?.resets).toEqual([]);
  expect(second?.syns).toEqual([
    { atMs: 900, retransmission: false },
    { atMs: 1900, retransmission: true, answeredAtMs: 1900.1 },
  ]);
});

test('a connection that began before the capture has no SYNs', () => {
  const connection = rebuildOne(
    client('P.', 0, { seq: 500, ack: 300, payloadBytes: 20 }),
    server('.', 1, { seq: 300, ack: 520 }),
    client('.', 1000, { seq: 519, ack: 300 }),
    server('P.', 1500, { seq: 300, ack: 520, payloadBytes: 10 }),
    client('.', 1500.1, { seq: 520, ack: 310 }),
    server('R', 2000, { seq: 310 }),
  );
  expect(connection).toMatchObject({ state: 'unanswered', syns: [], synAcks: [] });
  expect(connection.data).toHaveLength(2);
  expect(connection.bareAcks.map((ack) => ack.keepAliveProbe)).toEqual([false, true, false]);
  expect(connection.resets).toHaveLength(1);
});

test('a capture that begins between SYN and SYN-ACK', () => {
  const connection = rebuildOne(
    client('.', 0.2),
    server('S.', 1000),
    client('S', 1500),
    server('S.', 1500.1),
  );
  expect(connection.state).toBe('answered');
  expect(connection.syns).toEqual([{ atMs: 1500, retransmission: true, answeredAtMs: 1500.1 }]);
});

test('a capture that begins with a SYN-ACK, and goes on with data', () => {
  const { synAcks, data } = rebuildOne(
    server('S.', 0),
    client('P.', 1, { seq: 11, payloadBytes: 10 }),
  );
  expect([synAcks.length, data.length]).toEqual([1, 1]);
});

test('a later attempt of a client stands behind the first of another', () => {
  const connections = rebuild([
    client('S', 0),
    talk({ clientPort: 40001 }).client('S', 1),
    talk({ clientIsn: 70_000 }).client('S', 2),
  ]);
  expect(connections.map(({ clientPort }) => clientPort)).toEqual([40000, 40001, 40000]);
});

test('connections come in order of their first packet, also of the same address or port', () => {
  const ends = [
    { clientPort: 40001 },
    { clientPort: 40000 },
    { clientPort: 40000, clientAddress: '10.0.0.3' },
  ];
  const segments = ends.map((end, index) => talk(end).client('S', index));
  const connections = rebuild([...segments, talk(ends[0]).server('S.', 9)]);
  expect(connections.map((one) => [one.clientAddress, one.clientPort])).toEqual([
    ['10.0.0.2', 40001],
    ['10.0.0.2', 40000],
    ['10.0.0.3', 40000],
  ]);
  expect(connections.map((one) => one.state)).toEqual(['answered', 'unanswered', 'unanswered']);
});

test('when both ends have the same port, the SYN tells the client', () => {
  const same = talk({ clientPort: SERVER_PORT });
  const connections = rebuild([
    same.server('.', 0, { ack: 77 }),
    same.client('S', 1),
    same.server('S.', 1.1),
    same.client('.', 1.2),
  ]);
  expect(connections.map((one) => [one.clientAddress, one.state])).toEqual([
    ['10.0.0.2', 'unanswered'],
    ['10.0.0.2', 'completed'],
  ]);
  const [answered] = rebuild([same.server('S.', 0)]);
  expect(answered?.clientAddress).toBe('10.0.0.2');
});

test('traffic of other ports and SYNs from the server are left out', () => {
  const outward = { ...server('S', 1), seq: 77 };
  const other = { ...client('S', 2), destinationPort: 9 };
  expect(rebuild([outward, other])).toEqual([]);
});

test('a SYN-ACK of an attempt before the capture does not answer a later SYN', () => {
  const earlier = talk({ clientIsn: CLIENT_ISN - 500 });
  const [late, old] = rebuild([client('S', 0), earlier.server('S.', 50)]);
  expect(late).toMatchObject({ state: 'unanswered', syns: [{ atMs: 0, retransmission: false }] });
  expect(old).toMatchObject({ state: 'answered', syns: [] });
});

test('a hundred thousand segments of thirty thousand clients', () => {
  const segments = Array.from({ length: 30_000 }, (_, index) => {
    const one = talk({ clientPort: 1024 + index, clientIsn: index * 99_991 });
    return [one.client('S', index), one.server('S.', index), one.client('.', index)];
  });
  const byPhase = [0, 1, 2].flatMap((phase) => segments.flatMap((each) => each[phase] ?? []));
  const connections = rebuild(byPhase);
  expect(connections).toHaveLength(30_000);
  expect(connections.every(({ state }) => state === 'completed')).toBe(true);
}, 3000);
