/**
 * Uses one client library once, as its documentation shows it first, and prints what it reports and
 * when. It loads the library first and connects when it is told to, so that many connect at once.
 */
import { createInterface } from 'node:readline';
import type {
  ClientLibrary,
  LibraryCommand,
  LibraryEvent,
} from '../harness/domain/usual-clients.ts';
import type { LibraryCall, LoadLibrary } from './library-call.ts';
import { loadIoredis, loadMysql2, loadPg } from './library-databases.ts';
import { loadAxios, loadFetch, loadGot, loadNodeHttp, loadUndici } from './library-http.ts';
import { loadNodeNet, loadWs } from './library-sockets.ts';
import { monotonicMs } from './monotonic.ts';
import { reportedError } from './reported-error.ts';
import { HELP, readUsualOptions, type UsualOptions } from './usual-options.ts';
import { watchSockets } from './watch-sockets.ts';

const LIBRARIES: Readonly<Record<ClientLibrary, LoadLibrary>> = {
  'node:net': loadNodeNet,
  'node:http': loadNodeHttp,
  fetch: loadFetch,
  undici: loadUndici,
  axios: loadAxios,
  got: loadGot,
  ws: loadWs,
  pg: loadPg,
  mysql2: loadMysql2,
  ioredis: loadIoredis,
};

const WRONG_USAGE = 2;
const NOBODY_READS = 4;

type Told = LibraryEvent extends infer Each
  ? Each extends LibraryEvent
    ? Omit<Each, 'monotonicMs'>
    : never
  : never;

const tell = (event: Told): void => {
  process.stdout.write(`${JSON.stringify({ ...event, monotonicMs: monotonicMs() })}\n`);
};

const explain = (error: unknown): void => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
};

/** Only the first end counts: who has stopped waiting does not hear what comes later. */
async function useOnce(call: LibraryCall, { stopWaitingAfterMs }: LibraryCommand): Promise<void> {
  let waits = true;
  const end = (event: Told): void => {
    clearTimeout(patience);
    if (waits) tell(event);
    waits = false;
  };
  const patience = setTimeout(() => end({ event: 'stopped-waiting' }), stopWaitingAfterMs);
  tell({ event: 'begun' });
  try {
    const how = await call((what, error) => {
      if (!waits) return;
      tell({ event: 'said', what, error: error === undefined ? null : reportedError(error) });
    });
    end({ event: how });
  } catch (error) {
    end({ event: 'failed', error: reportedError(error) });
  }
}

async function obeyStandardInput(options: UsualOptions): Promise<void> {
  process.stdout.on('error', () => process.exit(NOBODY_READS));
  const lines = createInterface({ input: process.stdin });
  lines.on('close', () => process.exit(0));
  watchSockets((localPort) => tell({ event: 'socket', localPort }));
  const loading = LIBRARIES[options.library](options);
  lines.on('line', (line) => {
    const command = JSON.parse(line) as LibraryCommand;
    loading.then((call) => useOnce(call, command)).catch(explain);
  });
  await loading;
  tell({ event: 'ready' });
}

try {
  const options = readUsualOptions(process.argv.slice(2));
  if (options === 'help') process.stdout.write(HELP);
  else await obeyStandardInput(options);
} catch (error) {
  explain(error);
  process.exit(WRONG_USAGE);
}
