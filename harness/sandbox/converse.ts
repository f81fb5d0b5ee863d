import type { Writable } from 'node:stream';
import { execa } from 'execa';
import { HarnessError } from '../domain/harness-error.ts';
import { INSIDE_COMMANDS, type InsideReport } from '../domain/inside.ts';
import { sandboxEnvironment } from './environment.ts';
import { readEvidenceStream, type Unpacked } from './evidence-stream.ts';
import type { CollectRequest } from './sandbox.ts';
import type { TraceKeeper } from './trace-keeper.ts';

export type Command = readonly [string, ...string[]];

export interface Partner {
  /** Starts the inside part, wherever that is. */
  readonly command: Command;
  /** Lines to say before anything else. */
  readonly opening?: readonly string[];
  readonly keeper?: Pick<TraceKeeper, 'instance' | 'end'>;
  /** It hears nothing before it has said that it has started, which it must within `startWithinMs`. */
  readonly machine?: { readonly startWithinMs: number; readonly mostSilentMs: number };
  readonly onReport?: (report: InsideReport) => void;
}

/** How the inside part ended, and what it had said by then. */
export interface Conversation {
  readonly reports: readonly InsideReport[];
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** What was printed besides reports. */
  readonly words: string;
  /** Null where the evidence did not come this way. */
  readonly unpacked: Unpacked | null;
}

/**
 * Starts the inside part, tells it what the user wants, hands its reports on, and waits for its end.
 * A session of its own keeps a terminal's Ctrl-C from tcpdump and the clients: interruptions come
 * as words. When this process dies, its end of the pipe does, and so does the inside.
 */
export async function converse(partner: Partner, request: CollectRequest): Promise<Conversation> {
  const {
    command: [command, ...args],
    opening = [],
    keeper,
    machine,
  } = partner;
  const child = execa(command, args, {
    env: sandboxEnvironment(),
    detached: true,
    cleanup: false,
    reject: false,
    encoding: 'buffer',
    buffer: { stdout: false, stderr: true },
  });
  const kill = (): void => void child.kill('SIGKILL');
  const mouth = mouthAt(child.stdin, machine === undefined);
  using patience = watchSilence(machine, kill);
  for (const line of opening) mouth.say(line);
  void Promise.resolve(keeper?.instance).then((instance) =>
    mouth.say([INSIDE_COMMANDS.trace, ...(instance == null ? [] : [instance])].join(' ')),
  );
  // Before it hears there is no evidence that could be kept.
  const onAbort = (): void => (mouth.isHeard() ? mouth.say(INSIDE_COMMANDS.abort) : kill());
  request.signal.addEventListener('abort', onAbort, { once: true });
  request.force.addEventListener('abort', kill, { once: true });
  if (request.signal.aborted) onAbort();
  if (request.force.aborted) kill();

  const reports: InsideReport[] = [];
  const strays: string[] = [];
  const reading = readEvidenceStream(child.stdout, request.folder, {
    onReport: (report) => {
      reports.push(report);
      partner.onReport?.(report);
      if (report.event === 'started') mouth.open();
      if (report.event === 'step') request.onStep(report.label, report.waits);
    },
    onStray: (line) => strays.push(line),
    onSign: patience.sign,
  });
  const [unpacked, result] = await Promise.all([reading, child]);
  // The keeper takes its time; the process does not end before it, but the judge need not wait.
  keeper?.end();
  request.signal.removeEventListener('abort', onAbort);
  request.force.removeEventListener('abort', kill);
  const stderr = Buffer.from(result.stderr ?? []).toString();
  return {
    reports,
    exitCode: result.exitCode,
    signal: result.signal,
    words: [...strays, stderr].join('\n').trim(),
    unpacked,
  };
}

interface Mouth {
  readonly say: (line: string) => void;
  readonly isHeard: () => boolean;
  /** From now on it is heard: what was said before comes first. */
  readonly open: () => void;
}

function mouthAt(input: Writable, heardAtOnce: boolean): Mouth {
  input.on('error', () => undefined);
  let heard = heardAtOnce;
  const waiting: string[] = [];
  const say = (line: string): void => {
    if (heard) input.write(`${line}\n`);
    else waiting.push(line);
  };
  return {
    say,
    isHeard: () => heard,
    open: () => {
      heard = true;
      for (const line of waiting.splice(0)) say(line);
    },
  };
}

interface Patience extends Disposable {
  readonly sign: () => void;
}

/** A timer of Node's that is set for longer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A machine that hangs says nothing, and nobody but us can end it. */
function watchSilence(machine: Partner['machine'], onSilence: () => void): Patience {
  if (machine === undefined) return { sign: () => undefined, [Symbol.dispose]: () => undefined };
  let timer = setTimeout(onSilence, machine.startWithinMs);
  const mostSilentMs = Math.min(machine.mostSilentMs, LONGEST_TIMER_MS);
  return {
    sign: () => {
      clearTimeout(timer);
      timer = setTimeout(onSilence, mostSilentMs);
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}

/** What the inside part itself said of its failure. */
export function failureOf(reports: readonly InsideReport[]): HarnessError | undefined {
  const failed = reports.find((report) => report.event === 'failed');
  return failed && new HarnessError(failed.code, failed.message, { remedy: failed.remedy });
}
