import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type {
  ConnectCommand,
  ServerCommand,
  ServerEvent,
  SwarmCommand,
  SwarmEvent,
} from '../../harness/domain/wire.ts';
import { stateOf } from '../helpers/kernel-sockets.ts';
import { type Program, startProgram } from '../helpers/program.ts';

type Swarm = Program<SwarmCommand, SwarmEvent>;

const startSwarm = (port: number, args: readonly string[] = [], prefix: readonly string[] = []) =>
  startProgram<SwarmCommand, SwarmEvent>(
    'clients/swarm.ts',
    ['--host', '127.0.0.1', '--port', String(port), ...args],
    prefix,
  );

/** A listener whose queue takes `backlog` + 1 connections and keeps them. */
const startFullListener = async (backlog: number): Promise<number> => {
  const server = startProgram<ServerCommand, ServerEvent>('servers/never-accepts.ts', [
    '--backlog',
    String(backlog),
  ]);
  return (await server.next('listening')).port;
};

const portOf = (server: Server): number => {
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('The server of the test does not listen on a port.');
  }
  return address.port;
};

/** An ordinary server in this process; `onConnection` is what it does to its clients. */
const startServer = async (onConnection: (socket: Socket) => void) => {
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) {
      socket.destroy();
    }
  });
  server.listen({ host: '127.0.0.1', port: 0, backlog: 511 });
  await once(server, 'listening');
  return { server, port: portOf(server), sockets };
};

const hold = (): void => undefined;

/** A port that nobody listens on. */
const closedPort = async (): Promise<number> => {
  const { server, port } = await startServer(hold);
  server.close();
  await once(server, 'close');
  return port;
};

const connectCommand = (change: Partial<ConnectCommand> = {}): ConnectCommand => ({
  command: 'connect',
  wave: 'first',
  firstClient: 1,
  clientStep: 1,
  clients: 1,
  arrivals: { kind: 'burst' },
  startDelayMs: 0,
  behaviour: { connectTimeoutMs: 5_000, readTimeoutMs: null, sendBytes: 0, keepAliveMs: null },
  ...change,
});

const eventsOf = <Name extends SwarmEvent['event']>(swarm: Swarm, name: Name) =>
  swarm.events.filter(
    (event): event is Extract<SwarmEvent, { readonly event: Name }> => event.event === name,
  );

/** In the order of their numbers: events of one instant come in any order. */
const clientsOf = (swarm: Swarm, name: 'attempt' | 'connected' | 'timed-out') =>
  eventsOf(swarm, name)
    .map(({ client }) => client)
    .sort((left, right) => left - right);

const attemptTimes = (swarm: Swarm): number[] =>
  eventsOf(swarm, 'attempt').map(({ monotonicMs }) => monotonicMs);

test('stand-alone: connects at once and holds until standard input ends', async () => {
  const { port } = await startServer(hold);
  const swarm = startSwarm(port, ['--clients', '4']);
  await swarm.next('wave-settled');
  const ports = eventsOf(swarm, 'connected').map(({ localPort }) => localPort);
  expect(clientsOf(swarm, 'connected')).toEqual([1, 2, 3, 4]);
  expect(ports.map((local) => stateOf(local, port))).toEqual(['01', '01', '01', '01']);
  expect(swarm.events.map(({ event }) => event).slice(0, 4)).toEqual([
    'attempt',
    'attempt',
    'attempt',
    'attempt',
  ]);
  swarm.endInput();
  expect(await swarm.exited()).toEqual({ code: 0, signal: null });
  expect(swarm.events.at(-1)?.event).toBe('released');
  expect(swarm.stderr()).toBe('');
});

test('stand-alone: an end of input before the outcomes does not hide them', async () => {
  const swarm = startSwarm(await startFullListener(1), ['--clients=3', '--connect-timeout=200']);
  swarm.endInput();
  expect(await swarm.exited()).toEqual({ code: 0, signal: null });
  expect(swarm.events.slice(-3).map(({ event }) => event)).toEqual([
    'timed-out',
    'wave-settled',
    'released',
  ]);
});

