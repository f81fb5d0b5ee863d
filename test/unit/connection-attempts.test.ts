import { expect, test } from 'vitest';
import { rebuild, rebuildOne } from '../helpers/rebuild.ts';
import { CLIENT_ISN, SERVER_PORT, talk } from '../helpers/tcp-talk.ts';

const { client, server } = talk();

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
