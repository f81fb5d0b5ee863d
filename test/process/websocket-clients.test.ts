import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type {
  ClientApplicationEvent,
  ClientProgramCommand,
  ServerApplicationEvent,
} from '../../harness/domain/application.ts';
import type { ServerCommand, ServerEvent, SwarmEvent } from '../../harness/domain/wire.ts';
import { stateOf } from '../helpers/kernel-sockets.ts';
import { startProgram } from '../helpers/program.ts';

type ClientEvent = SwarmEvent | ClientApplicationEvent;

const startClients = (port: number, ...args: string[]) =>
  startProgram<ClientProgramCommand, ClientEvent>('clients/websocket-clients.ts', [
    '--host',
    '127.0.0.1',
    '--port',
    `${port}`,
    ...args,
  ]);

const startServer = async (...args: string[]) => {
  const server = startProgram<ServerCommand, ServerEvent | ServerApplicationEvent>(
    'servers/websocket-server.ts',
    args,
  );
  return { server, port: (await server.next('listening')).port };
};

/** A listener whose queue takes `backlog` + 1 connections, which nobody answers. */
const startSilentListener = async (backlog: number): Promise<number> => {
  const args = ['--backlog', `${backlog}`];
  const server = startProgram<ServerCommand, ServerEvent>('servers/never-accepts.ts', args);
  return (await server.next('listening')).port;
};

const portOf = (server: Server): number => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('It does not listen.');
  return address.port;
};

/** Answers whatever comes first with `answer` and ends; null: ends without an answer. */
const startRudeServer = async (answer: string | null): Promise<number> => {
  const server = createServer((socket) => {
    socket.once('data', () => (answer === null ? socket.end() : socket.end(answer)));
    socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
  });
  await once(server, 'listening');
  return portOf(server);
};

const closedPort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  return port;
};

type Clients = ReturnType<typeof startClients>;

const eventsOf = <Name extends ClientEvent['event']>(clients: Clients, name: Name) =>
  clients.events.filter(
    (event): event is Extract<ClientEvent, { readonly event: Name }> => event.event === name,
  );

const namesOf = (clients: Clients) => clients.events.map(({ event }) => event);

/** Rests, ends, and returns how the one client's request has ended. */
const outcomeOfOne = async (clients: Clients) => {
  clients.send({ command: 'rest' });
  await clients.next('resting');
  const ended = eventsOf(clients, 'request-ended');
  expect(ended).toHaveLength(1);
  return ended[0];
};

test('--help says how to use it', () => {
  const help = execFileSync(process.execPath, ['dist/clients/websocket-clients.js', '--help'], {
    encoding: 'utf8',
  });
  expect(help).toContain('--upgrade-timeout TIME');
  expect(help).toContain('Examples:\n  node dist/clients/websocket-clients.js --host 127.0.0.1');
});

test('connects, is upgraded, rests and holds its connections until it is released', async () => {
  const { server, port } = await startServer();
  const clients = startClients(port, '--clients', '3', '--first', '8', '--wave', 'storm');
  clients.send({ command: 'rest' });
  await clients.next('resting');
  expect(eventsOf(clients, 'attempt')).toMatchObject(
    [8, 9, 10].map((client) => ({ client, wave: 'storm' })),
  );
  expect(eventsOf(clients, 'request')).toMatchObject(
    [8, 9, 10].map((number) => ({ request: number, client: number, wave: 'storm' })),
  );
  const outcomes = eventsOf(clients, 'request-ended').map(
    ({ request, client, outcome }) => `${request} ${client} ${outcome}`,
  );
  expect(outcomes.sort()).toEqual(['10 10 answered', '8 8 answered', '9 9 answered']);
  const ports = eventsOf(clients, 'connected').map(({ localPort }) => localPort);
  expect(ports.map((local) => stateOf(local, port))).toEqual(['01', '01', '01']);
  const seen = [await server.next('saw'), await server.next('saw'), await server.next('saw')];
  expect(seen.map(({ request }) => request).sort()).toEqual([10, 8, 9]);

  clients.send({ command: 'release' });
  expect(await clients.exited()).toEqual({ code: 0, signal: null });
  expect(namesOf(clients).slice(-5)).toEqual([
    'resting',
    'closed-by-client',
    'closed-by-client',
    'closed-by-client',
    'released',
  ]);
  expect(clients.stderr()).toBe('');
});

test('1000 at once', async () => {
  const { server, port } = await startServer('--upgrade-cost', '0', '--backlog', '4096');
  const clients = startClients(port, '--clients', '1000', '--connect-timeout', '30s');
  clients.send({ command: 'rest' });
  await clients.next('resting');
  const outcomes = eventsOf(clients, 'request-ended').map(({ outcome }) => outcome);
  expect(new Set(outcomes)).toEqual(new Set(['answered']));
  const numbers = Array.from({ length: 1_000 }, (_, index) => index + 1);
  expect(eventsOf(clients, 'attempt').map(({ client }) => client)).toEqual(numbers);
  expect(outcomes).toHaveLength(1_000);
  server.endInput();
  await server.exited();
  expect(server.events.filter(({ event }) => event === 'accepted')).toHaveLength(1_000);
});

test('--ask-after: the server hears of the upgrade so long after the connection', async () => {
  const { server, port } = await startServer();
  const clients = startClients(port, '--clients', '1', '--ask-after', '300ms');
  const connected = await clients.next('connected');
  const saw = await server.next('saw');
  expect(saw.request).toBe(1);
  expect(saw.monotonicMs - connected.monotonicMs).toBeGreaterThanOrEqual(299);
  expect(await outcomeOfOne(clients)).toMatchObject({ outcome: 'answered' });
});

