/** clients/http-clients.ts: what becomes of each request, and of its connection. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type {
  ClientApplicationEvent,
  ClientProgramCommand,
} from '../../harness/domain/application.ts';
import type { ServerCommand, ServerEvent, SwarmEvent } from '../../harness/domain/wire.ts';
import { type Program, startProgram } from '../helpers/program.ts';

type Clients = Program<ClientProgramCommand, ClientApplicationEvent | SwarmEvent>;

const startClients = (port: number, ...args: string[]): Clients =>
  startProgram<ClientProgramCommand, ClientApplicationEvent | SwarmEvent>(
    'clients/http-clients.ts',
    [...['--host', '127.0.0.1', '--port', `${port}`], ...args],
  );

/** A server in this process, which does that when a request has come. */
const startServer = async (onRequest: (socket: Socket, request: string) => void) => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => onRequest(socket, bytes.toString()));
  });
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  server.listen({ host: '127.0.0.1', port: 0, backlog: 511 });
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, server, sockets };
};

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const answer = (socket: Socket): unknown => socket.end(OK);
const staySilent = (): void => undefined;

/** Names of events of this connection, or of this request. */
const lifeOf = (clients: Clients, client: number): string[] =>
  clients.events.flatMap((event) =>
    'client' in event && event.client === client ? [event.event] : [],
  );

const eventsOf = <Name extends (ClientApplicationEvent | SwarmEvent)['event']>(
  { events }: Clients,
  name: Name,
) =>
  events.filter(
    (event): event is Extract<typeof event, { readonly event: Name }> => event.event === name,
  );

test('asks with its number on a connection of its own, and is answered', async () => {
  const requests: string[] = [];
  const { port, sockets } = await startServer((socket, request) => {
    requests.push(request);
    answer(socket);
  });
  const clients = startClients(port, '--path', '/a?work=1s', '--first', '70', '--wave', 'storm');
  expect(await clients.next('request')).toMatchObject({ request: 70, client: 70, wave: 'storm' });
  expect(await clients.next('attempt')).toMatchObject({ client: 70, wave: 'storm' });
  expect(await clients.next('request-ended')).toMatchObject({
    request: 70,
    outcome: 'answered',
    client: 70,
  });
  expect(requests).toHaveLength(1);
  expect(requests[0]).toMatch(/^GET \/a\?work=1s HTTP\/1.1\r\n/);
  expect(requests[0]).toMatch(/\r\nx-request: 70\r\n/);
  expect(requests[0]).toMatch(/\r\nconnection: close\r\n/i);
  expect(requests[0]).toContain(`\r\nHost: 127.0.0.1:${port}\r\n`);
  clients.endInput();
  expect(await clients.exited()).toEqual({ code: 0, signal: null });
  expect(sockets).toHaveLength(1);
  expect(lifeOf(clients, 70)).toEqual([
    ...['request', 'attempt', 'connected', 'request-ended'],
    expect.stringMatching(/^closed-by-(client|server)$/),
  ]);
  expect(clients.events.at(-1)?.event).toBe('released');
});

test('many clients at once, each with one request after another', async () => {
  let most = 0;
  let open = 0;
  const { port } = await startServer((socket) => {
    open += 1;
    most = Math.max(most, open);
    setTimeout(() => {
      open -= 1;
      answer(socket);
    }, 20);
  });
  const clients = startClients(port, '--clients', '40', '--requests', '3');
  for (let count = 0; count < 120; count += 1) await clients.next('request-ended');
  clients.send({ command: 'rest' });
  await clients.next('resting');
  expect(most).toBeLessThanOrEqual(40);
  expect(most).toBeGreaterThan(10);
  const ended = eventsOf(clients, 'request-ended');
  expect(new Set(ended.map(({ outcome }) => outcome))).toEqual(new Set(['answered']));
  expect(new Set(ended.map(({ request }) => request)).size).toBe(120);
  expect(new Set(eventsOf(clients, 'attempt').map(({ client }) => client)).size).toBe(120);
  const [first, ...others] = clients.events.map(({ event }) => event);
  expect(first).toBe('request');
  expect(others.indexOf('connected')).toBeGreaterThanOrEqual(79);
});

test('half an answer in time is none: read-timed-out, and the client closes', async () => {
  const { port } = await startServer((socket) => socket.write(OK.slice(0, -1)));
  const clients = startClients(port, '--read-timeout', '200ms');
  const { monotonicMs: connectedMs } = await clients.next('connected');
  const ended = await clients.next('request-ended');
  expect(ended).toMatchObject({ outcome: 'read-timed-out', request: 1, client: 1 });
  expect(ended).not.toHaveProperty('code');
  expect(ended.monotonicMs - connectedMs).toBeGreaterThan(199);
  expect(ended.monotonicMs - connectedMs).toBeLessThan(1_500);
  await clients.next('closed-by-client');
});

test('a full accept queue: some time out while they read, others while they connect', async () => {
  const server = startProgram<ServerCommand, ServerEvent>('servers/never-accepts.ts', []);
  const { port } = await server.next('listening');
  const times = ['--connect-timeout', '400ms', '--read-timeout', '150ms'];
  const clients = startClients(port, '--clients', '5', ...times);
  for (let count = 0; count < 5; count += 1) await clients.next('request-ended');
  const outcomes = eventsOf(clients, 'request-ended').map(({ outcome }) => outcome);
  expect(outcomes.filter((outcome) => outcome === 'read-timed-out')).toHaveLength(2);
  expect(outcomes.filter((outcome) => outcome === 'connect-timed-out')).toHaveLength(3);
  expect(eventsOf(clients, 'timed-out')).toMatchObject(Array(3).fill({ by: 'own-timer' }));
  const late = eventsOf(clients, 'timed-out').map(({ client }) => lifeOf(clients, client));
  expect(late).toEqual(Array(3).fill(['request', 'attempt', 'timed-out', 'request-ended']));
});

