/** How the consumers leave a provider that ends, how they come to rest, and how they end. */
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { stateOf } from '../helpers/kernel-sockets.ts';
import {
  eventsOf,
  listenForConsumers,
  numbersOf,
  ONE,
  type RpcConsumers,
  startConsumers,
  startProvider,
  startReadyProvider,
} from '../helpers/rpc-talk.ts';

test('goaway: finishes first, closes its side before the provider does, connects at once', async () => {
  const { port, end } = await listenForConsumers();
  const consumers = startConsumers(port, ...ONE, '--request-every=400ms');
  const provider = await end(0);
  await provider.next('request');
  provider.send({ kind: 'goaway' });
  // Nothing new on this channel, whose first request is still under way.
  await consumers.next('request');
  expect(await consumers.next('request-ended')).toMatchObject({ request: 2, outcome: 'not-sent' });
  expect(eventsOf(consumers, 'closed-by-client')).toEqual([]);
  provider.send({ kind: 'response', request: 1 });
  await once(provider.socket, 'end');
  expect(provider.frames).toEqual([{ kind: 'request', request: 1 }]);
  expect(await consumers.next('closed-by-client')).toMatchObject({ client: 1 });
  expect(await consumers.next('channel-replaced')).toMatchObject({ closed: 1, created: 2 });
  const ends = eventsOf(consumers, 'request-ended').filter(({ request }) => request === 1);
  expect(ends).toMatchObject([{ outcome: 'answered', client: 1 }]);
});

test('a restart: nothing is lost, one attempt at once, and the check finds the new provider', async () => {
  const { provider, port } = await startReadyProvider();
  const consumers = startConsumers(
    port,
    '--clients=30',
    '--request-every=100ms',
    '--check-every=500ms',
  );
  for (let answered = 0; answered < 30; answered += 1) await consumers.next('request-ended');
  provider.send({ command: 'close' });
  const second = provider.exited().then(() => startProvider(`--port=${port}`, '--backlog=128'));
  expect(await second.then((each) => each.next('listening'))).toMatchObject({ backlog: 128 });
  for (let replaced = 0; replaced < 30; replaced += 1) await consumers.next('channel-replaced');
  consumers.send({ command: 'rest' });
  await consumers.next('resting');
  const outcomes = new Set(eventsOf(consumers, 'request-ended').map(({ outcome }) => outcome));
  expect([...outcomes].filter((outcome) => outcome !== 'not-sent')).toEqual(['answered']);
  expect(eventsOf(consumers, 'closed-by-client')).toHaveLength(30);
  expect(eventsOf(consumers, 'closed-by-server')).toEqual([]);
  expect(eventsOf(consumers, 'reset')).toEqual([]);
  const closed = eventsOf(consumers, 'channel-replaced').map((each) => each.closed);
  expect(closed.sort((left, right) => left - right)).toEqual(
    Array.from({ length: 30 }, (_, index) => index + 1),
  );
  expect(numbersOf(eventsOf(consumers, 'request-ended'))).toEqual(
    numbersOf(eventsOf(consumers, 'request')),
  );
});

test('a channel on which nothing is written writes heartbeats', async () => {
  const { port, end } = await listenForConsumers();
  startConsumers(port, ...ONE, '--heartbeat-every=60ms');
  const provider = await end(0);
  await provider.next('heartbeat');
  await provider.next('heartbeat');
  expect(provider.frames).toHaveLength(2);
});

test('requests are heartbeats enough', async () => {
  const { port, end } = await listenForConsumers();
  startConsumers(port, ...ONE, '--request-every=50ms', '--heartbeat-every=1s');
  const provider = await end(0);
  for (let sent = 0; sent < 26; sent += 1) await provider.next('request');
  expect(provider.frames.filter(({ kind }) => kind === 'heartbeat')).toEqual([]);
});

test('rest: what is under way ends first; then nothing is sent, and connections are held', async () => {
  const { port, end } = await listenForConsumers();
  const timers = ['--request-every=100ms', '--heartbeat-every=30ms', '--check-every=40ms'];
  const consumers = startConsumers(port, ...ONE, ...timers);
  const { localPort } = await consumers.next('connected');
  const provider = await end(0);
  await provider.next('request');
  consumers.send({ command: 'rest' });
  // Time in which a `resting` that is too early would come.
  await pause(150);
  expect(eventsOf(consumers, 'resting')).toEqual([]);
  for (const { request } of eventsOf(consumers, 'request')) {
    provider.send({ kind: 'response', request });
  }
  await consumers.next('resting');
  const sent = provider.frames.length;
  // Time in which a further request or a heartbeat would come.
  await pause(250);
  expect(provider.frames).toHaveLength(sent);
  expect(stateOf(localPort, port)).toBe('01');
  provider.socket.resetAndDestroy();
  await consumers.next('reset');
  // Time in which a check would connect again.
  await pause(100);
  expect(eventsOf(consumers, 'attempt')).toHaveLength(1);
});

test('rest: an attempt without outcome is waited for', async () => {
  const { provider, port } = await startReadyProvider('--backlog=1', '--startup-work=60s');
  await provider.next('blocking');
  const consumers = startConsumers(port, '--clients=3', '--connect-timeout=400ms');
  await consumers.next('connected');
  await consumers.next('connected');
  consumers.send({ command: 'rest' });
  await consumers.next('resting');
  const names = consumers.events.map(({ event }) => event);
  expect(names.indexOf('timed-out')).toBeGreaterThan(0);
  expect(names.indexOf('timed-out')).toBeLessThan(names.indexOf('resting'));
});

test.each([
  ['the end of standard input', (consumers: RpcConsumers) => consumers.endInput()],
  ['release', (consumers: RpcConsumers) => consumers.send({ command: 'release' })],
  ['SIGTERM', (consumers: RpcConsumers) => consumers.child.kill('SIGTERM')],
  ['SIGINT', (consumers: RpcConsumers) => consumers.child.kill('SIGINT')],
])('%s closes every connection, and what is under way is lost', async (_how, letGo) => {
  const { port, end } = await listenForConsumers();
  const consumers = startConsumers(port, ...ONE, '--request-every=400ms');
  const provider = await end(0);
  await provider.next('request');
  letGo(consumers);
  await once(provider.socket, 'end');
  expect(await consumers.exited()).toEqual({ code: 0, signal: null });
  const names = consumers.events.map(({ event }) => event);
  expect(names.slice(-3)).toEqual(['closed-by-client', 'request-ended', 'released']);
  expect(await consumers.next('request-ended')).toMatchObject({ outcome: 'connection-lost' });
  expect(eventsOf(consumers, 'attempt')).toHaveLength(1);
});

test('ends when nobody reads its events any more', async () => {
  const { port } = await listenForConsumers();
  const consumers = startConsumers(port, ...ONE, '--request-every=50ms');
  await consumers.next('connected');
  consumers.child.stdout?.destroy();
  expect(await consumers.exited()).toEqual({ code: 4, signal: null });
});

test('a line that is no command ends it with exit code 2', async () => {
  const { port } = await listenForConsumers();
  const consumers = startConsumers(port, ...ONE);
  await consumers.next('connected');
  consumers.child.stdin?.write('{"command":"connect"}\n');
  expect(await consumers.exited()).toEqual({ code: 2, signal: null });
  expect(consumers.events.at(-1)).toMatchObject({ event: 'failed', code: 'USAGE' });
});
