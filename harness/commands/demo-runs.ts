import { rmSync } from 'node:fs';
import type { DemoEffect, Outcome } from '../demo/demo-state.ts';
import { parametersOf, scenarioOf } from '../demo/parameters.ts';
import { STEPS } from '../demo/steps.ts';
import { HarnessError } from '../domain/harness-error.ts';
import type { RunPlan } from '../domain/plan.ts';
import { type Judgement, type ReproduceOptions, reproduce } from '../reproduce.ts';
import { createRunFolder } from '../run-folder.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { makeDemoFolder } from './demo-folder.ts';

type RunEffect = Extract<DemoEffect, { kind: 'run' }>;

export interface DemoNews {
  readonly progress: (run: number, elapsedMs: number) => void;
  readonly ended: (run: number, outcome: Outcome) => void;
}

/** The demo's runs: one at a time, and none of them leaves a folder. */
export interface DemoRuns extends Disposable {
  readonly start: (effect: RunEffect) => void;
  /** Ends the run under way politely; a second time at once. */
  readonly cancel: () => void;
  /** Resolves when no run is under way. */
  readonly idle: () => Promise<void>;
  /** What ended a run that was not cancelled. */
  readonly failures: readonly HarnessError[];
}

const PROGRESS_EVERY_MS = 500;

export function demoRuns(sandbox: Sandbox, news: DemoNews): DemoRuns {
  const folder = makeDemoFolder();
  const failures: HarnessError[] = [];
  const makeFolder = (plan: RunPlan): string => createRunFolder(folder, plan, new Date());
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  // Whatever ends the process, the evidence of a demonstration is not left behind.
  process.on('exit', remove);
  let stop = newStop();
  let underWay = Promise.resolve();

  const carryOut = async (effect: RunEffect, own: Stop): Promise<void> => {
    const startedMs = performance.now();
    const tell = (): void => news.progress(effect.run, performance.now() - startedMs);
    const timer = setInterval(tell, PROGRESS_EVERY_MS);
    const ended = await runOnce(effect, own, { sandbox, makeFolder }).finally(() =>
      clearInterval(timer),
    );
    if (ended === undefined) return;
    if (ended instanceof HarnessError) failures.push(ended);
    news.ended(effect.run, outcomeOf(ended));
  };

  return {
    failures,
    start: (effect) => {
      const own = newStop();
      stop = own;
      // A run that was cancelled may still be ending: both at once would disturb each other.
      underWay = underWay.then(() => carryOut(effect, own));
    },
    cancel: () => {
      if (stop.polite.signal.aborted) stop.force.abort(aborted());
      else stop.polite.abort(aborted());
    },
    idle: () => underWay,
    [Symbol.dispose]: () => {
      process.off('exit', remove);
      remove();
    },
  };
}

/** Undefined for a run that was cancelled. */
async function runOnce(
  { step, wishes }: RunEffect,
  own: Stop,
  place: Pick<ReproduceOptions, 'sandbox' | 'makeFolder'>,
): Promise<Judgement | HarnessError | undefined> {
  const demoStep = STEPS[step];
  if (demoStep === undefined || own.polite.signal.aborted) return undefined;
  try {
    return await reproduce(scenarioOf(demoStep), parametersOf(demoStep, wishes), {
      ...place,
      trace: false,
      signal: own.polite.signal,
      force: own.force.signal,
      onStep: () => undefined,
    });
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return own.polite.signal.aborted ? undefined : error;
  }
}

const outcomeOf = (ended: Judgement | HarnessError): Outcome =>
  ended instanceof HarnessError
    ? { kind: 'failed', message: ended.message, remedy: ended.remedy }
    : { kind: 'judged', input: { ...ended, runFolder: '' } };

interface Stop {
  readonly polite: AbortController;
  readonly force: AbortController;
}

const newStop = (): Stop => ({ polite: new AbortController(), force: new AbortController() });

const aborted = (): HarnessError =>
  new HarnessError('ABORTED', 'The run was ended by a key.', { remedy: 'start it again' });
