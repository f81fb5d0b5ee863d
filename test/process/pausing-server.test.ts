import { expect, test } from 'vitest';
import { runToEnd, startServerProgram, toldOf, untilTold } from '../helpers/incident-programs.ts';
import { listenerRow } from '../helpers/kernel-sockets.ts';
import { lineClient } from '../helpers/line-client.ts';

const PROGRAM = 'servers/pausing-server.js';

const start = async (...args: readonly string[]) => {
  const server = startServerProgram('pausing-server', args);
  const listening = await server.next('listening');
  return { server, listening, port: listening.port };
};

test('explains itself', () => {
  const { status, stdout } = runToEnd(PROGRAM, '--help');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Answers one-line requests.*--pause TIME.*--backlog N.*Examples:/s);
});

test.each([
  [['--pause', 'long'], /^USAGE .*--pause "long" is not a time.*\n {2}Remedy: /],
  [['--pause', '2s'], /^USAGE .*leaves no time to work.*\n {2}Remedy: /],
  [['--backlog', '0'], /^USAGE .*--backlog "0".*\n {2}Remedy: /],
])('refuses %j with a remedy and exit code 2', (args, message) => {
  const { status, stderr, stdout } = runToEnd(PROGRAM, ...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(message);
});

test('answers each request of a connection, and closes after the client', async () => {
  const { server, listening, port } = await start('--backlog', '9');
  expect(listening).toMatchObject({ backlog: 9, acceptQueueLimit: 9, address: '127.0.0.1' });
  const client = await lineClient(port);
  client.say('request 7\nreq');
  await client.hears('response 7\n');
  client.say('uest 8\n');
  await client.hears('response 7\nresponse 8\n');
  client.end();
  await client.isClosed();
  await untilTold(server, 'saw', 2);
  const peer = { remoteAddress: '127.0.0.1', remotePort: client.localPort };
  expect(server.events).toMatchObject([
    { event: 'listening' },
    { event: 'accepted', ...peer },
    { event: 'saw', request: 7, ...peer },
    { event: 'saw', request: 8, ...peer },
  ]);
});

test.each(['request\n', 'request 1e3\n', 'GET / HTTP/1.1\r\n', 'x'.repeat(2_000)])(
  'closes the connection that says %j',
  async (said) => {
    const { server, port } = await start();
    const client = await lineClient(port);
    client.say(said);
    await client.isClosed();
    expect(toldOf(server, 'saw')).toEqual([]);
  },
);

test('pauses again and again, and accepts nobody meanwhile', async () => {
  const { server, port } = await start('--pause', '300ms', '--pause-every', '400ms');
  const blocking = await server.next('blocking');
  expect(blocking).toMatchObject({ forMs: 300, why: 'a pause' });
  expect(toldOf(server, 'unblocked')).toEqual([]);
  const client = await lineClient(port);
  client.say('request 1\n');
  const unblocked = await server.next('unblocked');
  expect(unblocked.monotonicMs - blocking.monotonicMs).toBeGreaterThanOrEqual(300);
  const accepted = await server.next('accepted');
  expect(accepted.monotonicMs).toBeGreaterThan(unblocked.monotonicMs);
  await client.hears('response 1\n');
  const again = await server.next('blocking');
  expect(again.monotonicMs - blocking.monotonicMs).toBeGreaterThan(390);
});

test('pauses as often as it is told, and then serves on', async () => {
  const args = ['--pause', '40ms', '--pause-every', '80ms', '--pauses', '2'];
  const { server, port } = await start(...args);
  const client = await lineClient(port);
  await untilTold(server, 'unblocked', 2);
  const lastMs = toldOf(server, 'unblocked')[1]?.monotonicMs ?? Number.NaN;
  for (let request = 1; (server.events.at(-1)?.monotonicMs ?? 0) < lastMs + 300; request += 1) {
    client.say(`request ${request}\n`);
    await untilTold(server, 'saw', request);
  }
  expect(toldOf(server, 'blocking')).toHaveLength(2);
});

test('listens again with another backlog', async () => {
  const { server, port } = await start('--backlog', '8');
  server.send({ command: 'listen', backlog: 16 });
  expect(await server.next('listening-again')).toMatchObject({
    ...{ address: '127.0.0.1', port, backlog: 16, acceptQueueLimit: 16 },
  });
  expect(listenerRow(port)).toMatchObject({ state: 'LISTEN', acceptQueueLimit: 16 });
});

test.each(['{"command":"listen"}', '{"command":"listen","backlog":-1}', '{"command":"x"}', 'x'])(
  'ends with exit code 2 when it is told %s',
  async (line) => {
    const { server } = await start();
    server.child.stdin?.write(`${line}\n`);
    expect(await server.next('failed')).toMatchObject({ code: 'USAGE' });
    expect(await server.exited()).toEqual({ code: 2, signal: null });
  },
);

test.each(['close', 'end of input', 'SIGTERM'])('ends by %s', async (how) => {
  const { server, port } = await start('--pause', '20ms', '--pause-every', '50ms');
  const client = await lineClient(port);
  await server.next('accepted');
  if (how === 'close') server.send({ command: 'close' });
  else if (how === 'SIGTERM') server.child.kill('SIGTERM');
  else server.endInput();
  expect(await server.exited()).toEqual({ code: 0, signal: null });
  expect(server.events.at(-1)?.event).toBe('closed');
  await client.isClosed();
});

test('a port that is taken is a failure', async () => {
  const { port } = await start();
  const second = startServerProgram('pausing-server', ['--port', `${port}`]);
  expect(await second.next('failed')).toMatchObject({ code: 'EADDRINUSE' });
  expect(await second.exited()).toEqual({ code: 4, signal: null });
});

test('ends when nobody reads its events any more', async () => {
  const { server, port } = await start();
  server.child.stdout?.destroy();
  await lineClient(port);
  expect(await server.exited()).toEqual({ code: 4, signal: null });
});
