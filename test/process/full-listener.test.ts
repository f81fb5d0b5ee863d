/** The fixtures that the package exports, against real sockets of this machine's loopback. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { mock } from 'node:test';
import { expect, onTestFinished, test, vi } from 'vitest';
import { listenerRow, stateOf } from '../helpers/kernel-sockets.ts';
import { fullListener, silentListener } from '../helpers/listener-fixtures.ts';

interface Address {
  readonly host: string;
  readonly port: number;
}

const SYN_SENT = '02';
/** Well below the 1 s after which the kernel repeats a SYN. */
const TIMEOUT_MS = 300;

const knock = ({ host, port }: Address): Socket => {
  const socket = connect({ host, port, autoSelectFamily: false });
  onTestFinished(() => {
    socket.destroy();
  });
  return socket;
};

/** How a connect attempt with a timeout of its own ends. */
const attempt = (address: Address): Promise<string> =>
  new Promise((resolve) => {
    const socket = knock(address);
    socket.on('connect', () => resolve('connected'));
    socket.on('error', ({ message }) => resolve(message));
    socket.setTimeout(TIMEOUT_MS, () => resolve('own timeout'));
  });

test.each([1, 2, 511])(
  'backlog %i: full, so that a client hangs until its timeout',
  async (backlog) => {
    await using listener = await fullListener({ backlog });
    expect(listener).toMatchObject({ backlog, capacity: backlog + 1, whenFull: 'ignores' });
    expect(listener.proof).toContain(`shows ${backlog + 1} in the accept queue`);
    expect(listenerRow(listener.port)).toEqual({
      state: 'LISTEN',
      acceptQueueLength: backlog + 1,
      acceptQueueLimit: backlog,
    });
    expect(await attempt(listener)).toBe('own timeout');
  },
);

test.each(['::1', '127.0.0.2'])('on %s', async (host) => {
  await using listener = await fullListener({ host, backlog: 2 });
  expect(listener).toMatchObject({ host, capacity: 3 });
  expect(listener.proof).toContain('/proc/net shows 3 in the accept queue, whose limit is 2');
  expect(await attempt(listener)).toBe('own timeout');
});

test('what the system makes of the backlog decides, not the backlog', async () => {
  const somaxconn = Number(readFileSync('/proc/sys/net/core/somaxconn', 'utf8'));
  await using listener = await fullListener({ backlog: somaxconn + 1 });
  expect(listener).toMatchObject({ backlog: somaxconn + 1, capacity: somaxconn + 1 });
  expect(await attempt(listener)).toBe('own timeout');
});

test('the smallest backlog is the default, and fetch hangs too', async () => {
  await using listener = await fullListener();
  expect(listener).toMatchObject({ host: '127.0.0.1', backlog: 1, capacity: 2 });
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const answer = fetch(`http://${listener.host}:${listener.port}/`, { signal });
  await expect(answer).rejects.toMatchObject({ name: 'TimeoutError' });
});

test('a client that hangs has no connection, until the listener accepts', async () => {
  await using listener = await fullListener({ backlog: 2 });
  const client = knock(listener);
  expect(await attempt(listener)).toBe('own timeout');
  expect(stateOf(client.localPort, listener.port)).toBe(SYN_SENT);
  const connected = once(client, 'connect');
  await listener.accept();
  await connected;
  expect(await attempt(listener)).toBe('connected');
  await listener.accept();
});

test('release closes the listener, and a client that hangs is refused', async () => {
  const listener = await fullListener();
  const client = knock(listener);
  expect(await attempt(listener)).toBe('own timeout');
  expect(stateOf(client.localPort, listener.port)).toBe(SYN_SENT);
  const refused = expect(once(client, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await Promise.all([listener.release(), listener.release()]);
  await refused;
  await expect(listener.accept()).rejects.toThrow('The listener was released.');
  await using again = await fullListener({ port: listener.port });
  expect(await attempt(again)).toBe('own timeout');
});

test('the end of the block releases', async () => {
  let port = 0;
  {
    await using listener = await fullListener();
    port = listener.port;
  }
  expect(await attempt({ host: '127.0.0.1', port })).toContain('ECONNREFUSED');
});

/** Its many looks also make timers late, which must not pass for silence. */
test('many at once', async () => {
  const backlogs = Array.from({ length: 12 }, (_, index) => 1 + (index % 4));
  const listeners = await Promise.all(backlogs.map((backlog) => fullListener({ backlog })));
  onTestFinished(async () => {
    await Promise.all(listeners.map((listener) => listener.release()));
  });
  expect(listeners.map(({ capacity }) => capacity)).toEqual(backlogs.map((backlog) => backlog + 1));
  expect(new Set(await Promise.all(listeners.map(attempt)))).toEqual(new Set(['own timeout']));
});

test('works under the false timers of a test', async () => {
  vi.useFakeTimers();
  mock.timers.enable();
  onTestFinished(() => {
    mock.timers.reset();
    vi.useRealTimers();
  });
  await using listener = await fullListener();
  expect(listener.capacity).toBe(2);
});

test.each([
  [{ backlog: 0 }, "backlog 0 because Node's net module replaces 0 by 511"],
  [{ backlog: 1.5 }, 'backlog 1.5 because it is not a whole number from 1'],
  [{ port: 65_536 }, 'port 65536 because it is not a whole number from 0 to 65535'],
  [{ host: 'localhost' }, '"localhost" because it is not a numeric loopback address'],
  [{ host: '0.0.0.0' }, '"0.0.0.0" because it is not a numeric loopback address'],
  [{ host: '127.0.0.256' }, '"127.0.0.256" because it is not a numeric loopback address'],
])('%j is refused with the reason', async (options, reason) => {
  await expect(fullListener(options)).rejects.toThrow(reason);
});

test("a port in use is refused with Node's own error", async () => {
  await using listener = await silentListener();
  const { port } = listener;
  await expect(fullListener({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('a silent listener connects its clients and never answers', async () => {
  await using listener = await silentListener();
  const client = knock(listener);
  await once(client, 'connect');
  client.write('Is anybody there?');
  client.setTimeout(TIMEOUT_MS);
  const answer = once(client, 'data');
  await expect(Promise.race([answer, once(client, 'timeout')])).resolves.toEqual([]);
  expect(listenerRow(listener.port).acceptQueueLength).toBe(1);
});
