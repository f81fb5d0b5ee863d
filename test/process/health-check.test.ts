import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type {
  ClientApplicationEvent,
  ClientProgramCommand,
} from '../../harness/domain/application.ts';
import type { ServerCommand, ServerEvent, SwarmEvent } from '../../harness/domain/wire.ts';
import { startProgram } from '../helpers/program.ts';

type CheckEvent = SwarmEvent | ClientApplicationEvent;

const startCheck = (port: number, ...args: string[]) =>
  startProgram<ClientProgramCommand, CheckEvent>('clients/health-check.ts', [
    '--host',
    '127.0.0.1',
    '--port',
    `${port}`,
    ...args,
  ]);

type Check = ReturnType<typeof startCheck>;

const startServer = async (...args: string[]) => {
  const server = startProgram<ServerCommand, ServerEvent>('servers/never-accepts.ts', args);
  return { server, port: (await server.next('listening')).port };
};

/** A server that accepts, as a load balancer expects it. */
const startOpenServer = async () => {
  const started = await startServer();
  started.server.send({ command: 'accept' });
  await started.server.next('accepting');
  return started;
};

const connectTo = async (port: number): Promise<void> => {
  const socket = connect({ host: '127.0.0.1', port, autoSelectFamily: false });
  onTestFinished(() => {
    socket.destroy();
  });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
};

const closedPort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
};

const namesOf = (check: Check, client: number) =>
  check.events.flatMap((event) =>
    'client' in event && event.client === client ? [event.event] : [],
  );

/** The next `count` checks, as [healthy, up]. */
const nextChecks = async (check: Check, count: number) => {
  const seen: [boolean, boolean][] = [];
  while (seen.length < count) {
    const { healthy, up } = await check.next('health');
    seen.push([healthy, up]);
  }
  return seen;
};

test('--help says how to use it', () => {
  const help = execFileSync(process.execPath, ['dist/clients/health-check.js', '--help'], {
    encoding: 'utf8',
  });
  expect(help).toContain('--connect-timeout is the timeout of the check; here its default is 1s');
  expect(help).toContain('Examples:\n  node dist/clients/health-check.js --host 127.0.0.1');
});

test('connects, closes at once, and calls the server healthy', async () => {
  const { server, port } = await startOpenServer();
  const check = startCheck(port, '--every', '60ms', '--first', '5', '--wave', 'balancer');
  expect(await nextChecks(check, 3)).toEqual([
    [true, true],
    [true, true],
    [true, true],
  ]);
  expect(await check.next('attempt')).toMatchObject({ client: 5, wave: 'balancer' });
  expect(namesOf(check, 6)).toEqual(['attempt', 'connected', 'health', 'closed-by-client']);
  const ports = check.events.flatMap((event) =>
    event.event === 'connected' ? [event.localPort] : [],
  );
  expect(await server.next('accepted')).toMatchObject({ remotePort: ports[0] });
  expect(await server.next('accepted')).toMatchObject({ remotePort: ports[1] });
});

test('not more than one check a period', async () => {
  const { port } = await startOpenServer();
  const check = startCheck(port, '--every', '80ms');
  await nextChecks(check, 6);
  const times = check.events.flatMap((event) =>
    event.event === 'attempt' ? [event.monotonicMs] : [],
  );
  // The first interval begins while the program is being loaded.
  expect((times[5] ?? 0) - (times[1] ?? 0)).toBeGreaterThan(3.5 * 80);
});

test('refused: DOWN at the third failed check, or at the one that --fall says', async () => {
  const port = await closedPort();
  const check = startCheck(port, '--every', '40ms');
  expect(await nextChecks(check, 4)).toEqual([
    [false, true],
    [false, true],
    [false, false],
    [false, false],
  ]);
  expect(namesOf(check, 1)).toEqual(['attempt', 'refused', 'health']);
  expect(await nextChecks(startCheck(port, '--fall', '1'), 1)).toEqual([[false, false]]);
});