test('a full listener: the own timer ends the attempt, never early', async () => {
  const port = await startFullListener(1);
  const swarm = startSwarm(port, ['--clients=4', '--connect-timeout=300ms']);
  await swarm.next('wave-settled');
  expect(clientsOf(swarm, 'connected')).toEqual([1, 2]);
  expect(clientsOf(swarm, 'timed-out')).toEqual([3, 4]);
  const started = attemptTimes(swarm);
  for (const timedOut of eventsOf(swarm, 'timed-out')) {
    expect(timedOut).toMatchObject({ by: 'own-timer', localAddress: '127.0.0.1' });
    const afterMs = timedOut.monotonicMs - (started[timedOut.client - 1] ?? 0);
    expect(afterMs).toBeGreaterThanOrEqual(300);
    expect(timedOut.localPort).toBeGreaterThan(0);
    expect(stateOf(timedOut.localPort, port)).toBeUndefined();
  }
});

test('refused, with the port the client had', async () => {
  const swarm = startSwarm(await closedPort(), ['--clients', '2']);
  await swarm.next('wave-settled');
  const refused = eventsOf(swarm, 'refused');
  expect(refused.map(({ client }) => client)).toEqual([1, 2]);
  expect(refused[0]?.localPort).toBeGreaterThan(0);
});

test('reset before any data', async () => {
  const { server, port, sockets } = await startServer(hold);
  const accepted = once(server, 'connection');
  const swarm = startSwarm(port, ['--clients', '1']);
  // A RST that comes before the client's loop has looked is an ECONNRESET of connect(2) itself.
  const { localPort } = await swarm.next('connected');
  await accepted;
  sockets[0]?.resetAndDestroy();
  expect(await swarm.next('reset')).toMatchObject({ stage: 'before-data', client: 1, localPort });
});

test('reset after the client has sent', async () => {
  const { port } = await startServer((socket) => {
    socket.once('data', () => socket.resetAndDestroy());
  });
  const swarm = startSwarm(port, ['--clients', '1', '--send', '5']);
  expect(await swarm.next('sent')).toMatchObject({ client: 1, bytes: 5 });
  expect(await swarm.next('reset')).toMatchObject({ stage: 'after-data' });
});

test('reset after the client has received', async () => {
  const { port, sockets } = await startServer((socket) => socket.write('abc'));
  const swarm = startSwarm(port, ['--clients', '1']);
  expect(await swarm.next('received')).toMatchObject({ client: 1, bytes: 3 });
  sockets[0]?.resetAndDestroy();
  expect(await swarm.next('reset')).toMatchObject({ stage: 'after-data' });
});

test('closed by the server: told once, and not answered', async () => {
  const { port } = await startServer((socket) => socket.end());
  const swarm = startSwarm(port, ['--clients', '1', '--read-timeout', '100']);
  const { localPort } = await swarm.next('connected');
  await swarm.next('closed-by-server');
  expect(stateOf(localPort, port)).toBe('08');
  swarm.endInput();
  await swarm.exited();
  expect(eventsOf(swarm, 'read-timed-out')).toEqual([]);
});

test('read timeout: told once, counted from the last byte, and the socket is held', async () => {
  const { port, sockets } = await startServer((socket) => socket.write('a'));
  const swarm = startSwarm(port, ['--clients', '1', '--read-timeout', '200ms']);
  const { localPort } = await swarm.next('connected');
  const received = await swarm.next('received');
  const late = await swarm.next('read-timed-out');
  expect(late.monotonicMs - received.monotonicMs).toBeGreaterThanOrEqual(200);
  expect(stateOf(localPort, port)).toBe('01');
  sockets[0]?.write('bc');
  expect(await swarm.next('received')).toMatchObject({ bytes: 2 });
});

