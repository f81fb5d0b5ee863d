import { once } from 'node:events';
import { createRequire } from 'node:module';
import net, { type AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { LIBRARY_FACTS, timerOf, timerOfEvent } from '../../harness/domain/library-timers.ts';
import {
  CLIENT_LIBRARIES,
  type ClientLibrary,
  type LibraryCommand,
  type LibraryEvent,
} from '../../harness/domain/usual-clients.ts';
import { type Program, startProgram } from '../helpers/program.ts';

type UsualClient = Program<LibraryCommand, LibraryEvent>;

const require = createRequire(import.meta.url);

/** Accepts, notes the ports of its clients, and does with them what the test wants. */
async function serverThat(onSocket: (socket: net.Socket) => void) {
  const ports: number[] = [];
  const sockets: net.Socket[] = [];
  const server = net.createServer((socket) => {
    ports.push(socket.remotePort ?? 0);
    sockets.push(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, ports };
}

function start(library: ClientLibrary, port: number, timeoutMs?: number): UsualClient {
  const name = LIBRARY_FACTS[library].package;
  return startProgram('clients/usual-clients.ts', [
    ...['--library', library, '--host', '127.0.0.1', '--port', `${port}`],
    ...(name === null ? [] : ['--entry', require.resolve(name)]),
    ...(timeoutMs === undefined ? [] : ['--timeout', `${timeoutMs}`]),
  ]);
}

async function connect(client: UsualClient, stopWaitingAfterMs: number): Promise<void> {
  await client.next('ready');
  client.send({ command: 'connect', stopWaitingAfterMs });
}

/** The first of all timers that its events tell of. */
const firedTimer = (library: ClientLibrary, { events }: UsualClient) =>
  events
    .map((event) => {
      if (event.event === 'failed') return timerOf(library, event.error);
      if (event.event !== 'said') return null;
      return event.error === null
        ? timerOfEvent(library, event.what)
        : timerOf(library, event.error);
    })
    .find((timer) => timer !== null);

/** What a library does about a server that says nothing: an event or a retry ends no call. */
const GOES_ON: ReadonlySet<ClientLibrary> = new Set(['node:net', 'node:http', 'got', 'ioredis']);

describe.each(CLIENT_LIBRARIES)('%s', (library) => {
  test('a server that says nothing: its own timeout fires, and its socket is told', async () => {
    const { port, ports } = await serverThat(() => undefined);
    const client = start(library, port, 400);
    await connect(client, 2_000);
    const { localPort } = await client.next('socket');
    await client.next(GOES_ON.has(library) ? 'stopped-waiting' : 'failed');
    expect(ports).toContain(localPort);
    const { timeoutOptions } = LIBRARY_FACTS[library];
    // Its timeout is about connecting, and it is connected.
    expect(firedTimer(library, client)).toEqual(
      library === 'ioredis'
        ? undefined
        : { by: 'library', option: expect.toSatisfy((name) => timeoutOptions.includes(name)) },
    );
  });

  test('nobody listens: the kernel says so, and no timer fires', async () => {
    const client = start(library, await closedPort());
    await connect(client, 2_500);
    // Both try again.
    const retries = library === 'ioredis' || library === 'got';
    const { error } = await client.next(retries ? 'said' : 'failed');
    expect(JSON.stringify(error)).toContain('ECONNREFUSED');
    expect(firedTimer(library, client)).toBeUndefined();
    client.endInput();
    expect(await client.exited()).toMatchObject({ code: 0 });
  });
});

/** A port that was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('who is not ended is waited for no longer than asked, and says nothing afterwards', async () => {
  const { port } = await serverThat((socket) => setTimeout(() => socket.destroy(), 900));
  const client = start('node:net', port);
  await connect(client, 300);
  await client.next('stopped-waiting');
  client.endInput();
  await client.exited();
  expect(client.events.map(({ event }) => event)).toEqual([
    ...['ready', 'begun', 'socket', 'said', 'stopped-waiting'],
  ]);
});

test.each([
  [[], '--library is missing'],
  [['--library', 'axois'], '"axois" is not known'],
  [['--library', 'fetch', '--host', 'localhost', '--port', '80'], 'not a numeric address'],
  [['--library', 'pg', '--host', '127.0.0.1', '--port', '80'], '--entry FILE'],
])('%o is wrong usage', async (args, message) => {
  const client: UsualClient = startProgram('clients/usual-clients.ts', args);
  expect(await client.exited()).toMatchObject({ code: 2 });
  expect(client.stderr()).toContain(message);
});
