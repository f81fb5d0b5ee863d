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
  /** A line to say before anything else. */
  readonly opening?: string;
  readonly keeper?: TraceKeeper;
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
export async function converse(
  { command: [command, ...args], opening, keeper }: Partner,
  request: CollectRequest,
): Promise<Conversation> {
  const child = execa(command, args, {
    env: sandboxEnvironment(),
    detached: true,
    cleanup: false,
    reject: false,
    encoding: 'buffer',
    buffer: { stdout: false, stderr: true },
  });
  child.stdin.on('error', () => undefined);
  const tell = (...words: readonly string[]): void =>
    void child.stdin.write(`${words.join(' ')}\n`);
  if (opening !== undefined) tell(opening);
  void Promise.resolve(keeper?.instance).then((instance) =>
    tell(INSIDE_COMMANDS.trace, ...(instance == null ? [] : [instance])),
  );
  const onAbort = (): void => tell(INSIDE_COMMANDS.abort);
  const onForce = (): void => void child.kill('SIGKILL');
  request.signal.addEventListener('abort', onAbort, { once: true });
  request.force.addEventListener('abort', onForce, { once: true });
  if (request.signal.aborted) onAbort();
  if (request.force.aborted) onForce();

  const reports: InsideReport[] = [];
  const strays: string[] = [];
  const reading = readEvidenceStream(child.stdout, request.folder, {
    onReport: (report) => {
      reports.push(report);
      if (report.event === 'step') request.onStep(report.label, report.waits);
    },
    onStray: (line) => strays.push(line),
  });
  const [unpacked, result] = await Promise.all([reading, child]);
  // The keeper takes its time; the process does not end before it, but the judge need not wait.
  keeper?.end();
  request.signal.removeEventListener('abort', onAbort);
  request.force.removeEventListener('abort', onForce);
  const stderr = Buffer.from(result.stderr ?? []).toString();
  return {
    reports,
    exitCode: result.exitCode,
    signal: result.signal,
    words: [...strays, stderr].join('\n').trim(),
    unpacked,
  };
}

/** What the inside part itself said of its failure. */
export function failureOf(reports: readonly InsideReport[]): HarnessError | undefined {
  const failed = reports.find((report) => report.event === 'failed');
  return failed && new HarnessError(failed.code, failed.message, { remedy: failed.remedy });
}
