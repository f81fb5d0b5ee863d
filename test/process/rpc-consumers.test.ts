import { once } from 'node:events';
import { expect, test } from 'vitest';
import type { ServerCommand, ServerEvent } from '../../harness/domain/wire.ts';
import { stateOf } from '../helpers/kernel-sockets.ts';
import { startProgram } from '../helpers/program.ts';
import {
  eventsOf,
  listenForConsumers,
  numbersOf,
  ONE,
  startConsumers,
  startReadyProvider,
} from '../helpers/rpc-talk.ts';
import { waitUntil } from '../helpers/wait-until.ts';

/** A listener whose queue takes `backlog` + 1 connections, which nobody ever reads. */
const startFullListener = async (backlog: number): Promise<number> => {
  const server = startProgram<ServerCommand, ServerEvent>('servers/never-accepts.ts', [
    `--backlog=${backlog}`,
  ]);
  return (await server.next('listening')).port;
};

/** A port that nobody listens on. */
const closedPort = async (): Promise<number> => {
  const { server, port } = await listenForConsumers();
  server.close();
  await once(server, 'close');
  return port;
};

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

test('--help tells its options, with examples', async () => {
  const shown = startProgram(
    'clients/rpc-consumers.ts',
    ['--help'],
    ['sh', '-c', '"$@" >&2', 'sh'],
  );
  expect(await shown.exited()).toEqual({ code: 0, signal: null });
  expect(shown.stderr()).toMatch(/--check-every TIME[\s\S]*Examples:\n {2}node dist\/clients/);
});

test.each([
  [[], /^USAGE .*--clients is missing.*\n {2}Remedy: /],
  [['--clients=0'], /^USAGE .*--clients "0".*\n {2}Remedy: /],
  [['--clients=1', '--check-every=0'], /^USAGE .*--check-every "0".*\n {2}Remedy: /],
  [['--clients=1', '--chekc-every=1s'], /^USAGE .*--chekc-every.*\n {2}Remedy: /],
])('refuses %j with a remedy and exit code 2', async (args, message) => {
  const consumers = startConsumers(9, ...args);
  expect(await consumers.exited()).toEqual({ code: 2, signal: null });
  expect(consumers.stderr()).toMatch(message);
  expect(consumers.events).toEqual([]);
});

test('every request is seen by the provider and answered, each under its own number', async () => {
  const { provider, port } = await startReadyProvider();
  const consumers = startConsumers(port, '--clients=20', '--request-every=200ms', '--wave=first');
  await waitUntil('60 answers', () => eventsOf(consumers, 'request-ended')[59]);
  consumers.send({ command: 'rest' });
  await consumers.next('resting');
  const requests = eventsOf(consumers, 'request');
  const ended = eventsOf(consumers, 'request-ended');
  expect(requests[0]).toMatchObject({ wave: 'first', client: expect.any(Number) });
  expect(new Set(ended.map(({ outcome }) => outcome))).toEqual(new Set(['answered']));
  expect(numbersOf(requests)).toEqual(upTo(requests.length));
  expect(numbersOf(ended)).toEqual(upTo(requests.length));
  // The provider writes its log after its responses: an answer may be read before its `saw`.
  for (const _ of requests) await provider.next('saw');
  const seen = provider.events.flatMap((event) => (event.event === 'saw' ? [event] : []));
  expect(numbersOf(seen)).toEqual(upTo(requests.length));
  expect(new Set(requests.map(({ client }) => client))).toEqual(new Set(upTo(20)));
});

test('requests are spread evenly: each consumer in its turn, once a period', async () => {
  const { port } = await startReadyProvider();
  const consumers = startConsumers(port, '--clients=4', '--request-every=400ms');
  await waitUntil('9 requests', () => eventsOf(consumers, 'request')[8]);
  const requests = eventsOf(consumers, 'request').slice(0, 9);
  // The first of them to be connected at its turn begins; from then on nobody is left out.
  const first = requests[0]?.client ?? 0;
  expect(requests.map(({ client }) => client)).toEqual(
    requests.map((_, index) => ((first - 1 + index) % 4) + 1),
  );
  const { monotonicMs: startedMs } = await consumers.next('attempt');
  expect((requests[8]?.monotonicMs ?? 0) - startedMs).toBeGreaterThan(750);
});

test('a thousand consumers connect and are answered', async () => {
  const { provider, port } = await startReadyProvider('--backlog=4096');
  const consumers = startConsumers(port, '--clients=1000', '--request-every=500ms');
  await waitUntil('1000 answers', () => eventsOf(consumers, 'request-ended')[999]);
  consumers.endInput();
  expect(await consumers.exited()).toEqual({ code: 0, signal: null });
  expect(eventsOf(consumers, 'closed-by-client')).toHaveLength(1_000);
  for (let accepted = 0; accepted < 1_000; accepted += 1) await provider.next('accepted');
});

test('written, and nobody reads it: read-timed-out, never early, and the channel stays', async () => {
  const port = await startFullListener(1);
  const consumers = startConsumers(
    port,
    ...ONE,
    '--request-every=100ms',
    '--request-timeout=150ms',
  );
  const ended = await consumers.next('request-ended');
  const started = await consumers.next('request');
  expect(ended).toMatchObject({ request: 1, outcome: 'read-timed-out', client: 1 });
  expect(ended.monotonicMs - started.monotonicMs).toBeGreaterThanOrEqual(150);
  const { localPort } = await consumers.next('connected');
  expect(stateOf(localPort, port)).toBe('01');
  expect(eventsOf(consumers, 'attempt')).toHaveLength(1);
});

