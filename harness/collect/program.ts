import type { ChildProcess } from 'node:child_process';
import { execa } from 'execa';
import { HarnessError, type HarnessErrorCode } from '../domain/harness-error.ts';
import { readLines } from './read-lines.ts';

export interface ProgramOptions {
  /** How messages call it, for example `the server`. */
  readonly name: string;
  readonly argv: readonly string[];
  /** The code of the error when it ends although nobody asked it to. */
  readonly failure: HarnessErrorCode;
  readonly signal: AbortSignal;
  /** A file that its standard output goes to without passing through Node; otherwise lines are read. */
  readonly stdoutFile?: string;
  /** Hears lines that came together; never none. */
  readonly onLines?: (lines: readonly string[]) => void;
  readonly onStderr?: (text: string) => void;
  /** Absent: those of this process. */
  readonly folder?: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** Its standard output is for people too, and may hold its last words. */
  readonly talksOnStdout?: boolean;
  /** What to do when it ends although nobody asked it to. */
  readonly remedy?: string;
}

/** A program that we started and that lives until it is finished or disposed of. */
export interface Program extends AsyncDisposable {
  readonly name: string;
  /** Absent: it could not be started, or it runs elsewhere. */
  readonly pid?: number;
  /** Rejects when the program ends although nobody asked it to; never resolves. */
  readonly unexpectedEnd: Promise<never>;
  say(line: object): void;
  kill(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL' | 'SIGUSR1'): void;
  /** Ends its input or signals it, and waits for its end; after `withinMs` it is killed. */
  finish(by: 'end-of-input' | 'SIGINT' | 'SIGTERM', withinMs: number): Promise<void>;
}

const TAIL_CHARACTERS = 2_000;

export function startProgram(options: ProgramOptions): Program {
  const [command = '', ...args] =
    options.stdoutFile === undefined ? options.argv : redirected(options.argv, options.stdoutFile);
  const child = execa(command, args, {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    cleanup: false,
    ...(options.folder === undefined ? {} : { cwd: options.folder }),
    ...(options.environment === undefined ? {} : { env: options.environment }),
  });

  let asked = false;
  const lastWords = readOutput(child, options);
  // The program may have ended already when a command is written: that is told by `unexpectedEnd`.
  child.stdin.on('error', () => undefined);

  const whole = child.then((result) => result);
  // Of a program of ours every line is evidence; somebody else's may leave others behind.
  const ended = options.talksOnStdout === true ? Promise.race([whole, exitOf(child)]) : whole;
  const unexpectedEnd = new Promise<never>((_, reject) => {
    void ended.then((result) => {
      if (!asked) reject(endedUnexpectedly(options, result, lastWords()));
    });
  });
  unexpectedEnd.catch(() => undefined);

  const finish: Program['finish'] = async (by, withinMs) => {
    asked = true;
    if (by === 'end-of-input') child.stdin.end();
    else child.kill(by);
    const timer = setTimeout(() => child.kill('SIGKILL'), withinMs);
    await ended;
    clearTimeout(timer);
  };
  return {
    name: options.name,
    ...(child.pid === undefined ? {} : { pid: child.pid }),
    unexpectedEnd,
    say: (line) => void child.stdin.write(`${JSON.stringify(line)}\n`),
    kill: (signal) => {
      asked = asked || signal !== 'SIGUSR1';
      child.kill(signal);
    },
    finish,
    [Symbol.asyncDispose]: () => finish('SIGTERM', 2_000),
  };
}

/** What it has said last may still be on its way. */
const OUTPUT_DEADLINE_MS = 300;

/** A program that it leaves behind may hold its output open for ever: that is an end all the same. */
const exitOf = (child: Pick<ChildProcess, 'once'>): Promise<ProgramEnd> =>
  new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      const end = { exitCode: code ?? undefined, signal: signal ?? undefined };
      setTimeout(() => resolve(end), OUTPUT_DEADLINE_MS);
    });
  });

/** The shell opens the file and becomes the program, so that the kernel alone moves the bytes. */
const redirected = (argv: readonly string[], file: string): readonly string[] => [
  ...['sh', '-c', 'out=$1; shift; exec "$@" > "$out"', 'sh', file],
  ...argv,
];

/** Hands out lines and stderr; returns a function that gives the last words. */
function readOutput(
  child: { readonly stdout: NodeJS.ReadableStream; readonly stderr: NodeJS.ReadableStream },
  options: ProgramOptions,
): () => string {
  let tail = '';
  const keep = (text: string): void => {
    tail = (tail + text).slice(-TAIL_CHARACTERS);
  };
  readLines(child.stdout, (lines) => {
    if (options.talksOnStdout === true) keep(`${lines.join('\n')}\n`);
    options.onLines?.(lines);
  });
  child.stderr.on('data', (chunk: Uint8Array) => {
    const text = new TextDecoder().decode(chunk);
    keep(text);
    options.onStderr?.(text);
  });
  return () => tail.trim();
}

const REMEDY = 'look into the run folder for its log; npm run repro -- doctor checks this machine';

interface ProgramEnd {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly originalMessage?: string | undefined;
}

function endedUnexpectedly(
  options: ProgramOptions,
  result: ProgramEnd,
  lastWords: string,
): HarnessError {
  const how =
    result.signal !== undefined
      ? `was ended by ${result.signal}`
      : result.exitCode !== undefined
        ? `ended with exit code ${result.exitCode}`
        : `could not be started (${result.originalMessage ?? 'unknown reason'})`;
  const words = lastWords === '' ? '' : ` Its last words: ${lastWords}`;
  return new HarnessError(
    options.failure,
    `${capitalised(options.name)} ${how} before the run was over.${words}`,
    { remedy: options.remedy ?? REMEDY },
  );
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
