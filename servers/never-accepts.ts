/**
 * A `net` server that really never accepts. The listener lives on a thread of its own, which is
 * blocked; this thread stays free to take commands, to wake the other and to print its events.
 */
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import type { ServerCommand, ServerEvent } from '../harness/domain/wire.ts';
import { readAcceptQueueLimit } from './accept-queue-limit.ts';
import type { ThreadData } from './never-accepts-thread.ts';
import { parseServerCommand } from './server-command.ts';
import { HELP, readServerOptions, type ServerOptions } from './server-options.ts';

const WRONG_USAGE = 2;
const FAILED = 4;

/** Exits when the line is out, for a pipe may be full. */
const printAndExit = (line: string, exitCode: number): void => {
  process.stdout.write(line, () => process.exit(exitCode));
};

const fail = (code: string, message: string, exitCode: number): void => {
  const monotonicMs = Number(process.hrtime.bigint()) / 1e6;
  const event: ServerEvent = { event: 'failed', monotonicMs, code, message };
  printAndExit(`${JSON.stringify(event)}\n`, exitCode);
};

const withAcceptQueueLimit = (event: ServerEvent): ServerEvent =>
  event.event === 'listening' || event.event === 'listening-again'
    ? { ...event, acceptQueueLimit: readAcceptQueueLimit(event.address, event.port) }
    : event;

/** Every command has one answer; these come unasked. */
const UNASKED: ReadonlySet<ServerEvent['event']> = new Set(['accepted', 'dropped', 'received']);
const isAnswer = ({ event }: ServerEvent): boolean => !UNASKED.has(event);

interface ListeningThread {
  /** Resolves when the thread listens. */
  readonly listening: Promise<void>;
  /** Resolves when the thread has answered and the answer is printed. */
  readonly carryOut: (command: ServerCommand) => Promise<void>;
}

const startThread = (options: ServerOptions): ListeningThread => {
  const wakeUps = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const workerData: ThreadData = { options, wakeUps };
  // The name in dist/: tests and the harness run the compiled program.
  const worker = new Worker(new URL('./never-accepts-thread.js', import.meta.url), { workerData });
  let answered: () => void = () => undefined;
  const nextAnswer = (): Promise<void> =>
    new Promise((resolve) => {
      answered = resolve;
    });

  worker.on('message', (event: ServerEvent) => {
    const line = `${JSON.stringify(withAcceptQueueLimit(event))}\n`;
    if (event.event === 'failed' || event.event === 'closed') {
      printAndExit(line, event.event === 'failed' ? FAILED : 0);
      return;
    }
    process.stdout.write(line);
    if (isAnswer(event)) {
      answered();
    }
  });
  worker.on('error', (error) => fail('ERR_THREAD', String(error), FAILED));

  return {
    listening: nextAnswer(),
    carryOut: (command) => {
      const answer = nextAnswer();
      worker.postMessage(command);
      Atomics.add(wakeUps, 0, 1);
      Atomics.notify(wakeUps, 0);
      return answer;
    },
  };
};

/** Carries out one command after the other, so that each `ss` is read before the next listen(2). */
const obeyStandardInput = async (
  thread: ListeningThread,
  interrupted: AbortSignal,
): Promise<void> => {
  for await (const line of createInterface({ input: process.stdin, signal: interrupted })) {
    await thread.carryOut(parseServerCommand(line));
  }
  await thread.carryOut({ command: 'close' });
};

const serve = async (options: ServerOptions): Promise<void> => {
  // Nobody reads any more: there is nobody to serve.
  process.stdout.on('error', () => process.exit(FAILED));
  const interruption = new AbortController();
  process.once('SIGTERM', () => interruption.abort());
  process.once('SIGINT', () => interruption.abort());
  const thread = startThread(options);
  await thread.listening;
  await obeyStandardInput(thread, interruption.signal).catch((error: unknown) => {
    fail('USAGE', error instanceof Error ? error.message : String(error), WRONG_USAGE);
  });
};

const readOptions = (): ServerOptions | 'help' | 'wrong' => {
  try {
    return readServerOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 'wrong';
  }
};

const options = readOptions();
if (options === 'help') {
  process.stdout.write(HELP);
} else if (options === 'wrong') {
  process.exitCode = WRONG_USAGE;
} else {
  await serve(options);
}
