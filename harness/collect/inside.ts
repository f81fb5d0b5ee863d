/**
 * What the inside parts of all sandboxes have in common. The outside's words come on standard input
 * (`INSIDE_COMMANDS`); when that input ends, the outside is gone. On standard output goes one JSON
 * line a step. Whatever is found out is in the run folder, `status.json` last.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { FILES, type Lack, type RunStatus } from '../domain/evidence.ts';
import { HarnessError } from '../domain/harness-error.ts';
import { INSIDE_COMMANDS, type InsideOptions, type InsideReport } from '../domain/inside.ts';
import type { RunPlan } from '../domain/plan.ts';
import { collectEvidence } from './collect-evidence.ts';
import { type RunRecorder, recordInto } from './run-recorder.ts';
import type { OpenSite } from './site.ts';
import { recordSurroundings } from './surroundings.ts';
import { bePatient } from './until.ts';

/** The outside is gone: only docker/collect.sh reads this exit code, which no signal leads to. */
const OUTSIDE_GONE = 75;
const FAILED = 4;

const report = (line: InsideReport): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

interface Outside {
  readonly signal: AbortSignal;
  readonly traceInstance: Promise<string | null>;
}

function listenToOutside(): Outside {
  const controller = new AbortController();
  const lines = createInterface({ input: process.stdin });
  const traceInstance = new Promise<string | null>((resolve) => {
    lines.on('line', (line) => {
      const [command, instance] = line.split(' ');
      if (command === INSIDE_COMMANDS.abort) controller.abort(aborted());
      if (command === INSIDE_COMMANDS.trace) resolve(instance ?? null);
    });
  });
  lines.on('close', () => process.exit(OUTSIDE_GONE));
  // A terminal's Ctrl-C reaches the outside only; these come from people who look for this process.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => controller.abort(aborted()));
  }
  return { signal: controller.signal, traceInstance };
}

const aborted = (): HarnessError =>
  new HarnessError('ABORTED', 'The run was interrupted.', {
    remedy: 'the evidence so far is kept; start it again for a whole run',
  });

/** What the outside tells every inside part. */
export type CommonOptions = Omit<InsideOptions, 'callerNetworkNamespace'> & {
  /** Grows while the site is opened. */
  readonly lacks?: readonly Lack[];
};

async function carryOut(options: CommonOptions, openSite: OpenSite): Promise<void> {
  const { signal, traceInstance } = listenToOutside();
  bePatient(options.patience ?? 1);
  const recorder = recordInto(options.folder);
  const plan = JSON.parse(readFileSync(path.join(options.folder, FILES.plan), 'utf8')) as RunPlan;
  let surroundings: Promise<void> | undefined;
  const startSurroundings = (): Promise<void> =>
    (surroundings ??= recordSurroundings(recorder, options));
  try {
    const collected = collectEvidence(plan, {
      recorder,
      signal,
      traceInstance,
      openSite,
      ...(options.ownMachine === undefined ? {} : { ownMachine: options.ownMachine }),
      // In an emulated machine even small commands would hold the clients up.
      onFirstWait: () =>
        options.ownMachine === true ? undefined : void startSurroundings().catch(() => undefined),
      onStep: (label, waits) => report({ event: 'step', label, waits }),
    });
    await Promise.race([collected, uncaughtError()]);
    await startSurroundings();
    writeStatus(recorder, { schemaVersion: 1, status: 'complete' });
  } catch (error) {
    await startSurroundings().catch(() => undefined);
    throw recordedFailure(recorder, error);
  }
}

/** Rejects with what nobody else catches: a line of a program that finds no space on the disk. */
const uncaughtError = (): Promise<never> =>
  new Promise((_, reject) => {
    process.on('uncaughtException', reject);
  });

const writeStatus = (recorder: RunRecorder, status: RunStatus): void =>
  recorder.write(FILES.status, JSON.stringify(status, null, 1));

/** Returns the error as a harness error; a disk that is full must not hide it. */
function recordedFailure(recorder: RunRecorder, error: unknown): HarnessError {
  const failure = asHarnessError(error);
  const { code, message, remedy } = failure;
  const status = code === 'ABORTED' ? 'aborted' : 'failed';
  try {
    writeStatus(recorder, {
      schemaVersion: 1,
      status,
      reason: message,
      error: { code, message, remedy },
    });
  } catch {
    // The report on standard output still tells.
  }
  return failure;
}

function asHarnessError(error: unknown): HarnessError {
  if (error instanceof HarnessError) return error;
  if (isSuppressed(error)) return asHarnessError(error.suppressed);
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new HarnessError('PROGRAM_FAILED', `The harness itself failed inside: ${detail}`, {
    remedy: 'this is a defect of backlog-lab: report it together with the run folder',
    cause: error,
  });
}

/** When something fails to be disposed of after a failure, the failure is what is to be told. */
const isSuppressed = (error: unknown): error is Error & { readonly suppressed: unknown } =>
  error instanceof Error && error.name === 'SuppressedError' && 'suppressed' in error;

/**
 * Collects the evidence and ends this process, with an exit code that says how it went. `prepare`
 * comes before anything is recorded; what it throws is reported like any other failure.
 */
export async function runInside(options: CommonOptions, prepare: () => OpenSite): Promise<never> {
  try {
    await carryOut(options, prepare());
    process.exit(0);
  } catch (error) {
    const { code, message, remedy } = asHarnessError(error);
    report({ event: 'failed', code, message, remedy });
    process.exit(FAILED);
  }
}
