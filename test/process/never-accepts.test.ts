import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { ServerCommand, ServerEvent } from '../../harness/domain/wire.ts';
import { holdings, listenerRow } from '../helpers/kernel-sockets.ts';
import { startProgram } from '../helpers/program.ts';

const startServer = (...args: string[]) =>
  startProgram<ServerCommand, ServerEvent>('servers/never-accepts.ts', args);

const connectTo = async (port: number): Promise<Socket> => {
  const socket = connect({ host: '127.0.0.1', port, autoSelectFamily: false });
  onTestFinished(() => {
    socket.destroy();
  });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
};

test('says where it listens, with the limit the kernel gave it', async () => {
  const server = startServer('--backlog', '2');
  const listening = await server.next('listening');
  expect(listening).toMatchObject({ address: '127.0.0.1', backlog: 2, acceptQueueLimit: 2 });
  expect(listenerRow(listening.port)).toEqual({
    state: 'LISTEN',
    acceptQueueLength: 0,
    acceptQueueLimit: 2,
  });
  expect(listening.monotonicMs).toBeLessThan(Number(process.hrtime.bigint()) / 1e6);
});

test('never accepts: the connections lie in the queue and have no descriptor', async () => {
  const server = startServer('--backlog', '4');
  const { port } = await server.next('listening');
  await Promise.all([1, 2, 3].map(() => connectTo(port)));
  expect(listenerRow(port).acceptQueueLength).toBe(3);
  expect(holdings(server.pid, port)).toEqual({
    listeners: 1,
    established: 3,
    withDescriptor: 0,
    withoutInode: 3,
  });
  expect(server.events.map(({ event }) => event)).toEqual(['listening']);
});

test('accepts what is queued and what comes later, until it is paused', async () => {
  const server = startServer('--backlog', '4');
  const { port } = await server.next('listening');
  const first = await connectTo(port);
  server.send({ command: 'accept' });
  await server.next('accepting');
  const accepted = await server.next('accepted');
  expect(accepted).toMatchObject({ remoteAddress: '127.0.0.1', remotePort: first.localPort });
  const second = await connectTo(port);
  expect(await server.next('accepted')).toMatchObject({ remotePort: second.localPort });
  expect(holdings(server.pid, port)).toMatchObject({ established: 2, withDescriptor: 2 });

  server.send({ command: 'pause' });
  await server.next('paused');
  await connectTo(port);
  expect(listenerRow(port).acceptQueueLength).toBe(1);
  expect(holdings(server.pid, port)).toMatchObject({ established: 3, withDescriptor: 2 });

  server.send({ command: 'accept' });
  await server.next('accepted');
  expect(listenerRow(port).acceptQueueLength).toBe(0);
});

test('listens again on the same socket without accepting, and while it accepts', async () => {
  const server = startServer('--backlog', '4');
  const { port } = await server.next('listening');
  await connectTo(port);
  for (const backlog of [8, 0, 3]) {
    server.send({ command: 'listen', backlog });
    expect(await server.next('listening-again')).toMatchObject({
      port,
      backlog,
      acceptQueueLimit: backlog,
    });
    expect(listenerRow(port)).toMatchObject({ acceptQueueLength: 1, acceptQueueLimit: backlog });
  }
  expect(holdings(server.pid, port)).toMatchObject({ listeners: 1, withDescriptor: 0 });

  server.send({ command: 'accept' });
  await server.next('accepted');
  server.send({ command: 'listen', backlog: 9 });
  expect(await server.next('listening-again')).toMatchObject({ acceptQueueLimit: 9 });
  await connectTo(port);
  await server.next('accepted');
});

test('answers commands that come together one after the other', async () => {
  const server = startServer();
  server.send({ command: 'listen', backlog: 5 });
  server.send({ command: 'listen', backlog: 6 });
  server.send({ command: 'pause' });
  expect(await server.next('listening-again')).toMatchObject({ acceptQueueLimit: 5 });
  expect(await server.next('listening-again')).toMatchObject({ acceptQueueLimit: 6 });
  await server.next('paused');
});

test('accepts a connection that its client has reset meanwhile', async () => {
  const server = startServer('--backlog', '4');
  const { port } = await server.next('listening');
  const socket = await connectTo(port);
  socket.resetAndDestroy();
  await once(socket, 'close');
  server.send({ command: 'accept' });
  await server.next('accepted');
  const later = await connectTo(port);
  expect(await server.next('accepted')).toMatchObject({ remotePort: later.localPort });
});

test.each([
  [
    'a close command',
    (server: ReturnType<typeof startServer>) => server.send({ command: 'close' }),
  ],
  ['the end of standard input', (server: ReturnType<typeof startServer>) => server.endInput()],
  ['SIGTERM', (server: ReturnType<typeof startServer>) => server.child.kill('SIGTERM')],
])('closes without accepting on %s', async (_how, end) => {
  const server = startServer('--backlog', '4');
  const { port } = await server.next('listening');
  const queued = await connectTo(port);
  const reset = new Promise((resolve) => queued.once('error', resolve));
  end(server);
  expect(await server.exited()).toEqual({ code: 0, signal: null });
  expect(await reset).toMatchObject({ code: 'ECONNRESET' });
  expect(server.events.map(({ event }) => event)).toEqual(['listening', 'closed']);
  expect(server.stderr()).toBe('');
});

test('ends when nobody reads its events any more', async () => {
  const server = startServer();
  await server.next('listening');
  server.child.stdout?.destroy();
  server.send({ command: 'pause' });
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
  ['--backlog 0', /^BACKLOG_OUT_OF_RANGE .*Node's net module replaces 0 by 511.*\n {2}Remedy: /],
  ['--backlog two', /^BACKLOG_OUT_OF_RANGE .*\n {2}Remedy: /],
  ['--backlog 2147483648', /^BACKLOG_OUT_OF_RANGE .*\n {2}Remedy: /],
  ['--port 65536', /^USAGE .*port "65536".*\n {2}Remedy: /],
  ['--host localhost', /^USAGE .*not a numeric address.*\n {2}Remedy: /],
  ['--backlogs 3', /^USAGE .*--backlogs.*\n {2}Remedy: /],
  ['3', /^USAGE .*\n {2}Remedy: /],
])('refuses %s with a remedy and exit code 2', async (args, message) => {
  const server = startServer(...args.split(' '));
  expect(await server.exited()).toEqual({ code: 2, signal: null });
  expect(server.stderr()).toMatch(message);
  expect(server.events).toEqual([]);
});

test('a line that is no command ends it with exit code 2', async () => {
  const server = startServer();
  await server.next('listening');
  server.child.stdin?.write('{"command":"listen","backlog":"8"}\n');
  expect(await server.next('failed')).toMatchObject({ code: 'USAGE' });
  expect(await server.exited()).toEqual({ code: 2, signal: null });
});
