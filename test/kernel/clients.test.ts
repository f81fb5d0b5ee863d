/** The client libraries in devDependencies, against the real kernel. Linux 4.10 or later. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect } from 'vitest';
import { CLIENT_LIBRARIES, type ClientLibrary } from '../../harness/domain/usual-clients.ts';
import { useInstallation } from '../helpers/installation.ts';
import { kernelTest } from '../helpers/kernel-available.ts';
import { jsonOf } from '../helpers/reproduction.ts';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
/** Longer than the default connect timeouts (10 s) and the three tries of got (9 s). */
const WAIT_MS = 13_000;
const TIMEOUT_MS = 120_000;

interface ClientJson {
  readonly library: ClientLibrary;
  readonly timeoutMs: number | null;
  readonly end: { readonly kind: string; readonly afterMs: number; readonly error?: object };
  readonly said: readonly { readonly what: string; readonly error: object | null }[];
  readonly timers: readonly { readonly by: string; readonly option?: string }[];
  readonly wire: Readonly<Record<'connections' | 'syns' | 'answered' | 'resetsFromServer', number>>;
}

interface TableJson {
  readonly states: readonly {
    readonly id: string;
    readonly problem: string | null;
    readonly clients: readonly ClientJson[];
  }[];
}

const installation = useInstallation();
let table: TableJson = { states: [] };

const clientIn = (state: string, library: ClientLibrary, timeoutMs: number | null): ClientJson => {
  const { clients = [] } = table.states.find(({ id }) => id === `clients-${state}`) ?? {};
  const found = clients.find((each) => each.library === library && each.timeoutMs === timeoutMs);
  if (found === undefined) throw new Error(`${state} has no ${library}`);
  return found;
};

const told = ({ end, said }: ClientJson): string => JSON.stringify({ end, said });
const optionsOf = ({ timers }: ClientJson) => timers.map(({ by, option }) => option ?? by);

/** Option by library, with the defaults and with a timeout of its own; none: no timer. */
type Fired = Readonly<Record<ClientLibrary, readonly [byDefault: string, withTimeout: string]>>;

const IN_A_FULL_QUEUE: Fired = {
  'node:net': ['', 'socket.setTimeout()'],
  'node:http': ['timeout', 'timeout'],
  fetch: ['connectTimeout', 'AbortSignal.timeout()'],
  undici: ['connectTimeout', 'connectTimeout'],
  axios: ['', 'timeout'],
  got: ['', 'timeout.request'],
  ws: ['', 'handshakeTimeout'],
  pg: ['', 'connectionTimeoutMillis'],
  mysql2: ['connectTimeout', 'connectTimeout'],
  ioredis: ['connectTimeout', 'connectTimeout'],
};

/** Only mysql2 has a default timer that is still on after connecting. */
const WHEN_FOOLED: Fired = {
  ...IN_A_FULL_QUEUE,
  fetch: ['', 'AbortSignal.timeout()'],
  undici: ['', 'headersTimeout'],
  ioredis: ['', ''],
};

const GO_ON: ReadonlySet<ClientLibrary> = new Set(['node:net', 'node:http', 'ioredis']);

function expectTimer(client: ClientJson, option: string): void {
  expect(optionsOf(client), told(client)).toEqual(option === '' ? [] : [option]);
  const ends = option !== '' && !GO_ON.has(client.library);
  expect(client.end.kind, told(client)).toBe(ends ? 'failed' : 'still-waiting');
}

function expectTimers(state: string, fired: Fired): void {
  for (const library of CLIENT_LIBRARIES) {
    const [byDefault, withTimeout] = fired[library];
    expectTimer(clientIn(state, library, null), byDefault);
    expectTimer(clientIn(state, library, 2_000), withTimeout);
  }
}

describe('what client libraries report', { timeout: TIMEOUT_MS }, () => {
  beforeAll(async () => {
    const args = ['clients', '--json', '--quiet', '--wait', `${WAIT_MS}`];
    const runsDir = ['--runs-dir', installation.newFolder()];
    table = jsonOf(await installation.run([...args, ...runsDir], { cwd: ROOT }), 0);
  }, TIMEOUT_MS);

  kernelTest('each of four states was made, and every library met it', () => {
    expect(table.states.map(({ problem }) => problem)).toEqual([null, null, null, null]);
    for (const { clients } of table.states) {
      expect(clients).toHaveLength(2 * CLIENT_LIBRARIES.length);
      for (const { wire, library } of clients) expect(wire.syns, library).toBeGreaterThan(0);
    }
  });

  kernelTest(
    'a full accept queue: nobody is answered, and only timers of its own end a wait',
    () => {
      expectTimers('full-queue', IN_A_FULL_QUEUE);
      for (const library of CLIENT_LIBRARIES) {
        const { wire } = clientIn('full-queue', library, null);
        expect(wire.answered, library).toBe(0);
        expect(wire.syns, library).toBeGreaterThanOrEqual(4);
      }
      for (const library of ['fetch', 'undici', 'mysql2'] as const) {
        const { afterMs } = clientIn('full-queue', library, null).end;
        expect(afterMs, library).toBeGreaterThanOrEqual(9_990);
      }
    },
  );

  kernelTest('reset on overflow: ECONNRESET and no timer; who tries again is not answered', () => {
    for (const library of CLIENT_LIBRARIES) {
      const client = clientIn('reset-on-overflow', library, null);
      expect(told(client)).toContain('ECONNRESET');
      expect(client.wire, library).toMatchObject({ answered: 1 });
      expect(client.wire.resetsFromServer, library).toBeGreaterThanOrEqual(1);
    }
    expect(clientIn('reset-on-overflow', 'got', null)).toMatchObject({
      end: { kind: 'still-waiting' },
      wire: { connections: 2 },
    });
  });

  kernelTest('a fooled client: most libraries wait for ever by default', () => {
    expectTimers('fooled', WHEN_FOOLED);
    for (const library of CLIENT_LIBRARIES) {
      const { wire } = clientIn('fooled', library, null);
      expect(wire, library).toMatchObject({ connections: 1, answered: 1, resetsFromServer: 0 });
    }
    // It says that it could not connect, although it was connected.
    expect(told(clientIn('fooled', 'mysql2', null))).toContain('connect ETIMEDOUT');
  });

  kernelTest('closed at once: an error within a moment, whatever its name', () => {
    for (const library of CLIENT_LIBRARIES) {
      // fetch of Node 20 may miss a FIN that comes before it has written its request.
      if (GO_ON.has(library) || library === 'fetch') continue;
      const client = clientIn('closed-at-once', library, null);
      expect(client.end.kind, told(client)).toBe('failed');
      expect(client.timers).toEqual([]);
    }
    expect(clientIn('closed-at-once', 'node:net', null).end.kind).toBe('closed');
    const { wire } = clientIn('closed-at-once', 'ioredis', null);
    expect(wire.answered, 'it connects again and again').toBeGreaterThan(2);
  });
});