test('--within spreads them; released before all have come, nobody comes any more', async () => {
  const { port } = await startServer();
  const clients = startClients(port, '--clients', '2', '--within', '60s');
  await clients.next('connected');
  clients.send({ command: 'release' });
  expect(await clients.exited()).toEqual({ code: 0, signal: null });
  expect(eventsOf(clients, 'attempt')).toHaveLength(1);
});

test('nobody listens: connect-failed', async () => {
  const ended = await outcomeOfOne(startClients(await closedPort(), '--clients', '1'));
  expect(ended).toMatchObject({ outcome: 'connect-failed', code: 'ECONNREFUSED', client: 1 });
});

test('a full queue: connect-timed-out for its own timer, never early', async () => {
  const port = await startSilentListener(1);
  const clients = startClients(port, '--clients', '3', '--connect-timeout', '200ms');
  const ended = await clients.next('request-ended');
  expect(ended).toMatchObject({ outcome: 'connect-timed-out', client: 3 });
  expect(eventsOf(clients, 'timed-out')).toMatchObject([{ client: 3, by: 'own-timer' }]);
  const [, , attempt] = eventsOf(clients, 'attempt');
  expect(ended.monotonicMs - (attempt?.monotonicMs ?? 0)).toBeGreaterThanOrEqual(200);
});

test('an attempt gets no more time than its upgrade', async () => {
  const port = await startSilentListener(1);
  const clients = startClients(port, '--clients', '3', '--upgrade-timeout', '200ms');
  clients.send({ command: 'rest' });
  await clients.next('resting');
  const outcomes = eventsOf(clients, 'request-ended').map(({ client, outcome }) => ({
    client,
    outcome,
  }));
  expect(outcomes).toHaveLength(3);
  expect(outcomes).toContainEqual({ client: 1, outcome: 'read-timed-out' });
  expect(outcomes).toContainEqual({ client: 2, outcome: 'read-timed-out' });
  expect(outcomes).toContainEqual({ client: 3, outcome: 'connect-timed-out' });
});

test('connected and not upgraded in time: read-timed-out, and it hangs up', async () => {
  const port = await startSilentListener(1);
  const clients = startClients(port, '--clients', '1', '--upgrade-timeout', '150ms');
  const ended = await outcomeOfOne(clients);
  expect(ended).toMatchObject({ outcome: 'read-timed-out', client: 1 });
  const [request] = eventsOf(clients, 'request');
  expect((ended?.monotonicMs ?? 0) - (request?.monotonicMs ?? 0)).toBeGreaterThanOrEqual(150);
  expect(namesOf(clients).slice(-3)).toEqual(['request-ended', 'closed-by-client', 'resting']);
});

test.each([
  ['the end of the connection', null],
  ['another answer than 101', 'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n'],
  ['a wrong key', 'HTTP/1.1 101 Y\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n'],
])('%s instead of an upgrade: connection-lost', async (_what, answer) => {
  const clients = startClients(await startRudeServer(answer), '--clients', '1');
  expect(await outcomeOfOne(clients)).toMatchObject({ outcome: 'connection-lost', client: 1 });
});

test('notices that the server ends, and rests then too', async () => {
  const { server, port } = await startServer();
  const clients = startClients(port, '--clients', '2');
  await clients.next('request-ended');
  await clients.next('request-ended');
  server.send({ command: 'close' });
  await clients.next('closed-by-server');
  await clients.next('closed-by-server');
  clients.send({ command: 'rest' });
  await clients.next('resting');
  expect(eventsOf(clients, 'request-ended')).toHaveLength(2);
});

test('the end of standard input before the outcomes: every request ends all the same', async () => {
  const clients = startClients(await startSilentListener(1), '--clients', '3');
  await clients.next('connected');
  await clients.next('connected');
  clients.endInput();
  expect(await clients.exited()).toEqual({ code: 0, signal: null });
  const ended = eventsOf(clients, 'request-ended').map(({ client, outcome, code }) => [
    client,
    outcome,
    code,
  ]);
  expect(ended).toHaveLength(3);
  expect(ended).toContainEqual([1, 'connection-lost', undefined]);
  expect(ended).toContainEqual([2, 'connection-lost', undefined]);
  expect(ended).toContainEqual([3, 'connect-failed', 'ABORTED']);
  expect(clients.events.at(-1)?.event).toBe('released');
});

test('ends when nobody reads its events any more', async () => {
  const { port } = await startServer();
  const clients = startClients(port, '--clients', '1');
  await clients.next('request-ended');
  clients.child.stdout?.destroy();
  clients.send({ command: 'rest' });
  expect(await clients.exited()).toEqual({ code: 4, signal: null });
});

test.each([
  ['--upgrade-timeout 1s', /^USAGE .*--clients is missing.*\n {2}Remedy: /],
  ['--clients 0', /^USAGE .*--clients "0".*\n {2}Remedy: /],
  ['--clients 1 --upgrade-timeout 0', /^USAGE .*"0" is not a time.*\n {2}Remedy: /],
  ['--clients 1 --client 1', /^USAGE .*--client.*\n {2}Remedy: /],
])('refuses %s with a remedy and exit code 2', async (args, message) => {
  const clients = startClients(9, ...args.split(' '));
  expect(await clients.exited()).toEqual({ code: 2, signal: null });
  expect(clients.stderr()).toMatch(message);
  expect(clients.events).toEqual([]);
});

test('a line that is no command ends it with exit code 2', async () => {
  const { port } = await startServer();
  const clients = startClients(port, '--clients', '1');
  await clients.next('request-ended');
  clients.child.stdin?.write('{"command":"stop"}\n');
  expect(await clients.next('failed')).toMatchObject({ code: 'USAGE' });
  expect(await clients.exited()).toEqual({ code: 2, signal: null });
});
