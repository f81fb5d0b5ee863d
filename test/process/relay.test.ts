import { expect, test } from 'vitest';
import {
  type RunningServer,
  runToEnd,
  startServerProgram,
  toldOf,
} from '../helpers/incident-programs.ts';
import { lineClient } from '../helpers/line-client.ts';
import { waitUntil } from '../helpers/wait-until.ts';

const PROGRAM = 'servers/relay.js';

const start = async (...args: readonly string[]) => {
  const relay = startServerProgram('relay', args);
  return { relay, port: (await relay.next('listening')).port };
};

const messagesOf = (relay: RunningServer): number =>
  toldOf(relay, 'messages').reduce((sum, { messages }) => sum + messages, 0);

const counted = (relay: RunningServer, messages: number) =>
  waitUntil(`${messages} messages`, () => (messagesOf(relay) === messages ? true : undefined), {
    seen: () => `${messagesOf(relay)}`,
  });

test('explains itself', () => {
  const { status, stdout } = runToEnd(PROGRAM, '--help');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Takes messages.*--cap N\|none.*"report".*Examples:/s);
});

test.each([
  [['--cap', '0'], /^USAGE .*--cap "0" is not a whole number from 1.*\n {2}Remedy: /],
  [['--host', 'localhost'], /^USAGE .*"localhost" is not a numeric address.*\n {2}Remedy: /],
])('refuses %j with a remedy and exit code 2', (args, message) => {
  const { status, stderr } = runToEnd(PROGRAM, ...args);
  expect(status).toBe(2);
  expect(stderr).toMatch(message);
});

test('counts messages of all senders, in whatever pieces they come', async () => {
  const { relay, port } = await start();
  const senders = [await lineClient(port), await lineClient(port)];
  expect(toldOf(relay, 'messages')).toEqual([]);
  for (const { say } of senders) say('message\nmessage\nmess');
  await counted(relay, 4);
  for (const { say } of senders) say('age\n');
  await counted(relay, 6);
  expect(toldOf(relay, 'accepted').map(({ remotePort }) => remotePort)).toEqual(
    senders.map(({ localPort }) => localPort),
  );
});

test('tells no more than every 100 ms', async () => {
  const { relay, port } = await start();
  const sender = await lineClient(port);
  const chatter = setInterval(() => sender.say('message\n'), 5);
  await relay.next('messages');
  await relay.next('messages');
  await relay.next('messages');
  clearInterval(chatter);
  const [first = 0, second = 0, third = 0] = toldOf(relay, 'messages').map((e) => e.monotonicMs);
  expect(second - first).toBeGreaterThan(98);
  expect(third - second).toBeGreaterThan(98);
});

test('accepts what is above its cap and closes it at once, until there is room', async () => {
  const { relay, port } = await start('--cap', '2');
  const kept = [await lineClient(port), await lineClient(port)];
  const tooMany = await lineClient(port);
  await tooMany.isClosed();
  expect(await relay.next('dropped')).toMatchObject({
    remoteAddress: '127.0.0.1',
    remotePort: tooMany.localPort,
  });
  kept[0]?.end();
  await kept[0]?.isClosed();
  const later = await lineClient(port);
  later.say('message\n');
  await counted(relay, 1);
  expect(toldOf(relay, 'accepted')).toHaveLength(3);
  expect(toldOf(relay, 'dropped')).toHaveLength(1);
});

test('reports at once, even that there is nothing', async () => {
  const { relay } = await start();
  relay.send({ command: 'report' });
  await relay.next('reported');
  expect(toldOf(relay, 'messages')).toMatchObject([{ messages: 0 }]);
});

test.each(['close', 'end of input'])('ends by %s, with its last messages', async (how) => {
  const { relay, port } = await start();
  const sender = await lineClient(port);
  await relay.next('accepted');
  sender.say('message\n');
  await counted(relay, 1);
  await lineClient(port);
  await relay.next('accepted');
  if (how === 'close') relay.send({ command: 'close' });
  else relay.endInput();
  expect(await relay.exited()).toEqual({ code: 0, signal: null });
  expect(relay.events.slice(-3).map(({ event }) => event)).toEqual([
    'accepted',
    'messages',
    'closed',
  ]);
  await sender.isClosed();
});

test('a line that is no command ends it with exit code 2', async () => {
  const { relay } = await start();
  relay.child.stdin?.write('{"command":"rest"}\n');
  expect(await relay.next('failed')).toMatchObject({ code: 'USAGE' });
  expect(await relay.exited()).toEqual({ code: 2, signal: null });
});

test('ends when nobody reads its events any more', async () => {
  const { relay, port } = await start();
  relay.child.stdout?.destroy();
  await lineClient(port);
  expect(await relay.exited()).toEqual({ code: 4, signal: null });
});
