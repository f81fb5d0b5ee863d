import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { encodeFrame } from '../../servers/kit/frames.ts';
import { monotonicMs } from '../../servers/kit/program-log.ts';
import { listenerRow } from '../helpers/kernel-sockets.ts';
import { startProgram } from '../helpers/program.ts';
import {
  consumeFrom,
  type RpcProvider,
  startProvider,
  startReadyProvider,
} from '../helpers/rpc-talk.ts';

const namesOf = ({ events }: RpcProvider): string[] => events.map(({ event }) => event);

test('--help tells its options, with examples', async () => {
  const shown = startProgram('servers/rpc-provider.ts', ['--help'], ['sh', '-c', '"$@" >&2', 'sh']);
  expect(await shown.exited()).toEqual({ code: 0, signal: null });
  expect(shown.stderr()).toMatch(/--startup-work TIME[\s\S]*Examples:\n {2}node dist\/servers/);
});

test.each([
  [['--startup-work', '3m'], /^USAGE .*"3m" is not a time.*\n {2}Remedy: /],
  [['--backlog', '0'], /^USAGE .*--backlog "0".*\n {2}Remedy: /],
  [['--startup', '3s'], /^USAGE .*--startup.*\n {2}Remedy: /],
])('refuses %j with a remedy and exit code 2', async (args, message) => {
  const provider = startProvider(...args);
  expect(await provider.exited()).toEqual({ code: 2, signal: null });
  expect(provider.stderr()).toMatch(message);
  expect(provider.events).toEqual([]);
});

test('answers each request and each heartbeat, and tells whom it has accepted and what it saw', async () => {
  const { provider, port } = await startReadyProvider();
  const consumer = await consumeFrom(port);
  consumer.send({ kind: 'request', request: 7 });
  consumer.send({ kind: 'heartbeat' });
  consumer.send({ kind: 'request', request: 8 });
  await consumer.next('response');
  await consumer.next('response');
  expect(consumer.frames).toEqual([
    { kind: 'response', request: 7 },
    { kind: 'heartbeat-answer' },
    { kind: 'response', request: 8 },
  ]);
  const peer = { remoteAddress: '127.0.0.1', remotePort: consumer.socket.localPort };
  await provider.next('saw');
  expect(await provider.next('saw')).toMatchObject({ request: 8, ...peer });
  expect(await provider.next('accepted')).toMatchObject(peer);
});

test('start-up work: it listens, and nobody is accepted until the work is done', async () => {
  const { provider, port } = await startReadyProvider('--backlog=1', '--startup-work=700ms');
  const blocking = await provider.next('blocking');
  expect(blocking).toMatchObject({ forMs: 700, why: 'start-up work' });
  const consumer = await consumeFrom(port);
  consumer.send({ kind: 'request', request: 1 });
  expect(listenerRow(port)).toMatchObject({ acceptQueueLength: 1, acceptQueueLimit: 1 });
  expect(namesOf(provider)).toEqual(['listening', 'blocking']);
  const unblocked = await provider.next('unblocked');
  expect(unblocked.monotonicMs - blocking.monotonicMs).toBeGreaterThanOrEqual(700);
  await consumer.next('response');
  await provider.next('saw');
  expect(namesOf(provider)).toEqual(['listening', 'blocking', 'unblocked', 'accepted', 'saw']);
});

test('what is no frame ends that connection, and no other', async () => {
  const { provider, port } = await startReadyProvider();
  const [broken, sound] = await Promise.all([consumeFrom(port), consumeFrom(port)]);
  broken.socket.write('GET / HTTP/1.1\r\n\r\n');
  await once(broken.socket, 'close');
  expect(await provider.next('connection-error')).toMatchObject({ code: 'BAD_FRAME' });
  sound.send({ kind: 'request', request: 1 });
  expect(await sound.next('response')).toEqual({ kind: 'response', request: 1 });
});

test('a reset connection concerns nobody else', async () => {
  const { port } = await startReadyProvider();
  const [gone, sound] = await Promise.all([consumeFrom(port), consumeFrom(port)]);
  gone.socket.resetAndDestroy();
  await once(gone.socket, 'close');
  sound.send({ kind: 'request', request: 1 });
  expect(await sound.next('response')).toEqual({ kind: 'response', request: 1 });
});

test('close: it listens no more, answers what is still asked, and waits for the consumers', async () => {
  const { provider, port } = await startReadyProvider();
  const consumer = await consumeFrom(port);
  await provider.next('accepted');
  provider.send({ command: 'close' });
  await consumer.next('goaway');
  const late = connect({ host: '127.0.0.1', port });
  const [error] = await once(late, 'error');
  expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  consumer.send({ kind: 'request', request: 3 });
  expect(await consumer.next('response')).toEqual({ kind: 'response', request: 3 });
  expect(namesOf(provider)).not.toContain('closed');
  consumer.socket.end();
  expect(await provider.exited()).toEqual({ code: 0, signal: null });
  expect(namesOf(provider).at(-1)).toBe('closed');
});

test.each([
  [[], 2_000],
  [['--leave-within=300ms'], 300],
])('close with %j: a consumer that does not leave is waited for %d ms', async (args, waitMs) => {
  const { provider, port } = await startReadyProvider(...args);
  const consumer = await consumeFrom(port);
  await provider.next('accepted');
  const toldMs = monotonicMs();
  provider.send({ command: 'close' });
  await consumer.next('goaway');
  expect(await provider.exited()).toEqual({ code: 0, signal: null });
  const waitedMs = (await provider.next('closed')).monotonicMs - toldMs;
  expect(waitedMs).toBeGreaterThanOrEqual(waitMs - 2);
  expect(waitedMs).toBeLessThan(waitMs + 1_500);
  expect(namesOf(provider)).toEqual(['listening', 'accepted', 'closed']);
});

test.each([
  ['the end of standard input', (provider: RpcProvider) => provider.endInput()],
  ['SIGTERM', (provider: RpcProvider) => provider.child.kill('SIGTERM')],
  ['SIGINT', (provider: RpcProvider) => provider.child.kill('SIGINT')],
])('%s closes it', async (_how, end) => {
  const { provider } = await startReadyProvider();
  end(provider);
  expect(await provider.exited()).toEqual({ code: 0, signal: null });
  expect(namesOf(provider)).toEqual(['listening', 'closed']);
});

test('a port that is taken is told, with exit code 4', async () => {
  const { port } = await startReadyProvider();
  const second = startProvider(`--port=${port}`);
  expect(await second.next('failed')).toMatchObject({ code: 'EADDRINUSE' });
  expect(await second.exited()).toEqual({ code: 4, signal: null });
});

test('ends when nobody reads its events any more', async () => {
  const { provider, port } = await startReadyProvider();
  provider.child.stdout?.destroy();
  const consumer = await consumeFrom(port);
  consumer.socket.write(encodeFrame({ kind: 'request', request: 1 }));
  expect(await provider.exited()).toEqual({ code: 4, signal: null });
});

test('a line that is no command ends it with exit code 2', async () => {
  const { provider } = await startReadyProvider();
  provider.child.stdin?.write('{"command":"pause"}\n');
  expect((await provider.next('failed')).message).toContain('{"command":"pause"}');
  expect(await provider.exited()).toEqual({ code: 2, signal: null });
});
