import { libraryEventsFile, libraryLogFile } from '../domain/evidence.ts';
import type { AddressFamily } from '../domain/tcp.ts';
import {
  LIBRARY_ENDS,
  type LibraryClient,
  type LibraryCommand,
  type LibraryEvent,
} from '../domain/usual-clients.ts';
import { compiledProgram } from '../package-files.ts';
import { hearEvents } from './hear-events.ts';
import { SERVER_ADDRESS } from './host-network.ts';
import type { Program } from './program.ts';
import type { RunRecorder } from './run-recorder.ts';
import type { Site, StartProgram } from './site.ts';
import { within } from './until.ts';

const PROGRAM = compiledProgram('clients/usual-clients.js');
/** Many Node processes load large packages at the same time. */
const LOADING_DEADLINE_MS = 60_000;
const CLOSING_MS = 2_000;

/** Client libraries, each in a process of its own. */
export interface Libraries extends AsyncDisposable {
  readonly unexpectedEnd: Promise<never>;
  connect(stopWaitingAfterMs: number): void;
  /** Calls that have neither ended nor been given up. */
  waiting(): number;
}

export const libraryCommand = (
  { family, port }: { readonly family: AddressFamily; readonly port: number },
  { library, entry, timeoutMs }: LibraryClient,
): readonly string[] => [
  ...[process.execPath, PROGRAM, '--library', library],
  ...['--host', SERVER_ADDRESS[family], '--port', `${port}`],
  ...(entry === null ? [] : ['--entry', entry]),
  ...(timeoutMs === null ? [] : ['--timeout', `${timeoutMs}`]),
];

/** Starts a process for each client; resolves when all have loaded their libraries. */
export async function loadLibraries(
  clients: readonly LibraryClient[],
  launch: Site['startLibrary'],
  recorder: RunRecorder,
  signal: AbortSignal,
): Promise<Libraries> {
  const [notReady, waiting] = [new Set(clients), new Set(clients)];
  let allReady = (): void => undefined;
  const ready = new Promise<void>((resolve) => {
    allReady = resolve;
  });
  const onEvent = (client: LibraryClient, { event }: LibraryEvent): void => {
    if (event === 'ready') notReady.delete(client);
    if (LIBRARY_ENDS.has(event)) waiting.delete(client);
    if (notReady.size === 0) allReady();
  };
  const programs = clients.map((client, index) =>
    startLibrary(
      index,
      client,
      launch(client),
      (event) => onEvent(client, event),
      recorder,
      signal,
    ),
  );
  const unexpectedEnd = Promise.race(programs.map((program) => program.unexpectedEnd));
  unexpectedEnd.catch(() => undefined);
  const finish = async (): Promise<void> => {
    await Promise.all(programs.map((program) => program.finish('end-of-input', CLOSING_MS)));
  };
  try {
    await within(Promise.race([ready, unexpectedEnd]), {
      for: 'the client libraries to be loaded',
      deadlineMs: LOADING_DEADLINE_MS,
      signal,
      seen: () => `not ready: ${[...notReady].map(({ library }) => library).join(', ')}`,
    });
  } catch (error) {
    await finish();
    throw error;
  }
  return {
    unexpectedEnd,
    connect: (stopWaitingAfterMs) => {
      const command: LibraryCommand = { command: 'connect', stopWaitingAfterMs };
      for (const program of programs) program.say(command);
    },
    waiting: () => waiting.size,
    [Symbol.asyncDispose]: finish,
  };
}

function startLibrary(
  index: number,
  { library }: LibraryClient,
  start: StartProgram,
  onEvent: (event: LibraryEvent) => void,
  recorder: RunRecorder,
  signal: AbortSignal,
): Program {
  return start({
    name: `the client library ${library}`,
    failure: 'PROGRAM_FAILED',
    signal,
    ...hearEvents(
      recorder,
      { events: libraryEventsFile(index), log: libraryLogFile(index) },
      onEvent,
    ),
  });
}