test('a response that comes too late changes nothing: the channel serves from the next on', async () => {
  const { port, end } = await listenForConsumers();
  const consumers = startConsumers(
    port,
    ...ONE,
    '--request-every=500ms',
    '--request-timeout=400ms',
  );
  const provider = await end(0);
  expect(await provider.next('request')).toEqual({ kind: 'request', request: 1 });
  expect(await consumers.next('request-ended')).toMatchObject({ outcome: 'read-timed-out' });
  provider.send({ kind: 'response', request: 1 });
  await provider.next('request');
  provider.send({ kind: 'response', request: 2 });
  expect(await consumers.next('request-ended')).toMatchObject({ request: 2, outcome: 'answered' });
  expect(numbersOf(eventsOf(consumers, 'request-ended'))).toEqual([1, 2]);
  expect(await consumers.next('channel-serves')).toMatchObject({ client: 1 });
  await provider.next('request');
  provider.send({ kind: 'response', request: 3 });
  expect(await consumers.next('request-ended')).toMatchObject({ request: 3, outcome: 'answered' });
  const told = consumers.events.map(({ event }) => event);
  expect(told.filter((event) => event.startsWith('channel') || event === 'request-ended')).toEqual([
    ...['request-ended', 'channel-serves', 'request-ended', 'request-ended'],
  ]);
});

test('reset under a request: it is lost with the code, and the channel is replaced at once', async () => {
  const { port, end } = await listenForConsumers();
  const consumers = startConsumers(port, ...ONE, '--request-every=100ms');
  const provider = await end(0);
  await provider.next('request');
  provider.socket.resetAndDestroy();
  expect(await consumers.next('request-ended')).toMatchObject({
    request: 1,
    outcome: 'connection-lost',
    client: 1,
    code: 'ECONNRESET',
  });
  expect(await consumers.next('reset')).toMatchObject({ client: 1, stage: 'after-data' });
  expect(await consumers.next('channel-replaced')).toMatchObject({
    closed: 1,
    created: 2,
    msg: 'close old channel 1, create new channel 2',
  });
  expect(eventsOf(consumers, 'attempt')).toMatchObject([
    { client: 1 },
    { client: 2, reconnects: 1 },
  ]);
});

test('closed by the server under a request: it is lost without a code', async () => {
  const { port, end } = await listenForConsumers();
  const consumers = startConsumers(port, ...ONE, '--request-every=100ms');
  const provider = await end(0);
  await provider.next('request');
  provider.socket.end();
  const lost = await consumers.next('request-ended');
  expect(lost).toMatchObject({ request: 1, outcome: 'connection-lost', client: 1 });
  expect(lost).not.toHaveProperty('code');
  await consumers.next('closed-by-server');
  expect(await consumers.next('channel-replaced')).toMatchObject({ closed: 1, created: 2 });
});

test('what is no frame costs the provider its connection', async () => {
  const { port, end } = await listenForConsumers();
  const consumers = startConsumers(port, ...ONE);
  const provider = await end(0);
  provider.socket.write('HTTP/1.1 400 Bad Request\r\n\r\n');
  expect(await consumers.next('failed')).toMatchObject({ stage: 'connected', code: 'BAD_FRAME' });
  expect(await consumers.next('channel-replaced')).toMatchObject({ closed: 1, created: 2 });
});

test('refused: requests are not sent, and each check makes one new attempt', async () => {
  const consumers = startConsumers(
    await closedPort(),
    ...ONE,
    '--check-every=200ms',
    '--request-every=50ms',
  );
  await consumers.next('refused');
  await consumers.next('refused');
  await consumers.next('refused');
  const attempts = eventsOf(consumers, 'attempt');
  expect(attempts).toMatchObject([
    { client: 1 },
    { client: 2, reconnects: 1 },
    { client: 3, reconnects: 2 },
  ]);
  expect((attempts[2]?.monotonicMs ?? 0) - (attempts[0]?.monotonicMs ?? 0)).toBeGreaterThan(300);
  const ended = await consumers.next('request-ended');
  expect(ended).toMatchObject({ request: 1, outcome: 'not-sent' });
  expect(ended).not.toHaveProperty('client');
  expect(eventsOf(consumers, 'channel-replaced')).toEqual([]);
});

test('no outcome yet: checks wait for it, and do not begin a second attempt', async () => {
  const port = await startFullListener(1);
  const consumers = startConsumers(
    port,
    '--clients=3',
    '--check-every=50ms',
    '--connect-timeout=300ms',
  );
  const timedOut = await consumers.next('timed-out');
  expect(timedOut).toMatchObject({ client: 3, by: 'own-timer' });
  const later = await waitUntil('the attempt of a check', () => eventsOf(consumers, 'attempt')[3]);
  expect(later).toMatchObject({ client: 4, reconnects: 3 });
  expect(later.monotonicMs).toBeGreaterThan(timedOut.monotonicMs);
});
