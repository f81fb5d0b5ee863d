import { expect, test } from 'vitest';
import {
  closedPort,
  type RunningClient,
  type RunningServer,
  runToEnd,
  startClientProgram,
  startOwnServer,
  startServerProgram,
  toldOf,
  untilTold,
} from '../helpers/incident-programs.ts';
import { stateOf } from '../helpers/kernel-sockets.ts';

const PROGRAM = 'clients/relay-senders.js';

const start = (port: number, ...args: readonly string[]): RunningClient =>
  startClientProgram('relay-senders', ['--host=127.0.0.1', `--port=${port}`, ...args]);

const startRelay = async (...args: readonly string[]) => {
  const relay = startServerProgram('relay', args);
  return { relay, port: (await relay.next('listening')).port };
};

/** A second relay on the port of the first, with an address of its own. */
const startTwoRelays = async (...argsOfFirst: readonly string[]) => {
  const { relay, port } = await startRelay(...argsOfFirst);
  const second = await startRelay('--host', '127.0.0.2', '--port', `${port}`);
  return { relays: [relay, second.relay], port };
};

const rest = async (senders: RunningClient): Promise<readonly number[]> => {
  senders.send({ command: 'rest' });
  await senders.next('resting');
  return toldOf(senders, 'sent-messages').map(({ messages }) => messages);
};

/** All the messages that a relay has counted. */
const report = async (relay: RunningServer): Promise<number> => {
  relay.send({ command: 'report' });
  await relay.next('reported');
  return toldOf(relay, 'messages').reduce((sum, { messages }) => sum + messages, 0);
};

test('explains itself', () => {
  const { status, stdout } = runToEnd(PROGRAM, '--help');
  expect(status).toBe(0);
  expect(stdout).toMatch(/--send-every TIME.*--reconnect-after TIME.*"sent-messages".*Examples:/s);
});

