/** Carries the runs of a catalogue out side by side, each in a sandbox of its own. */
import { setMaxListeners } from 'node:events';
import pLimit from 'p-limit';
import type { CatalogueOutcome, CatalogueRun } from './domain/catalogue.ts';
import { HarnessError, type HarnessErrorCode } from './domain/harness-error.ts';
import type { RunPlan } from './domain/plan.ts';
import { type Judgement, reproduce } from './reproduce.ts';
import { createRunFolderIn } from './run-folder.ts';
import type { CollectRequest, Sandbox } from './sandbox/sandbox.ts';

export interface CatalogueOptions extends Pick<CollectRequest, 'signal' | 'force'> {
  readonly sandbox: Sandbox;
  /** Absolute path; the run folders are made in it. */
  readonly folder: string;
  /** Most runs at a time. */
  readonly jobs: number;
  /** Most of them that have not come to their first wait. */
  readonly starts: number;
  /** Keeps the conclusion in the run folder; returns the run as plain data, and its folder as printed. */
  readonly keep: (judgement: Judgement, folder: string, label: string) => object;
  /** A run folder as it is to be printed. */
  readonly shortened: (folder: string) => string;
  readonly onStart: (run: CatalogueRun) => void;
  readonly onEnd: (outcome: CatalogueOutcome) => void;
  /** For who watches a run as it goes on. */
  readonly onFolder?: (run: CatalogueRun, folder: string, plan: RunPlan) => void;
  readonly onStep?: (label: string) => void;
}

/** What would meet every other run as well. */
const CONCERNS_ALL: ReadonlySet<HarnessErrorCode> = new Set([
  'ABORTED',
  'DOCKER_IMAGE_UNAVAILABLE',
  'DOCKER_REFUSED',
  'DOCKER_UNAVAILABLE',
  'KERNEL_UNAVAILABLE',
  'RUN_FOLDER_UNWRITABLE',
  'SANDBOX_NOT_ISOLATED',
  'SANDBOX_NOT_PERMITTED',
]);

/**
 * The outcomes in the order of the runs. A run that fails is an outcome; a failure that would meet
 * every run rejects, after those under way have been stopped.
 */
export async function runCatalogue(
  runs: readonly CatalogueRun[],
  options: CatalogueOptions,
): Promise<readonly CatalogueOutcome[]> {
  const failure = new AbortController();
  const signal = AbortSignal.any([options.signal, failure.signal]);
  // Every run listens to them, which is no leak.
  setMaxListeners(0, signal, options.force);
  const jobs = pLimit(jobsIn(options.sandbox, options.jobs));
  const starts = pLimit(options.starts);
  let anyJudged = false;
  const settled = await Promise.allSettled(
    runs.map((run) =>
      jobs(async () => {
        try {
          const outcome = await startInTurn(starts, (onWait) =>
            carryOut(run, { ...options, signal, onWait, anyJudged: () => anyJudged }),
          );
          anyJudged ||= outcome.kind === 'judged';
          options.onEnd(outcome);
          return outcome;
        } catch (error) {
          failure.abort(error);
          throw error;
        }
      }),
    ),
  );
  const outcomes = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  if (outcomes.length < runs.length) throw signal.reason;
  throwIfNoCommands(outcomes);
  return outcomes;
}

/** How many of the runs that are asked for at a time really are under way together. */
export const jobsIn = ({ mostRuns = Infinity }: Sandbox, asked: number): number =>
  Math.min(asked, mostRuns);

type Limit = ReturnType<typeof pLimit>;

/**
 * Starting a run takes processors, waiting takes none: so many runs may wait at a time, but few
 * start, because some steps of a run under way must follow each other within a second.
 */
async function startInTurn<Result>(
  starts: Limit,
  start: (onWait: () => void) => Promise<Result>,
): Promise<Result> {
  const started = await starts(
    () =>
      new Promise<{ readonly result: Promise<Result> }>((resolve) => {
        const result: Promise<Result> = start(() => resolve({ result }));
        const onEnd = (): void => resolve({ result });
        result.then(onEnd, onEnd);
      }),
  );
  return started.result;
}

interface RunOptions extends CatalogueOptions {
  readonly onWait: () => void;
  readonly anyJudged: () => boolean;
}

/** Resolves to what the run came to; rejects with what concerns all of them. */
async function carryOut(run: CatalogueRun, options: RunOptions): Promise<CatalogueOutcome> {
  const startedMs = performance.now();
  let folder: string | undefined;
  const ended = (): Pick<CatalogueOutcome, 'run' | 'tookMs' | 'runFolder'> => ({
    run,
    tookMs: Math.round(performance.now() - startedMs),
    runFolder: folder === undefined ? null : options.shortened(folder),
  });
  try {
    options.signal.throwIfAborted();
    options.sandbox.assertFit(run.scenario.plan(run.parameters));
    options.onStart(run);
    const judgement = await reproduce(run.scenario, run.parameters, {
      sandbox: options.sandbox,
      trace: run.scenario.usesTrace === true,
      signal: options.signal,
      force: options.force,
      onStep: (label, waits) => {
        options.onStep?.(label);
        if (waits && run.heavy !== true) options.onWait();
      },
      makeFolder: (plan) => {
        folder = createRunFolderIn(options.folder, run.label, plan);
        options.onFolder?.(run, folder, plan);
        return folder;
      },
    });
    const report = options.keep(judgement, folder ?? options.folder, run.label);
    return { kind: 'judged', ...ended(), ...essence(judgement), report };
  } catch (error) {
    if (!(error instanceof HarnessError) || concernsAll(error, options.anyJudged())) throw error;
    // A run that is ended by force fails in its own way: that it was stopped is what concerns all.
    options.signal.throwIfAborted();
    return { kind: 'failed', ...ended(), error };
  }
}

/** Packets and samples of forty runs would fill the memory; they are in the run folders. */
function essence({
  verdict,
  seen,
}: Judgement): Pick<Extract<CatalogueOutcome, { kind: 'judged' }>, 'verdict' | 'kernel'> {
  const { kind, claims, unexercised } = verdict;
  const { kernelRelease: release, architecture, distribution } = seen.surroundings;
  return {
    verdict: { kind, claims, unexercised },
    kernel: { release, architecture, distribution },
  };
}

/** A kernel that has come up for another run can come up; one that never did will not for the next. */
const concernsAll = ({ code }: HarnessError, anyJudged: boolean): boolean =>
  CONCERNS_ALL.has(code) || (code === 'KERNEL_NOT_STARTED' && !anyJudged);

/** A command that one scenario needs is its own affair; without those that all need nothing can run. */
function throwIfNoCommands(outcomes: readonly CatalogueOutcome[]): void {
  const errors = outcomes.flatMap((outcome) => (outcome.kind === 'failed' ? [outcome.error] : []));
  const lacking = errors.filter(({ code }) => code === 'TOOL_MISSING');
  const [first] = lacking;
  if (first !== undefined && lacking.length === outcomes.length) throw first;
}

/** Why a run decides nothing, for a table that only good runs may fill; null: it was good. */
export function problemOf(outcome: CatalogueOutcome, reason: string | undefined): string | null {
  if (outcome.kind === 'failed') {
    return `${outcome.error.message} Remedy: ${outcome.error.remedy}`;
  }
  const { kind } = outcome.verdict;
  return kind === 'confirmed' || kind === 'outdated' ? null : (reason ?? kind);
}