test('a port that nobody listens on: connect-failed', async () => {
  const { port, server } = await startServer(staySilent);
  server.close();
  await once(server, 'close');
  const clients = startClients(port);
  const failed = { outcome: 'connect-failed', code: 'ECONNREFUSED' };
  expect(await clients.next('request-ended')).toMatchObject(failed);
  expect(lifeOf(clients, 1)).toEqual(['request', 'attempt', 'refused', 'request-ended']);
});

test('an address that this machine does not have: connect-failed, and the next is made', async () => {
  const clients = startClients(9, '--source-address', '192.0.2.1', '--requests', '2');
  const failed = { outcome: 'connect-failed', code: 'EADDRNOTAVAIL' };
  expect(await clients.next('request-ended')).toMatchObject({ request: 1, ...failed });
  expect(await clients.next('request-ended')).toMatchObject({ request: 2, ...failed });
});

test.each<[string, (socket: Socket) => unknown, string, object]>([
  ['a FIN', (socket) => socket.end(), 'closed-by-server', {}],
  ['half an answer', (socket) => socket.end(OK.slice(0, -1)), 'closed-by-server', {}],
  ['a reset', (socket) => socket.resetAndDestroy(), 'reset', { code: 'ECONNRESET' }],
  [
    'what is no HTTP',
    (socket) => socket.write('220 mail.example ESMTP\r\n'),
    'closed-by-client',
    { code: expect.stringMatching(/^HPE_/) },
  ],
])('%s instead of an answer: connection-lost', async (_what, onRequest, end, code) => {
  const { port } = await startServer(onRequest);
  const clients = startClients(port);
  const { monotonicMs: _, ...ended } = await clients.next('request-ended');
  expect(ended).toEqual({
    ...{ level: 'warn', name: 'http-clients', event: 'request-ended' },
    ...{ request: 1, client: 1, outcome: 'connection-lost' },
    ...code,
  });
  expect(lifeOf(clients, 1)).toEqual(['request', 'attempt', 'connected', end, 'request-ended']);
});

test('an answer that ends with the connection is one', async () => {
  const { port } = await startServer((socket) =>
    socket.end('HTTP/1.1 200 OK\r\n\r\nuntil the end'),
  );
  const clients = startClients(port);
  expect(await clients.next('request-ended')).toMatchObject({ outcome: 'answered' });
});

test('rest: what is under way ends, nothing new begins', async () => {
  const { port } = await startServer((socket) => setTimeout(() => answer(socket), 150));
  const clients = startClients(port, '--clients', '2', '--requests', '20');
  await clients.next('connected');
  clients.send({ command: 'rest' });
  await clients.next('resting');
  const requests = eventsOf(clients, 'request').length;
  expect(requests).toBeLessThan(40);
  expect(eventsOf(clients, 'request-ended')).toHaveLength(requests);
  expect(eventsOf(clients, 'attempt')).toHaveLength(requests);
});

test.each<[string, (clients: Clients) => unknown]>([
  ['the end of standard input', (clients) => clients.endInput()],
  ['release', (clients) => clients.send({ command: 'release' })],
  ['SIGTERM', (clients) => clients.child.kill('SIGTERM')],
])('%s: lets go, and gives what is under way no outcome', async (_how, end) => {
  const { port, sockets } = await startServer(staySilent);
  const clients = startClients(port, '--requests', '9');
  await clients.next('connected');
  end(clients);
  expect(await clients.exited()).toEqual({ code: 0, signal: null });
  expect(clients.events.map(({ event }) => event)).toEqual([
    ...['request', 'attempt', 'connected', 'closed-by-client', 'released'],
  ]);
  expect(sockets).toHaveLength(1);
});

test('ends when nobody reads its log any more', async () => {
  const { port } = await startServer(staySilent);
  const clients = startClients(port, '--read-timeout', '100ms', '--requests', '9');
  await clients.next('connected');
  clients.child.stdout?.destroy();
  expect(await clients.exited()).toEqual({ code: 4, signal: null });
});

test('--help says how to use it', () => {
  const help = execFileSync(process.execPath, ['dist/clients/http-clients.js', '--help'], {
    encoding: 'utf8',
  });
  expect(help).toContain('--read-timeout TIME');
  expect(help).toContain('Example:\n  node dist/clients/http-clients.js --host 127.0.0.1');
});

test.each([
  ['--clients 0', /^USAGE .*--clients "0" is not a whole number from 1.*\n {2}Remedy: /],
  ['--path a', /^USAGE .*--path "a" is not a path.*\n {2}Remedy: /],
  ['--path /ŝ', /^USAGE .*--path "\/ŝ" is not a path.*\n {2}Remedy: /],
  ['--connect-timeout 1m', /^USAGE .*"1m" is not a time.*\n {2}Remedy: /],
  ['--host localhost', /^USAGE .*not a numeric address.*\n {2}Remedy: /],
  ['--timeout 3s', /^USAGE .*--timeout.*\n {2}Remedy: /],
])('refuses %s with a remedy and exit code 2', async (args, message) => {
  const clients = startClients(9, ...args.split(' '));
  expect(await clients.exited()).toEqual({ code: 2, signal: null });
  expect(clients.stderr()).toMatch(message);
  expect(clients.events).toEqual([]);
});

test('a line that is no command ends it with exit code 2', async () => {
  const { port } = await startServer(staySilent);
  const clients = startClients(port);
  clients.child.stdin?.write('{"command":"pause"}\n');
  expect(await clients.next('failed')).toMatchObject({ code: 'USAGE' });
  expect(await clients.exited()).toEqual({ code: 2, signal: null });
});