test.each([
  [['--host', '127.0.0.1,relay'], /^USAGE .*--host "relay" is not a numeric.*\n {2}Remedy: /],
  [['--host', '127.0.0.1'], /^USAGE .*--port is missing.*\n {2}Remedy: /],
])('refuses %j with a remedy and exit code 2', (args, message) => {
  const { status, stderr, stdout } = runToEnd(PROGRAM, ...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(message);
});

test('spreads messages evenly, and holds its connections when it rests', async () => {
  const { relays, port } = await startTwoRelays();
  const hosts = '--host=127.0.0.1,127.0.0.2';
  const senders = start(port, hosts, '--clients=3', '--send-every=20ms', '--wave=senders');
  for (const relay of relays) await untilTold(relay, 'messages', 2);
  const sent = await rest(senders);
  const [first = 0, second = 0] = sent;
  expect(first).toBeGreaterThan(5);
  expect(Math.abs(first - second)).toBeLessThanOrEqual(3);
  expect(await Promise.all(relays.map(report))).toEqual(sent);
  expect(toldOf(senders, 'attempt').map(({ client, wave }) => [client, wave])).toEqual([
    [1, 'relay 0'],
    [2, 'relay 1'],
    [3, 'relay 0'],
    [4, 'relay 1'],
    [5, 'relay 0'],
    [6, 'relay 1'],
  ]);
  const ports = toldOf(senders, 'connected').map(({ localPort }) => localPort);
  expect(ports.map((local) => stateOf(local, port))).toEqual(ports.map(() => '01'));
  expect(toldOf(senders, 'sent-messages')[1]).toMatchObject({ relay: 1, wave: 'senders' });
  const bytes = toldOf(senders, 'sent').reduce((sum, told) => sum + told.bytes, 0);
  expect(bytes).toBe((first + second) * 'message\n'.length);
  senders.endInput();
  expect(await senders.exited()).toEqual({ code: 0, signal: null });
  expect(toldOf(senders, 'sent')).toHaveLength(ports.length);
  expect(toldOf(senders, 'sent-messages').map(({ messages }) => messages)).toEqual([
    ...sent,
    ...sent,
  ]);
});

test('reconnects to a relay that is over its cap, and sends the others more', async () => {
  const { relays, port } = await startTwoRelays('--cap', '1');
  const hosts = '--host=127.0.0.1,127.0.0.2';
  const senders = start(port, hosts, '--clients=3', '--send-every=20ms', '--reconnect-after=100ms');
  await untilTold(senders, 'closed-by-server', 6);
  const [toCapped = 0, toOther = 0] = await rest(senders);
  expect(toOther).toBeGreaterThan(toCapped);
  const again = toldOf(senders, 'attempt').filter(({ reconnects }) => reconnects !== undefined);
  expect(again.length).toBeGreaterThanOrEqual(4);
  expect(new Set(again.map(({ wave }) => wave))).toEqual(new Set(['relay 0']));
  const ended = [...toldOf(senders, 'closed-by-server'), ...toldOf(senders, 'reset')];
  const [capped] = relays;
  const cameTo = capped && (await report(capped));
  expect(cameTo).toBeLessThanOrEqual(toCapped);
  expect(capped && toldOf(capped, 'accepted')).toHaveLength(1);
  // Whoever was closed at once is known to be: nobody of them still seems to be connected.
  expect(capped && toldOf(capped, 'dropped')).toHaveLength(ended.length);
  expect(toldOf(senders, 'connected')).toHaveLength(4 + ended.length);
  const endOf = new Map(ended.map(({ client, monotonicMs }) => [client, monotonicMs]));
  for (const { reconnects = 0, monotonicMs } of again) {
    expect(monotonicMs - (endOf.get(reconnects) ?? Number.NaN)).toBeGreaterThan(98);
  }
});

test('a relay that is not there gets nothing and is tried again', async () => {
  const senders = start(await closedPort(), '--clients=1', '--reconnect-after=50ms');
  await untilTold(senders, 'refused', 3);
  expect(await rest(senders)).toEqual([0]);
  expect(toldOf(senders, 'attempt').slice(0, 3)).toMatchObject([
    { client: 1 },
    { client: 2, reconnects: 1 },
    { client: 3, reconnects: 2 },
  ]);
});

test('begins nothing any more when it rests', async () => {
  const { port, sockets } = await startOwnServer((socket) => socket.resume());
  const senders = start(port, '--clients=2', '--send-every=20ms', '--reconnect-after=20ms');
  await senders.next('connected');
  const { monotonicMs } = await senders.next('connected');
  const sent = await rest(senders);
  // A relay over its cap closes right after the handshake: that must not come after the rest.
  const restingMs = toldOf(senders, 'resting')[0]?.monotonicMs ?? Number.NaN;
  expect(restingMs - monotonicMs).toBeGreaterThanOrEqual(1_000);
  for (const socket of sockets) socket.end();
  await untilTold(senders, 'closed-by-server', 2);
  senders.endInput();
  expect(await senders.exited()).toEqual({ code: 0, signal: null });
  expect(toldOf(senders, 'attempt')).toHaveLength(2);
  expect(toldOf(senders, 'sent-messages').map(({ messages }) => messages)).toEqual([
    ...sent,
    ...sent,
  ]);
});

test('rests only when an attempt has its outcome', async () => {
  const unreachable = startServerProgram('relay', ['--backlog', '1']);
  const { port } = await unreachable.next('listening');
  unreachable.child.kill('SIGSTOP');
  const senders = start(port, '--clients=4', '--connect-timeout=400ms');
  await untilTold(senders, 'connected', 2);
  await rest(senders);
  expect(toldOf(senders, 'timed-out')).toHaveLength(2);
  expect(toldOf(senders, 'attempt')).toHaveLength(4);
});

test.each(['release', 'SIGTERM'])('ends by %s, and says what it has sent', async (how) => {
  const { port } = await startRelay();
  const senders = start(port, '--clients=2');
  await untilTold(senders, 'connected', 2);
  if (how === 'release') senders.send({ command: 'release' });
  else senders.child.kill('SIGTERM');
  expect(await senders.exited()).toEqual({ code: 0, signal: null });
  expect(toldOf(senders, 'sent-messages')).toHaveLength(1);
});

test('ends when nobody reads its events any more', async () => {
  const senders = start(await closedPort(), '--clients=1', '--reconnect-after=20ms');
  await senders.next('refused');
  senders.child.stdout?.destroy();
  expect(await senders.exited()).toEqual({ code: 4, signal: null });
});
