import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import type { ServerApplicationEvent } from '../../harness/domain/application.ts';
import type { ServerEvent } from '../../harness/domain/wire.ts';
import { listenerRow } from '../helpers/kernel-sockets.ts';
import { startProgram } from '../helpers/program.ts';

type Command = { readonly command: 'close' } | { readonly command: 'rest' };

const startServer = (...args: string[]) =>
  startProgram<Command, ServerEvent | ServerApplicationEvent>('servers/websocket-server.ts', args);

const connectTo = async (port: number) => {
  const socket = connect({ host: '127.0.0.1', port, autoSelectFamily: false });
  onTestFinished(() => {
    socket.destroy();
  });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
};

const upgradeTo = (port: number, headers: Readonly<Record<string, string>>) => {
  const socket = connect({ host: '127.0.0.1', port, autoSelectFamily: false });
  const websocket = new WebSocket(`ws://127.0.0.1:${port}/`, {
    perMessageDeflate: false,
    headers,
    createConnection: () => socket,
  });
  websocket.on('error', () => undefined);
  onTestFinished(() => websocket.terminate());
  const opened = new Promise<void>((resolve) => websocket.on('open', resolve));
  return { socket, websocket, opened };
};

test('--help says how to use it', () => {
  const help = execFileSync(process.execPath, ['dist/servers/websocket-server.js', '--help'], {
    encoding: 'utf8',
  });
  expect(help).toContain('--upgrade-cost TIME');
  expect(help).toContain('Examples:\n  node dist/servers/websocket-server.js --port 8080');
});

test('nobody gives it a backlog, unless --backlog does', async () => {
  const [silent, told] = [startServer(), startServer('--backlog', '7')];
  const listening = await silent.next('listening');
  expect(listening).toMatchObject({ address: '127.0.0.1', backlog: null });
  expect(listening.acceptQueueLimit).toBe(listenerRow(listening.port).acceptQueueLimit);
  expect(await told.next('listening')).toMatchObject({ backlog: 7, acceptQueueLimit: 7 });
});

test('accepts, reads the upgrade request, upgrades and echoes', async () => {
  const server = startServer();
  const { port } = await server.next('listening');
  const { socket, websocket, opened } = upgradeTo(port, { 'x-request': '17' });
  await opened;
  const peer = { remoteAddress: '127.0.0.1', remotePort: socket.localPort };
  expect(await server.next('accepted')).toMatchObject(peer);
  expect(await server.next('saw')).toMatchObject({ request: 17, ...peer });

  const echoed = new Promise((resolve) =>
    websocket.on('message', (data, isBinary) => resolve([data.toString(), isBinary])),
  );
  websocket.send('hello');
  expect(await echoed).toEqual(['hello', false]);
});

test('an upgrade costs the loop its time: the second waits for the first', async () => {
  const server = startServer('--upgrade-cost', '120ms');
  const { port } = await server.next('listening');
  const clients = ['1', '2'].map((number) => upgradeTo(port, { 'x-request': number }));
  await Promise.all(clients.map(({ opened }) => opened));
  const [first, second] = [await server.next('saw'), await server.next('saw')];
  expect(second.monotonicMs - first.monotonicMs).toBeGreaterThanOrEqual(120);
});

test('a connection that is closed at once counts as accepted, an unnumbered upgrade too', async () => {
  const server = startServer();
  const { port } = await server.next('listening');
  const check = await connectTo(port);
  const checkPort = check.localPort;
  check.destroy();
  expect(await server.next('accepted')).toMatchObject({ remotePort: checkPort });
  await upgradeTo(port, {}).opened;
  server.send({ command: 'close' });
  await server.exited();
  expect(server.events.map(({ event }) => event)).toEqual([
    'listening',
    'accepted',
    'accepted',
    'closed',
  ]);
});

test('a request that is no upgrade is told to upgrade', async () => {
  const server = startServer();
  const { port } = await server.next('listening');
  const asked = request({ host: '127.0.0.1', port, agent: false }).end();
  const [response] = await once(asked, 'response');
  expect(response).toMatchObject({ statusCode: 426, headers: { upgrade: 'websocket' } });
  response.resume();
  await server.next('accepted');
});

test('a broken frame ends its connection and nothing else', async () => {
  const server = startServer();
  const { port } = await server.next('listening');
  const { socket, opened } = upgradeTo(port, { 'x-request': '1' });
  await opened;
  const ended = once(socket, 'close');
  socket.write(Buffer.from([0xff, 0xff, 0xff]));
  await ended;
  await upgradeTo(port, { 'x-request': '2' }).opened;
});

test.each([
  [
    'a close command',
    (server: ReturnType<typeof startServer>) => server.send({ command: 'close' }),
  ],
  ['the end of standard input', (server: ReturnType<typeof startServer>) => server.endInput()],
  ['SIGTERM', (server: ReturnType<typeof startServer>) => server.child.kill('SIGTERM')],
])('closes every connection on %s', async (_how, end) => {
  const server = startServer();
  const { port } = await server.next('listening');
  const [idle, upgraded] = [await connectTo(port), upgradeTo(port, { 'x-request': '1' })];
  await upgraded.opened;
  const ended = [once(idle, 'close'), once(upgraded.socket, 'close')];
  end(server);
  expect(await server.exited()).toEqual({ code: 0, signal: null });
  await Promise.all(ended);
  expect(server.events.at(-1)?.event).toBe('closed');
  expect(server.stderr()).toBe('');
});

test('ends when nobody reads its events any more', async () => {
  const server = startServer();
  const { port } = await server.next('listening');
  server.child.stdout?.destroy();
  await connectTo(port);
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
});

test.each([
  ['--backlog 0', /^USAGE .*--backlog "0".*\n {2}Remedy: /],
  ['--upgrade-cost 2x', /^USAGE .*"2x" is not a time.*\n {2}Remedy: /],
  ['--upgrade-costs 2', /^USAGE .*--upgrade-costs.*\n {2}Remedy: /],
])('refuses %s with a remedy and exit code 2', async (args, message) => {
  const server = startServer(...args.split(' '));
  expect(await server.exited()).toEqual({ code: 2, signal: null });
  expect(server.stderr()).toMatch(message);
  expect(server.events).toEqual([]);
});

test('a line that is no command ends it with exit code 2', async () => {
  const server = startServer();
  await server.next('listening');
  server.send({ command: 'rest' });
  expect(await server.next('failed')).toMatchObject({ code: 'USAGE' });
  expect(await server.exited()).toEqual({ code: 2, signal: null });
});
