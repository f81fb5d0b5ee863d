import { expect, test } from 'vitest';
import { HANDSHAKE, rebuild, rebuildOne } from '../helpers/rebuild.ts';
import { SERVER_ISN, talk } from '../helpers/tcp-talk.ts';

const { client, server } = talk();

test('a handshake', () => {
  expect(rebuild(HANDSHAKE)).toEqual([
    {
      serverAddress: '10.0.0.1',
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

test('FINs of both sides, and repeated ones', () => {
  const { finishes, data, bareAcks } = rebuildOne(
    ...HANDSHAKE,
    client('FP.', 1, { payloadBytes: 10 }),
    server('F.', 2, { ack: 12 }),
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

test.each([
  ['acknowledges what was sent before the FIN', 11, [undefined, true]],
  ['acknowledges the FIN', 12, [undefined, undefined]],
] as const)('a FIN after a FIN %s', (_, ack, crosses) => {
  const { finishes } = rebuildOne(
    ...HANDSHAKE,
    client('FP.', 1, { payloadBytes: 10 }),
    server('F.', 1.004, { ack }),
    client('.', 1.04, { seq: 12, ack: 2 }),
  );
  expect(finishes.map((finish) => finish.crosses)).toEqual(crosses);
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

test('a hundred thousand segments of thirty thousand clients', () => {
  const segments = Array.from({ length: 30_000 }, (_, index) => {
    const one = talk({ clientPort: 1024 + index, clientIsn: index * 99_991 });
    return [one.client('S', index), one.server('S.', index), one.client('.', index)];
  });
  const byPhase = [0, 1, 2].flatMap((phase) => segments.flatMap((each) => each[phase] ?? []));
  const connections = rebuild(byPhase);
  expect(connections).toHaveLength(30_000);
  expect(connections.every(({ state }) => state === 'completed')).toBe(true);
}, 30_000);
