/** Each request over a connection of its own. */
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import type { ServerCommand, ServerEvent } from '../../harness/domain/wire.ts';
import {
  closedPort,
  type RunningClient,
  runToEnd,
  startClientProgram,
  startOwnServer,
  startServerProgram,
  toldOf,
  untilTold,
} from '../helpers/incident-programs.ts';
import { startProgram } from '../helpers/program.ts';
import { waitUntil } from '../helpers/wait-until.ts';

const PROGRAM = 'clients/short-connections.js';

const start = (port: number, ...args: readonly string[]): RunningClient =>
  startClientProgram('short-connections', ['--host', '127.0.0.1', '--port', `${port}`, ...args]);

const untilEnded = (client: RunningClient, requests: number) =>
  untilTold(client, 'request-ended', requests);

const rest = async (client: RunningClient): Promise<void> => {
  client.send({ command: 'rest' });
  await client.next('resting');
};

test('explains itself', () => {
  const { status, stdout } = runToEnd(PROGRAM, '--help');
  expect(status).toBe(0);
  expect(stdout).toMatch(/--clients N.*--pool K.*--connect-timeout TIME.*"rest".*Examples:/s);
});

test.each([
  [['--port', '9'], /^USAGE .*--host is missing.*\n {2}Remedy: /],
  [['--host', '::1', '--port', '9', '--every', '0'], /^USAGE .*--every "0" is not.*\n {2}Remedy: /],
  [['--host', '::1', '--port', '9', '--pool', '0'], /^USAGE .*--pool "0" is not.*\n {2}Remedy: /],
])('refuses %j with a remedy and exit code 2', (args, message) => {
  const { status, stderr, stdout } = runToEnd(PROGRAM, ...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(message);
});

test('connects, asks, is answered and closes, with a connection for every request', async () => {
  const server = startServerProgram('pausing-server', []);
  const { port } = await server.next('listening');
  const client = start(port, '--clients=3', '--every=60ms', '--first=100', '--wave=web');
  await untilEnded(client, 7);
  await rest(client);
  const requests = toldOf(client, 'request');
  const numbers = requests.map((_, index) => 100 + index);
  expect(requests.map(({ request }) => request)).toEqual(numbers);
  expect(requests.map(({ client: of }) => of)).toEqual(numbers);
  expect(toldOf(client, 'attempt').map(({ client: of }) => of)).toEqual(numbers);
  expect(new Set(requests.map(({ wave }) => wave))).toEqual(new Set(['web']));
  const ended = toldOf(client, 'request-ended');
  expect(ended.map(({ request }) => request).sort((a, b) => a - b)).toEqual(numbers);
  expect(new Set(ended.map(({ outcome }) => outcome))).toEqual(new Set(['answered']));
  expect(toldOf(client, 'closed-by-client')).toHaveLength(numbers.length);
  expect(client.events.at(-1)?.event).toBe('resting');
  await untilTold(server, 'saw', numbers.length);
  const seen = toldOf(server, 'saw').map(({ request }) => request);
  expect(seen.sort((a, b) => a - b)).toEqual(numbers);
  expect(toldOf(server, 'accepted')).toHaveLength(numbers.length);
});

test('clients are spread evenly over the period', async () => {
  const { port } = await startOwnServer(() => undefined);
  const client = start(port, '--clients=4', '--every=400ms');
  await untilTold(client, 'request', 4);
  const times = toldOf(client, 'request').map(({ monotonicMs }) => monotonicMs);
  const afterMs = times.map((time) => time - (times[0] ?? 0));
  expect(afterMs[1]).toBeGreaterThan(90);
  expect(afterMs[2]).toBeGreaterThan(190);
  expect(afterMs[3]).toBeGreaterThan(290);
});

test('a full accept queue: read timeouts of the queued, connect timeouts of the others', async () => {
  const server = startProgram<ServerCommand, ServerEvent>('servers/never-accepts.ts', []);
  const { port } = await server.next('listening');
  const timeouts = ['--connect-timeout=150ms', '--read-timeout=200ms'];
  const client = start(port, '--clients=3', '--every=60ms', ...timeouts);
  await untilEnded(client, 5);
  await rest(client);
  const ended = toldOf(client, 'request-ended');
  const endedBy = (outcome: string) => ended.filter((end) => end.outcome === outcome);
  expect(endedBy('read-timed-out').map((end) => end.client)).toEqual([1, 2]);
  expect(endedBy('connect-timed-out')).toHaveLength(ended.length - 2);
  const begunMs = toldOf(client, 'request').map(({ monotonicMs }) => monotonicMs);
  for (const { request, outcome, monotonicMs } of ended) {
    const tookMs = monotonicMs - (begunMs[request - 1] ?? Number.NaN);
    expect(tookMs).toBeGreaterThanOrEqual(outcome === 'read-timed-out' ? 200 : 150);
  }
});

test('whose request has not ended skips the turn', async () => {
  const { port } = await startOwnServer(() => undefined);
  const client = start(port, '--clients=1', '--every=40ms', '--read-timeout=150ms');
  await untilEnded(client, 3);
  const requests = toldOf(client, 'request').slice(0, 3);
  const gaps = requests
    .slice(1)
    .map((told, n) => told.monotonicMs - (requests[n]?.monotonicMs ?? 0));
  for (const gap of gaps) expect(gap).toBeGreaterThan(150);
});

test('refused', async () => {
  const client = start(await closedPort(), '--clients=1');
  await untilEnded(client, 1);
  expect(client.events).toMatchObject([
    { event: 'request', request: 1, client: 1, wave: 'short' },
    { event: 'attempt', client: 1 },
    { event: 'refused', client: 1 },
    {
      event: 'request-ended',
      request: 1,
      outcome: 'connect-failed',
      client: 1,
      code: 'ECONNREFUSED',
    },
  ]);
});

const LOST: readonly (readonly [string, (socket: Socket) => void, object])[] = [
  ['closes', (socket) => socket.once('data', () => socket.end()), {}],
  [
    'resets',
    (socket) => socket.once('data', () => socket.resetAndDestroy()),
    { code: 'ECONNRESET' },
  ],
  ['answers another request', (socket) => socket.write('response 99\n'), {}],
  ['never ends its line', (socket) => socket.write('response '.repeat(200)), {}],
];
test.each(LOST)('a server that %s: the connection is lost', async (_, treat, more) => {
  const { port } = await startOwnServer(treat);
  const client = start(port, '--clients=1', '--every=20s');
  await untilEnded(client, 1);
  expect(toldOf(client, 'request-ended')).toMatchObject([
    { request: 1, outcome: 'connection-lost', client: 1, ...more },
  ]);
  await rest(client);
  expect(client.events.at(-1)?.event).toBe('resting');
});

test('rests when the last answer is there, and begins nothing new before', async () => {
  const { port, sockets } = await startOwnServer((socket) => socket.resume());
  const client = start(port, '--clients=2', '--every=100ms');
  await waitUntil('two connections', () => (sockets.length === 2 ? true : undefined));
  client.send({ command: 'rest' });
  sockets[0]?.write('response 1\n');
  await untilEnded(client, 1);
  expect(toldOf(client, 'resting')).toEqual([]);
  sockets[1]?.write('response 2\n');
  await client.next('resting');
  expect(toldOf(client, 'request')).toHaveLength(2);
  expect(toldOf(client, 'closed-by-client')).toHaveLength(2);
});

test.each(['end of input', 'release', 'SIGTERM'])('ends by %s', async (how) => {
  const { port } = await startOwnServer(() => undefined);
  const client = start(port, '--clients=2', '--every=50ms');
  await client.next('connected');
  if (how === 'release') client.send({ command: 'release' });
  else if (how === 'SIGTERM') client.child.kill('SIGTERM');
  else client.endInput();
  expect(await client.exited()).toEqual({ code: 0, signal: null });
});

test('a line that is no command ends it with exit code 2', async () => {
  const client = start(await closedPort(), '--clients=1');
  client.child.stdin?.write('{"command":"pause"}\n');
  expect(await client.next('failed')).toMatchObject({ code: 'USAGE' });
  expect(await client.exited()).toEqual({ code: 2, signal: null });
});

test('ends when nobody reads its events any more', async () => {
  const client = start(await closedPort(), '--every=10ms');
  await client.next('request');
  client.child.stdout?.destroy();
  expect(await client.exited()).toEqual({ code: 4, signal: null });
});