test('keepalive is on: the kernel runs its timer with the delay asked for', async () => {
  const { port } = await startServer(hold);
  const swarm = startSwarm(port, ['--clients', '1', '--keepalive', '7s']);
  const { localPort } = await swarm.next('connected');
  await swarm.next('wave-settled');
  const row = execFileSync('ss', ['-Htno', `sport = :${localPort}`], { encoding: 'utf8' });
  expect(row).toMatch(/timer:\(keepalive,[67]\.?\d*/);
});

test('too few descriptors are a local failure', async () => {
  const { port } = await startServer(hold);
  const limited = ['sh', '-c', 'ulimit -n 40; exec "$@"', 'sh'];
  const swarm = startSwarm(port, ['--clients', '60'], limited);
  await swarm.next('wave-settled');
  const failed = eventsOf(swarm, 'failed');
  expect(failed.length).toBeGreaterThan(20);
  expect(failed.length + eventsOf(swarm, 'connected').length).toBe(60);
  expect(failed[0]).toMatchObject({ stage: 'connecting', code: 'EMFILE' });
  expect(clientsOf(swarm, 'attempt')).toHaveLength(60);
});

test('a source address that this machine does not have is a local failure', async () => {
  const { port } = await startServer(hold);
  const swarm = startSwarm(port, ['--clients', '2', '--source-address', '192.0.2.1,127.0.0.3']);
  await swarm.next('wave-settled');
  expect(await swarm.next('failed')).toMatchObject({ client: 1, code: 'EADDRNOTAVAIL' });
  expect(await swarm.next('connected')).toMatchObject({ client: 2, localAddress: '127.0.0.3' });
  expect(clientsOf(swarm, 'attempt')).toEqual([1, 2]);
});

test('clients are spread over the source addresses by their number', async () => {
  const { port } = await startServer(hold);
  const swarm = startSwarm(port, ['--source-address=127.0.0.2', '--source-address=127.0.0.3']);
  swarm.send(connectCommand({ firstClient: 2, clientStep: 3, clients: 3 }));
  await swarm.next('wave-settled');
  const spread = eventsOf(swarm, 'connected')
    .sort((left, right) => left.client - right.client)
    .map(({ client, localAddress }) => [client, localAddress]);
  expect(spread).toEqual([
    [2, '127.0.0.3'],
    [5, '127.0.0.2'],
    [8, '127.0.0.3'],
  ]);
});

test('sequential: each attempt follows the outcome of the one before', async () => {
  const port = await startFullListener(1);
  const swarm = startSwarm(port, ['--clients=4', '--arrivals=sequential', '--connect-timeout=100']);
  await swarm.next('wave-settled');
  expect(
    swarm.events.map((event) => ('client' in event ? [event.event, event.client] : [])),
  ).toEqual([
    ['attempt', 1],
    ['connected', 1],
    ['attempt', 2],
    ['connected', 2],
    ['attempt', 3],
    ['timed-out', 3],
    ['attempt', 4],
    ['timed-out', 4],
    [],
  ]);
});

test('rate: attempts are spread in time', async () => {
  const { port } = await startServer(hold);
  const swarm = startSwarm(port, ['--clients', '5', '--arrivals', '20/s']);
  await swarm.next('wave-settled');
  const [first = 0, second = 0, , , last = 0] = attemptTimes(swarm);
  expect(second - first).toBeGreaterThan(25);
  expect(last - first).toBeGreaterThan(180);
  expect(clientsOf(swarm, 'attempt')).toEqual([1, 2, 3, 4, 5]);
});

test('commanded: several waves, each settled by itself, until the release', async () => {
  const { port } = await startServer(hold);
  const swarm = startSwarm(port);
  await swarm.next('ready');
  const behaviour = { ...connectCommand().behaviour, sendBytes: 2 };
  swarm.send(connectCommand({ clients: 2, clientStep: 2 }));
  expect(await swarm.next('wave-settled')).toMatchObject({ wave: 'first' });
  const sentMs = Number(process.hrtime.bigint()) / 1e6;
  swarm.send(
    connectCommand({ wave: 'second', firstClient: 10, clients: 2, startDelayMs: 100, behaviour }),
  );
  expect(await swarm.next('wave-settled')).toMatchObject({ wave: 'second' });
  await swarm.next('sent');
  const attempts = eventsOf(swarm, 'attempt');
  expect(attempts.map(({ wave, client }) => [wave, client])).toEqual([
    ['first', 1],
    ['first', 3],
    ['second', 10],
    ['second', 11],
  ]);
  expect((attempts[2]?.monotonicMs ?? 0) - sentMs).toBeGreaterThan(90);
  const ports = eventsOf(swarm, 'connected').map(({ localPort }) => localPort);
  expect(ports.map((local) => stateOf(local, port))).toEqual(['01', '01', '01', '01']);
  swarm.send({ command: 'release' });
  expect(await swarm.exited()).toEqual({ code: 0, signal: null });
  expect(ports.map((local) => stateOf(local, port))).not.toContain('01');
  expect(swarm.events.at(-1)?.event).toBe('released');
});

test.each([
  ['the end of standard input', (swarm: Swarm) => swarm.endInput()],
  ['SIGTERM', (swarm: Swarm) => swarm.child.kill('SIGTERM')],
  ['SIGINT', (swarm: Swarm) => swarm.child.kill('SIGINT')],
])('commanded: %s releases attempts that have no outcome yet', async (_how, end) => {
  const swarm = startSwarm(await startFullListener(1));
  swarm.send(connectCommand({ clients: 3 }));
  await swarm.next('connected');
  await swarm.next('connected');
  end(swarm);
  expect(await swarm.exited()).toEqual({ code: 0, signal: null });
  expect(swarm.events.at(-1)?.event).toBe('released');
  expect(eventsOf(swarm, 'wave-settled')).toEqual([]);
});

test('a release in the middle of a burst: who has not begun never does', async () => {
  const clients = 15_000;
  const swarm = startSwarm(await startFullListener(1));
  swarm.send(connectCommand({ clients }));
  await swarm.next('attempt');
  swarm.send({ command: 'release' });
  expect(await swarm.exited()).toEqual({ code: 0, signal: null });
  expect(swarm.events.at(-1)?.event).toBe('released');
  expect(eventsOf(swarm, 'attempt').length).toBeLessThan(clients);
});

test('ends when nobody reads its events any more', async () => {
  const { port } = await startServer(hold);
  const swarm = startSwarm(port);
  await swarm.next('ready');
  swarm.child.stdout?.destroy();
  swarm.send(connectCommand());
  expect(await swarm.exited()).toEqual({ code: 4, signal: null });
});

test('a large burst: every event comes out before the end', async () => {
  const { port } = await startServer(hold);
  const swarm = startSwarm(port, ['--clients', '3000', '--connect-timeout', '20s']);
  swarm.endInput();
  expect(await swarm.exited()).toEqual({ code: 0, signal: null });
  expect(clientsOf(swarm, 'attempt')).toEqual(Array.from({ length: 3_000 }, (_, n) => n + 1));
  expect(eventsOf(swarm, 'connected')).toHaveLength(3_000);
  expect(swarm.events.at(-1)?.event).toBe('released');
});

test.each([
  [['--host', 'localhost'], /^USAGE .*"localhost" is not a numeric address.*\n {2}Remedy: /],
  [['--port', '0'], /^USAGE .*--port "0" is not a whole number from 1 to 65535.*\n {2}Remedy: /],
  [['--clients', '4x'], /^USAGE .*--clients "4x".*\n {2}Remedy: /],
  [['--clients', '1', '--arrivals', 'slow'], /^USAGE .*--arrivals "slow".*\n {2}Remedy: /],
  [['--clients', '1', '--connect-timeout', '3m'], /^USAGE .*"3m" is not a time.*\n {2}Remedy: /],
  [['--clients', '1', '--keepalive', '300ms'], /^USAGE .*from 1000ms.*\n {2}Remedy: /],
  [['--source-address', '::1'], /^USAGE .*different families.*\n {2}Remedy: /],
  [['--send', '3'], /^USAGE .*--send says nothing without --clients.*\n {2}Remedy: /],
  [['--sned', '3'], /^USAGE .*--sned.*\n {2}Remedy: /],
])('refuses %j with a remedy and exit code 2', async (args, message) => {
  const swarm = startSwarm(9, args);
  expect(await swarm.exited()).toEqual({ code: 2, signal: null });
  expect(swarm.stderr()).toMatch(message);
  expect(swarm.events).toEqual([]);
});

test('a line that is no command ends it with exit code 2', async () => {
  const swarm = startSwarm(9);
  await swarm.next('ready');
  swarm.child.stdin?.write('{"command":"connect","wave":"first"}\n');
  expect(await swarm.exited()).toEqual({ code: 2, signal: null });
  expect(swarm.stderr()).toContain('Not a command of the swarm: {"command":"connect"');
});