test('a full queue: its timer, checks side by side, and UP again when it is drained', async () => {
  const { server, port } = await startServer('--backlog', '1');
  await connectTo(port);
  await connectTo(port);
  const args = ['--every', '50ms', '--connect-timeout', '180ms', '--fall', '2', '--rise', '2'];
  const check = startCheck(port, ...args);
  expect(await nextChecks(check, 3)).toEqual([
    [false, true],
    [false, false],
    [false, false],
  ]);
  // The next one does not wait for the one before.
  expect(check.events.slice(0, 3).map(({ event }) => event)).toEqual([
    'attempt',
    'attempt',
    'attempt',
  ]);
  const [first] = check.events;
  const timedOut = await check.next('timed-out');
  expect(timedOut).toMatchObject({ client: 1, by: 'own-timer' });
  expect(timedOut.monotonicMs - (first?.monotonicMs ?? 0)).toBeGreaterThanOrEqual(180);

  server.send({ command: 'accept' });
  const seen: [boolean, boolean][] = [];
  while (seen.at(-1)?.[1] !== true) seen.push(...(await nextChecks(check, 1)));
  expect(seen.slice(-2)).toEqual([
    [true, false],
    [true, true],
  ]);
});

test('rests: the check under way has its outcome, and there is no other', async () => {
  const { port } = await startServer('--backlog', '1');
  await connectTo(port);
  await connectTo(port);
  const check = startCheck(port, '--every', '40ms', '--connect-timeout', '150ms');
  await check.next('attempt');
  check.send({ command: 'rest' });
  await check.next('resting');
  const resting = check.events.length;
  const names = check.events.map(({ event }) => event);
  expect(names.filter((name) => name === 'health')).toHaveLength(
    names.filter((name) => name === 'attempt').length,
  );
  expect(names.at(-1)).toBe('resting');

  // Another of the same period tells how time goes by.
  await nextChecks(startCheck(port, '--every', '40ms', '--connect-timeout', '40ms'), 4);
  expect(check.events).toHaveLength(resting);
});

test.each([
  ['release', (check: Check) => check.send({ command: 'release' })],
  ['the end of standard input', (check: Check) => check.endInput()],
  ['SIGTERM', (check: Check) => check.child.kill('SIGTERM')],
])('%s ends it, with an outcome for the check under way', async (_how, end) => {
  const { port } = await startServer('--backlog', '1');
  await connectTo(port);
  await connectTo(port);
  const check = startCheck(port, '--connect-timeout', '30s');
  await check.next('attempt');
  end(check);
  expect(await check.exited()).toEqual({ code: 0, signal: null });
  expect(check.events.map(({ event }) => event)).toEqual([
    'attempt',
    'failed',
    'health',
    'released',
  ]);
  expect(check.stderr()).toBe('');
});

test('ends when nobody reads its events any more', async () => {
  const { port } = await startOpenServer();
  const check = startCheck(port, '--every', '40ms');
  await check.next('health');
  check.child.stdout?.destroy();
  expect(await check.exited()).toEqual({ code: 4, signal: null });
});

test.each([
  ['--every 0', /^USAGE .*"0" is not a time.*\n {2}Remedy: /],
  ['--rise 0', /^USAGE .*--rise "0".*\n {2}Remedy: /],
  ['--fall x', /^USAGE .*--fall "x".*\n {2}Remedy: /],
  ['--timeout 1s', /^USAGE .*--timeout.*\n {2}Remedy: /],
])('refuses %s with a remedy and exit code 2', async (args, message) => {
  const check = startCheck(9, ...args.split(' '));
  expect(await check.exited()).toEqual({ code: 2, signal: null });
  expect(check.stderr()).toMatch(message);
  expect(check.events).toEqual([]);
});

test('a line that is no command ends it with exit code 2', async () => {
  const { port } = await startOpenServer();
  const check = startCheck(port);
  await check.next('health');
  check.child.stdin?.write('{"command":"stop"}\n');
  expect(await check.next('failed')).toMatchObject({ code: 'USAGE' });
  expect(await check.exited()).toEqual({ code: 2, signal: null });
});
