/** Requests over the connections of a pool. */
import { expect, test } from 'vitest';
import {
  closedPort,
  type RunningClient,
  startClientProgram,
  startOwnServer,
  startServerProgram,
  toldOf,
  untilTold,
} from '../helpers/incident-programs.ts';
import { stateOf } from '../helpers/kernel-sockets.ts';
import { waitUntil } from '../helpers/wait-until.ts';

const start = (port: number, ...args: readonly string[]): RunningClient =>
  startClientProgram('short-connections', ['--host', '127.0.0.1', '--port', `${port}`, ...args]);

test('many requests go over few connections, which are held when it rests', async () => {
  const server = startServerProgram('pausing-server', []);
  const { port } = await server.next('listening');
  const client = start(port, '--clients=6', '--every=60ms', '--pool=2');
  await untilTold(client, 'request-ended', 15);
  client.send({ command: 'rest' });
  await client.next('resting');
  const ended = toldOf(client, 'request-ended');
  expect(new Set(ended.map(({ outcome }) => outcome))).toEqual(new Set(['answered']));
  expect(new Set(ended.map(({ client: over }) => over))).toEqual(new Set([1, 2]));
  expect(toldOf(client, 'request')).toHaveLength(ended.length);
  expect(toldOf(client, 'attempt').map(({ client: of }) => of)).toEqual([1, 2]);
  await untilTold(server, 'saw', ended.length);
  expect(toldOf(server, 'accepted')).toHaveLength(2);
  const ports = toldOf(client, 'connected').map(({ localPort }) => localPort);
  expect(ports.map((local) => stateOf(local, port))).toEqual(['01', '01']);
  client.endInput();
  expect(await client.exited()).toEqual({ code: 0, signal: null });
  expect(client.events.at(-1)?.event).toBe('resting');
});

test.each([
  [['--connect-timeout=120ms'], 120],
  [['--connect-timeout=60ms', '--pool-wait=240ms'], 240],
])('waits in line for a free connection, with %j %i ms', async (patience, waitMs) => {
  const { port } = await startOwnServer((socket) => socket.resume());
  const args = ['--clients=3', '--every=60ms', '--pool=1', '--read-timeout=20s'];
  const client = start(port, ...args, ...patience);
  await untilTold(client, 'request-ended', 2);
  const [first, second] = toldOf(client, 'request-ended');
  expect([first, second]).toMatchObject([
    { request: 2, outcome: 'connect-timed-out' },
    { request: 3, outcome: 'connect-timed-out' },
  ]);
  expect(first).not.toHaveProperty('client');
  const begunMs = toldOf(client, 'request')[1]?.monotonicMs ?? Number.NaN;
  expect((first?.monotonicMs ?? 0) - begunMs).toBeGreaterThanOrEqual(waitMs);
});

test('the first in line gets the connection that becomes free', async () => {
  const { port, sockets } = await startOwnServer((socket) => socket.resume());
  const client = start(port, '--clients=3', '--every=60ms', '--pool=1');
  await untilTold(client, 'request', 3);
  await waitUntil('a connection', () => sockets[0]);
  for (const request of [1, 2, 3]) {
    sockets[0]?.write(`response ${request}\n`);
    await untilTold(client, 'request-ended', request);
  }
  const ended = toldOf(client, 'request-ended').slice(0, 3);
  expect(ended).toMatchObject([
    { request: 1, outcome: 'answered', client: 1 },
    { request: 2, outcome: 'answered', client: 1 },
    { request: 3, outcome: 'answered', client: 1 },
  ]);
});

test('a connection that has ended while it was free carries nothing any more', async () => {
  const { port, sockets } = await startOwnServer((socket) => {
    socket.on('data', (text) => socket.write(`${text}`.replace('request', 'response')));
  });
  const client = start(port, '--clients=1', '--every=200ms', '--pool=1');
  await untilTold(client, 'request-ended', 1);
  sockets[0]?.destroy();
  await untilTold(client, 'request-ended', 2);
  expect(toldOf(client, 'request-ended').slice(0, 2)).toMatchObject([
    { outcome: 'answered', client: 1 },
    { outcome: 'answered', client: 2 },
  ]);
});

test('each request has the whole read timeout for itself', async () => {
  const { port } = await startOwnServer((socket) => {
    socket.once('data', () => socket.resume().write('response 1\n'));
  });
  const client = start(port, '--clients=1', '--every=100ms', '--pool=1', '--read-timeout=200ms');
  await untilTold(client, 'request-ended', 2);
  const [answered, late] = toldOf(client, 'request-ended');
  expect([answered?.outcome, late?.outcome]).toEqual(['answered', 'read-timed-out']);
  const begunMs = toldOf(client, 'request')[1]?.monotonicMs ?? Number.NaN;
  expect((late?.monotonicMs ?? 0) - begunMs).toBeGreaterThanOrEqual(200);
});

test('a connection that ends or times out is opened again', async () => {
  const { port, sockets } = await startOwnServer((socket) => socket.resume());
  const client = start(port, '--clients=1', '--every=20ms', '--pool=1', '--read-timeout=100ms');
  await client.next('request');
  await waitUntil('a connection', () => sockets[0]);
  sockets[0]?.end();
  await untilTold(client, 'request-ended', 2);
  await untilTold(client, 'attempt', 3);
  expect(toldOf(client, 'request-ended').slice(0, 2)).toMatchObject([
    { request: 1, outcome: 'connection-lost', client: 1 },
    { request: 2, outcome: 'read-timed-out', client: 2 },
  ]);
  expect(toldOf(client, 'attempt').slice(0, 3)).toMatchObject([
    { client: 1 },
    { client: 2, reconnects: 1 },
    { client: 3, reconnects: 2 },
  ]);
  const endedMs = toldOf(client, 'closed-by-server')[0]?.monotonicMs ?? Number.NaN;
  const againMs = toldOf(client, 'attempt')[1]?.monotonicMs ?? Number.NaN;
  expect(againMs - endedMs).toBeGreaterThan(98);
});

test('while nothing listens it tries again and again, until it rests', async () => {
  const args = ['--clients=1', '--every=20s', '--pool=2', '--connect-timeout=300ms'];
  const client = start(await closedPort(), ...args);
  await untilTold(client, 'attempt', 4);
  client.send({ command: 'rest' });
  await client.next('resting');
  const attempts = toldOf(client, 'attempt');
  expect(attempts[3]).toMatchObject({ reconnects: 2 });
  expect(toldOf(client, 'refused')).toHaveLength(attempts.length);
  expect(toldOf(client, 'request-ended')).toMatchObject([{ outcome: 'connect-timed-out' }]);
});
