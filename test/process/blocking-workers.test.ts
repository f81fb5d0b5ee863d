/** servers/blocking-workers.ts: who waits for a worker waits in the kernel. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import type { ServerApplicationEvent } from '../../harness/domain/application.ts';
import type { ServerEvent } from '../../harness/domain/wire.ts';
import { holdings, listenerRow } from '../helpers/kernel-sockets.ts';
import { type Program, startProgram } from '../helpers/program.ts';

type Event =
  | ServerEvent
  | ServerApplicationEvent
  | { readonly event: 'client-gone' | 'no-request'; readonly remotePort: number };
type Server = Program<unknown, Event>;

const startServer = (...args: string[]): Server =>
  startProgram<unknown, Event>('servers/blocking-workers.ts', args);

const connectTo = async (port: number): Promise<Socket> => {
  const socket = connect({ host: '127.0.0.1', port, autoSelectFamily: false });
  onTestFinished(() => {
    socket.destroy();
  });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
};

const askFor = async (port: number, path: string, request: number) => {
  const headers = { 'x-request': `${request}` };
  const outgoing = get({ host: '127.0.0.1', port, path, headers, agent: false });
  const [response]: IncomingMessage[] = await once(outgoing, 'response');
  return { status: response?.statusCode, body: response === undefined ? '' : await text(response) };
};

const namesOf = (server: Server): string[] => server.events.map(({ event }) => event);

test('says where it listens when all workers do, and answers', async () => {
  const server = startServer('--workers', '3', '--backlog', '7', '--work', '20ms');
  const { port, ...listening } = await server.next('listening');
  expect(listening).toMatchObject({ address: '127.0.0.1', backlog: 7, acceptQueueLimit: 7 });
  expect(listenerRow(port).acceptQueueLimit).toBe(7);
  expect(await askFor(port, '/', 5)).toEqual({ status: 200, body: 'Worked for 20 ms.\n' });
  const { remotePort } = await server.next('accepted');
  expect(await server.next('saw')).toMatchObject({ request: 5, remotePort });
  const startedMs = performance.now();
  expect(await askFor(port, '/a?work=150ms', 6)).toMatchObject({ body: 'Worked for 150 ms.\n' });
  expect(performance.now() - startedMs).toBeGreaterThan(145);
});

test('without a backlog it leaves the choice to Node', async () => {
  const server = startServer('--backlog', 'none');
  const { port, backlog } = await server.next('listening');
  expect(backlog).toBeNull();
  expect(listenerRow(port).acceptQueueLimit).toBe(511);
});

test('listens on IPv6', async () => {
  const server = startServer('--host', '::1', '--backlog', '9');
  expect(await server.next('listening')).toMatchObject({ address: '::1', acceptQueueLimit: 9 });
});

test('a worker has one connection at a time, the others stay in the accept queue', async () => {
  const server = startServer('--workers', '2', '--backlog', '8', '--read-timeout', '10s');
  const { port } = await server.next('listening');
  const sockets: Socket[] = [];
  for (let count = 0; count < 5; count += 1) sockets.push(await connectTo(port));
  const taken = [await server.next('accepted'), await server.next('accepted')];
  expect(listenerRow(port).acceptQueueLength).toBe(3);
  expect(holdings(server.pid, port)).toMatchObject({ withDescriptor: 2, withoutInode: 3 });

  const done = sockets.find(({ localPort }) => localPort === taken[0]?.remotePort);
  done?.write('GET /?work=0 HTTP/1.1\r\nx-request: 1\r\n\r\n');
  expect(await server.next('saw')).toMatchObject({ remotePort: done?.localPort });
  await server.next('accepted');
  expect(listenerRow(port).acceptQueueLength).toBe(2);
  expect(holdings(server.pid, port)).toMatchObject({ withDescriptor: 2, withoutInode: 2 });
  expect(namesOf(server)).toEqual(['listening', 'accepted', 'accepted', 'saw', 'accepted']);
});

test('takes every connection out of the queue exactly once', async () => {
  const server = startServer('--workers', '4', '--work', '1ms');
  const { port } = await server.next('listening');
  const requests = Array.from({ length: 60 }, (_, index) => index + 1);
  const answers = await Promise.all(requests.map((request) => askFor(port, '/', request)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  server.endInput();
  await server.exited();
  const ports = server.events.flatMap((event) =>
    event.event === 'accepted' ? [event.remotePort] : [],
  );
  expect(new Set(ports).size).toBe(60);
  expect(ports).toHaveLength(60);
  const seen = server.events.flatMap((event) => (event.event === 'saw' ? [event.request] : []));
  expect(seen.sort((left, right) => left - right)).toEqual(requests);
});

test('reads a request that comes in pieces, and refuses what is none', async () => {
  const server = startServer('--workers', '2');
  const { port } = await server.next('listening');
  const slow = await connectTo(port);
  const { localPort } = slow;
  slow.write('GET /?work=0 HT');
  await server.next('accepted');
  const wrong = await connectTo(port);
  wrong.end('GET /?work=soon HTTP/1.1\r\nx-request: 3\r\n\r\n');
  expect(await text(wrong)).toMatch(/^HTTP\/1.1 400 Bad Request\r\n(?:.*\r\n)*\r\n.*--work "soon"/);
  slow.write('TP/1.1\r\nx-request: 4\r\n\r\n');
  expect(await text(slow)).toMatch(/^HTTP\/1.1 200 OK\r\n/);
  expect(await server.next('saw')).toMatchObject({ request: 4, remotePort: localPort });
  expect(namesOf(server).filter((name) => name === 'saw')).toHaveLength(1);
});

test('closes a connection that sends no request in time', async () => {
  const server = startServer('--workers', '1', '--read-timeout', '100ms');
  const { port } = await server.next('listening');
  const silent = await connectTo(port);
  const { localPort } = silent;
  silent.resume();
  await once(silent, 'end');
  expect(await server.next('no-request')).toMatchObject({ remotePort: localPort });
});

test('says that a client has gone, and goes on', async () => {
  const server = startServer('--workers', '1');
  const { port } = await server.next('listening');
  (await connectTo(port)).end('GET / HT');
  await server.next('client-gone');

  const resetting = await connectTo(port);
  const { localPort } = resetting;
  resetting.write('GET /?work=200ms HTTP/1.1\r\nx-request: 2\r\n\r\n');
  await server.next('saw');
  resetting.resetAndDestroy();
  expect(await server.next('client-gone')).toMatchObject({ remotePort: localPort });
  expect(await askFor(port, '/?work=0', 3)).toMatchObject({ status: 200 });
});

test.each<[string, (server: Server) => unknown]>([
  ['a close command', (server) => server.send({ command: 'close' })],
  ['the end of standard input', (server) => server.endInput()],
  ['SIGTERM', (server) => server.child.kill('SIGTERM')],
])('on %s a worker finishes what it does and takes nobody else', async (_how, end) => {
  const server = startServer('--workers', '2');
  const { port } = await server.next('listening');
  const answers = [1, 2].map((request) => askFor(port, '/?work=900ms', request));
  await server.next('saw');
  await server.next('saw');
  const queued = await connectTo(port);
  const reset = new Promise((resolve) => queued.once('error', resolve));
  end(server);
  expect(await Promise.all(answers)).toMatchObject([{ status: 200 }, { status: 200 }]);
  expect(await server.exited()).toEqual({ code: 0, signal: null });
  expect(await reset).toMatchObject({ code: 'ECONNRESET' });
  expect(namesOf(server).filter((name) => name === 'accepted')).toHaveLength(2);
  expect(server.events.at(-1)?.event).toBe('closed');
  expect(server.stderr()).toBe('');
});

test('idle workers end at once', async () => {
  const server = startServer('--workers', '8');
  await server.next('listening');
  const startedMs = performance.now();
  server.endInput();
  expect(await server.exited()).toEqual({ code: 0, signal: null });
  expect(performance.now() - startedMs).toBeLessThan(1_500);
  expect(namesOf(server)).toEqual(['listening', 'closed']);
});

test('long work holds the end no longer than two seconds', async () => {
  const server = startServer('--workers', '2', '--work', '60s');
  const { port } = await server.next('listening');
  const busy = await connectTo(port);
  busy.write('GET / HTTP/1.1\r\nx-request: 1\r\n\r\n');
  await server.next('saw');
  const startedMs = performance.now();
  server.endInput();
  expect(await server.exited()).toEqual({ code: 0, signal: null });
  const tookMs = performance.now() - startedMs;
  expect(tookMs).toBeGreaterThan(1_900);
  expect(tookMs).toBeLessThan(4_000);
});

test('ends when nobody reads its log any more', async () => {
  const server = startServer();
  const { port } = await server.next('listening');
  server.child.stdout?.destroy();
  const socket = await connectTo(port);
  socket.write('GET / HTTP/1.1\r\n\r\n');
  expect(await server.exited()).toEqual({ code: 4, signal: null });
});

test('a port in use is a failure with exit code 4', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => {
    other.close();
  });
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const server = startServer('--port', String(port));
  expect(await server.next('failed')).toMatchObject({ code: 'EADDRINUSE' });
  expect(await server.exited()).toEqual({ code: 4, signal: null });
  expect(namesOf(server)).toEqual(['failed']);
});

test('--help says how to use it', () => {
  const help = execFileSync(process.execPath, ['dist/servers/blocking-workers.js', '--help'], {
    encoding: 'utf8',
  });
  expect(help).toContain('--workers N');
  expect(help).toContain('Examples:\n  node dist/servers/blocking-workers.js --port 8080');
});

test.each([
  ['--workers 0', /^USAGE .*--workers "0" is not a whole number from 1.*\n {2}Remedy: /],
  ['--work soon', /^USAGE .*--work "soon" is not a time.*\n {2}Remedy: /],
  ['--read-timeout 0', /^USAGE .*from 1ms.*\n {2}Remedy: /],
  ['--backlog 0', /^USAGE .*--backlog "0".*\n {2}Remedy: /],
  ['--host localhost', /^USAGE .*not a numeric address.*\n {2}Remedy: /],
  ['--threads 3', /^USAGE .*--threads.*\n {2}Remedy: /],
])('refuses %s with a remedy and exit code 2', async (args, message) => {
  const server = startServer(...args.split(' '));
  expect(await server.exited()).toEqual({ code: 2, signal: null });
  expect(server.stderr()).toMatch(message);
  expect(server.events).toEqual([]);
});

test('a line that is no command ends it with exit code 2', async () => {
  const server = startServer();
  await server.next('listening');
  server.send({ command: 'accept' });
  expect(await server.next('failed')).toMatchObject({ code: 'USAGE' });
  expect(await server.exited()).toEqual({ code: 2, signal: null });
});
