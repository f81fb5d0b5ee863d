/** How far `verify` is, on stderr: one line that is rewritten, or without a terminal one line a run. */
import type { CatalogueOutcome, CatalogueRun } from '../domain/catalogue.ts';
import { duration } from '../report/words.ts';

export interface VerifyProgress extends Disposable {
  readonly started: (run: CatalogueRun) => void;
  readonly ended: (outcome: CatalogueOutcome) => void;
}

export interface ProgressOptions {
  readonly jobs: number;
  readonly enabled: boolean;
  /** Whose runs they are, where there are several lists of them. */
  readonly name?: string;
}

const REDRAW_MS = 200;
/** What a run takes besides the kernel's timers: processes to start, evidence to close and judge. */
const AROUND_A_RUN_MS = 1_500;

export function showVerifyProgress(
  runs: readonly CatalogueRun[],
  { jobs, enabled, name }: ProgressOptions,
): VerifyProgress {
  const nothing = (): void => undefined;
  if (!enabled) return { started: nothing, ended: nothing, [Symbol.dispose]: nothing };
  const before = name === undefined ? '' : `${name}  `;
  return process.stderr.isTTY === true
    ? rewrittenLine(runs, jobs, before)
    : linePerRun(runs.length, before);
}

function linePerRun(total: number, before: string): VerifyProgress {
  let done = 0;
  return {
    started: () => undefined,
    ended: (outcome) => {
      done += 1;
      const word = outcome.kind === 'failed' ? outcome.error.code : outcome.verdict.kind;
      process.stderr.write(
        `${before}${done}/${total}  ${word}  ${outcome.run.label}  ${duration(outcome.tookMs)}\n`,
      );
    },
    [Symbol.dispose]: () => undefined,
  };
}

function rewrittenLine(
  runs: readonly CatalogueRun[],
  jobs: number,
  before: string,
): VerifyProgress {
  const startedMs = new Map<CatalogueRun, number>();
  const done = new Set<CatalogueRun>();
  const draw = (): void => {
    const nowMs = performance.now();
    const left = runs
      .filter((run) => !done.has(run))
      .map((run) => ({
        label: run.label,
        elapsedMs: startedMs.has(run) ? nowMs - (startedMs.get(run) ?? nowMs) : null,
        lastsMs: run.variant.lastsMs + AROUND_A_RUN_MS,
      }));
    const line = `${before}${progressLine(left, runs.length, jobs)}`;
    process.stderr.write(`\r\u001b[K${shortened(line, (process.stderr.columns ?? 80) - 1)}`);
  };
  const timer = setInterval(draw, REDRAW_MS);
  return {
    started: (run) => startedMs.set(run, performance.now()),
    ended: ({ run }) => done.add(run),
    [Symbol.dispose]: () => {
      clearInterval(timer);
      process.stderr.write('\r\u001b[K');
    },
  };
}

/** A run that is not over; null: it has not begun. */
export interface RunLeft {
  readonly label: string;
  readonly elapsedMs: number | null;
  readonly lastsMs: number;
}

export function progressLine(left: readonly RunLeft[], total: number, jobs: number): string {
  const running = left.filter(({ elapsedMs }) => elapsedMs !== null).map(({ label }) => label);
  const about = Math.ceil(estimateLeftMs(left, jobs) / 1_000);
  return `${total - left.length}/${total} done, about ${about} s left; running: ${running.join(', ')}`;
}

/** The longest run bounds it, and so does the work of all runs shared among the jobs. */
export function estimateLeftMs(left: readonly RunLeft[], jobs: number): number {
  const each = left.map(({ lastsMs, elapsedMs }) => Math.max(0, lastsMs - (elapsedMs ?? 0)));
  const sum = each.reduce((total, ms) => total + ms, 0);
  return Math.max(0, sum / jobs, ...each);
}

const shortened = (line: string, width: number): string =>
  line.length <= width ? line : `${line.slice(0, Math.max(0, width - 1))}…`;
