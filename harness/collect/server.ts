import { FILES } from '../domain/evidence.ts';
import { HarnessError } from '../domain/harness-error.ts';
import type { AddressFamily } from '../domain/tcp.ts';
import type { ServerCommand, ServerEvent } from '../domain/wire.ts';
import { compiledProgram } from '../package-files.ts';
import { type HostNamespace, SERVER_ADDRESS } from './hosts.ts';
import { startProgram } from './program.ts';
import type { RunRecorder } from './run-recorder.ts';
import { within } from './until.ts';

const PROGRAM = compiledProgram('servers/never-accepts.js');
const DEADLINE_MS = 10_000;

/** The event that says a command was carried out. */
const ANSWER: Readonly<Record<ServerCommand['command'], ServerEvent['event']>> = {
  accept: 'accepting',
  pause: 'paused',
  listen: 'listening-again',
  close: 'closed',
};

export interface Server extends AsyncDisposable {
  readonly unexpectedEnd: Promise<never>;
  /** Resolves when the server says that it has done it. */
  obey(command: ServerCommand): Promise<void>;
}

export interface ServerOptions {
  readonly family: AddressFamily;
  readonly port: number;
  readonly backlog: number;
}

export const serverCommand = ({ family, port, backlog }: ServerOptions): readonly string[] => [
  ...[process.execPath, PROGRAM, '--host', SERVER_ADDRESS[family]],
  ...['--port', `${port}`, '--backlog', `${backlog}`],
];

/** Starts the never-accepting server on its host; resolves when it listens. */
export async function startServer(
  host: HostNamespace,
  options: ServerOptions,
  recorder: RunRecorder,
  signal: AbortSignal,
): Promise<Server> {
  const waiting = new Map<ServerEvent['event'], () => void>();
  let failed: (error: HarnessError) => void = () => undefined;
  const failure = new Promise<never>((_, reject) => {
    failed = reject;
  });
  failure.catch(() => undefined);

  const program = startProgram({
    name: 'the server',
    argv: host.inside(serverCommand(options)),
    failure: 'SERVER_FAILED',
    signal,
    onLine: (line) => {
      recorder.append(FILES.serverEvents, `${line}\n`);
      const event = JSON.parse(line) as ServerEvent;
      if (event.event === 'failed') failed(serverFailed(event.code, event.message));
      waiting.get(event.event)?.();
    },
    onStderr: (text) => recorder.append(FILES.serverLog, text),
  });
  const unexpectedEnd = Promise.race([failure, program.unexpectedEnd]);
  unexpectedEnd.catch(() => undefined);

  const answered = (event: ServerEvent['event']): Promise<void> => {
    const answer = new Promise<void>((resolve) => waiting.set(event, resolve));
    return within(Promise.race([answer, unexpectedEnd]), {
      for: `the server to say '${event}'`,
      deadlineMs: DEADLINE_MS,
      signal,
      seen: () => `no such event in ${FILES.serverEvents}`,
    });
  };
  await answered('listening');
  return {
    unexpectedEnd,
    obey: (command) => {
      const answer = answered(ANSWER[command.command]);
      program.say(command);
      return answer;
    },
    [Symbol.asyncDispose]: () => program.finish('end-of-input', 2_000),
  };
}

const serverFailed = (code: string, message: string): HarnessError =>
  new HarnessError('SERVER_FAILED', `The server cannot listen: ${message} (${code}).`, {
    remedy: 'choose another --port or --backlog',
  });
