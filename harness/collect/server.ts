import { serverEventsFile, serverLogFile } from '../domain/evidence.ts';
import { HarnessError } from '../domain/harness-error.ts';
import type { Step } from '../domain/plan.ts';
import type { AddressFamily } from '../domain/tcp.ts';
import type { ServerCommand, ServerEvent } from '../domain/wire.ts';
import { compiledProgram } from '../package-files.ts';
import { optionsOf } from './client-programs.ts';
import { hearEvents } from './hear-events.ts';
import { serverAddress } from './host-network.ts';
import type { RunRecorder } from './run-recorder.ts';
import type { Site } from './site.ts';
import { within } from './until.ts';

const DEADLINE_MS = 10_000;
const CLOSING_MS = 2_000;
/** A program may say good-bye to its clients first. */
const FAREWELL_MS = 10_000;

/** The event that says a command was carried out. */
const ANSWER: Readonly<Record<ServerCommand['command'], ServerEvent['event']>> = {
  accept: 'accepting',
  pause: 'paused',
  serve: 'serving',
  listen: 'listening-again',
  close: 'closed',
};

export interface Server extends AsyncDisposable {
  readonly unexpectedEnd: Promise<never>;
  /** Resolves when the server says that it has done it. */
  obey(command: ServerCommand): Promise<void>;
  /** Connections taken out of the accept queue so far, kept or dropped. */
  taken(): number;
  /** Events of that name so far. */
  told(event: string): number;
  receivedBytes(): number;
  /** Only of a server that is not ours. */
  readonly own?: {
    readonly acceptQueueLimit: number;
    /** Resolves when every process of it is stopped, or goes on again. */
    freeze(frozen: boolean): Promise<void>;
  };
}

/** The step's own words, and where to listen. */
export interface ServerOptions
  extends Pick<
    Extract<Step, { kind: 'start-server' }>,
    'backlog' | 'maxConnections' | 'answers' | 'relay' | 'program'
  > {
  readonly family: AddressFamily;
  readonly port: number;
  /** Where it listens; absent: at the address of its relay inside the sandbox. */
  readonly address?: string;
}

export const serverCommand = (options: ServerOptions): readonly string[] => {
  const { family, port, backlog, maxConnections, answers, relay = 0, program } = options;
  const address = options.address ?? serverAddress(family, relay);
  return [
    ...[process.execPath, compiledProgram(`servers/${program?.name ?? 'never-accepts'}.js`)],
    ...['--host', address],
    ...['--port', `${port}`, '--backlog', backlog === null ? 'none' : `${backlog}`],
    ...(backlog === 0 ? ['--allow-zero'] : []),
    ...(maxConnections === undefined ? [] : ['--cap', `${maxConnections}`]),
    ...(answers === true ? ['--answer'] : []),
    ...optionsOf(program?.options ?? {}),
  ];
};

/** Starts the never-accepting server on its host; resolves when it listens. */
export async function startServer(
  launch: Site['startServer'],
  options: ServerOptions,
  recorder: RunRecorder,
  signal: AbortSignal,
): Promise<Server> {
  const eventsFile = serverEventsFile(options.relay ?? 0);
  const logFile = serverLogFile(options.relay ?? 0);
  const told = new Map<string, number>();
  let receivedBytes = 0;
  const waiting = new Map<ServerEvent['event'], () => void>();
  let failed: (error: HarnessError) => void = () => undefined;
  const failure = new Promise<never>((_, reject) => {
    failed = reject;
  });
  failure.catch(() => undefined);

  const program = launch(options)({
    name: 'the server',
    failure: 'SERVER_FAILED',
    signal,
    ...hearEvents(recorder, { events: eventsFile, log: logFile }, (event: ServerEvent) => {
      told.set(event.event, (told.get(event.event) ?? 0) + 1);
      if (event.event === 'received') receivedBytes += event.bytes;
      if (event.event === 'failed') failed(serverFailed(event.code, event.message));
      waiting.get(event.event)?.();
    }),
  });
  const unexpectedEnd = Promise.race([failure, program.unexpectedEnd]);
  unexpectedEnd.catch(() => undefined);

  const answered = (event: ServerEvent['event']): Promise<void> => {
    const answer = new Promise<void>((resolve) => waiting.set(event, resolve));
    return within(Promise.race([answer, unexpectedEnd]), {
      for: `the server to say '${event}'`,
      deadlineMs: DEADLINE_MS,
      signal,
      seen: () => `no such event in ${eventsFile}`,
    });
  };
  await answered('listening');
  return {
    unexpectedEnd,
    obey: (command) => {
      // It ends after that, which its end of input allows for.
      if (command.command === 'close') return program.finish('end-of-input', closingMs(options));
      const answer = answered(ANSWER[command.command]);
      program.say(command);
      return answer;
    },
    taken: () => (told.get('accepted') ?? 0) + (told.get('dropped') ?? 0),
    told: (event) => told.get(event) ?? 0,
    receivedBytes: () => receivedBytes,
    [Symbol.asyncDispose]: () => program.finish('end-of-input', CLOSING_MS),
  };
}

const closingMs = ({ program }: ServerOptions): number =>
  program === undefined ? CLOSING_MS : FAREWELL_MS;

const serverFailed = (code: string, message: string): HarnessError =>
  new HarnessError('SERVER_FAILED', `The server cannot listen: ${message} (${code}).`, {
    remedy: 'choose another --port or --backlog',
  });
