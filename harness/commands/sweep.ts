/** `sweep`: what both queues hold, for many settings, beside the prediction. */
import os from 'node:os';
import { jobsIn, runCatalogue } from '../catalogue-run.ts';
import type { CatalogueOutcome, CatalogueRun } from '../domain/catalogue.ts';
import { HarnessError } from '../domain/harness-error.ts';
import { type CellSettings, isOff, type Sweep, type SweepCell } from '../domain/sweep.ts';
import { unameOf } from '../kernel/release.ts';
import type { Page } from '../report/page.ts';
import type { Style } from '../report/style.ts';
import { sweepCsvReport } from '../report/sweep-csv.ts';
import { sweepJsonReport } from '../report/sweep-json.ts';
import { sweepTableReport } from '../report/sweep-table.ts';
import { predictFromPlan } from '../reproduce.ts';
import { createCatalogueFolder, keepConclusion } from '../run-folder.ts';
import { plannedKernel, type SandboxSettings } from '../sandbox/choose.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { queueCapacities } from '../scenarios/queue-capacities.ts';
import { cellOf, unmeasuredCell } from '../scenarios/sweep-cells.ts';
import { clientsOf, parametersOf } from '../scenarios/sweep-grid.ts';
import { EXIT } from './exit-code.ts';
import { type Interruption, watchForInterruption } from './interruption.ts';
import { prepareFiles, writeReports } from './report-destinations.ts';
import { keepPage, sweepPageHtml, tellPage } from './report-page.ts';
import { keeperOf, type RunFailure, type Shown, shortened } from './run.ts';
import { openChosenSandbox } from './sandbox-options.ts';
import { type SweepReporter, type SweepSettings, sweepSettings } from './sweep-options.ts';
import { terminalWidth } from './terminal.ts';
import { showVerifyProgress } from './verify-progress.ts';

export interface SweepShown extends Shown {
  readonly sandbox: SandboxSettings;
  readonly dryRun: boolean;
  /** Also write report.html, a map and one for each run. */
  readonly report: boolean;
}

const REPORTS: Readonly<Record<SweepReporter, (sweep: Sweep, page: Page) => string>> = {
  terminal: sweepTableReport,
  json: sweepJsonReport,
  csv: sweepCsvReport,
};

export async function sweep(
  shown: SweepShown,
  given: Readonly<Record<string, unknown>>,
): Promise<number | RunFailure> {
  const settings = sweepSettings(given);
  const show = (result: Sweep): void =>
    writeReports(settings.reporters, ({ name }, style: Style) =>
      REPORTS[name](result, { style, verbose: shown.verbose, widthColumns: terminalWidth() }),
    );
  if (shown.dryRun) {
    const uname = plannedKernel(shown.sandbox);
    const cells = settings.cells.map((cell) => unmeasuredCell(cell, predicted(cell, uname)));
    show({ kernel: thisKernel(uname.split(' ')[0] ?? uname), cells, wallMs: 0 });
    return EXIT.good;
  }
  prepareFiles(settings.reporters);
  using interruption = watchForInterruption();
  let folder: string | undefined;
  try {
    const sandbox = await openChosenSandbox(shown.sandbox, interruption.signal);
    folder = createCatalogueFolder(settings.runsDir, new Date(), 'sweep');
    const startedMs = performance.now();
    const measured = await measure(settings, { shown, folder, sandbox, interruption });
    const result = { ...measured, wallMs: Math.round(performance.now() - startedMs) };
    keepConclusion(folder, 'sweep.json', sweepJsonReport(result));
    show(result);
    if (shown.report) {
      const where = { folder, printed: shortened(folder) };
      keepPage(where, sweepPageHtml(result));
      tellPage(where);
    }
    return exitCodeOfSweep(result);
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return { error, folder, exitCode: interruption.exitCode() };
  }
}

const predicted = (cell: CellSettings, release: string) => {
  const plan = queueCapacities.plan(parametersOf(cell));
  return predictFromPlan(queueCapacities, plan, release);
};

/** As far as it can be told without a run. */
const thisKernel = (release: string): Sweep['kernel'] => ({
  release,
  architecture: process.arch,
  distribution: os.type(),
});

interface Undertaking {
  readonly shown: SweepShown;
  readonly folder: string;
  readonly sandbox: Sandbox;
  readonly interruption: Interruption;
}

/** The cells in the order they were asked for; the largest queues start first. */
async function measure(
  { cells, family, jobs }: SweepSettings,
  { shown, folder, sandbox, interruption }: Undertaking,
): Promise<Omit<Sweep, 'wallMs'>> {
  const release = unameOf(sandbox);
  const runs = cells.map((cell, index) => runOf(cell, index, family));
  const measured = new Map<string, SweepCell>();
  const largestFirst = runs.toSorted((left, right) => clientsOf(right.cell) - clientsOf(left.cell));
  const settingsOf = new Map(runs.map(({ label, cell }) => [label, cell]));
  using progress = showVerifyProgress(largestFirst, {
    jobs: jobsIn(sandbox, jobs),
    enabled: !shown.quiet,
  });
  const outcomes = await runCatalogue(largestFirst, {
    sandbox,
    folder,
    jobs,
    starts: os.availableParallelism(),
    signal: interruption.signal,
    force: interruption.force,
    keep: (judgement, runFolder, label) => {
      const cell = settingsOf.get(label);
      if (cell) measured.set(label, cellOf(cell, judgement, shortened(runFolder)));
      return keeperOf(shown.report)(judgement, runFolder);
    },
    shortened,
    onStart: progress.started,
    onEnd: progress.ended,
  });
  const failed = new Map(outcomes.flatMap(failureOf));
  return {
    kernel: outcomes.flatMap(kernelOf)[0] ?? thisKernel(release),
    cells: runs.map(
      ({ label, cell }) =>
        measured.get(label) ?? {
          ...unmeasuredCell(cell, predicted(cell, release)),
          problem: failed.get(label) ?? 'the run came to no end',
        },
    ),
  };
}

const kernelOf = (outcome: CatalogueOutcome): readonly Sweep['kernel'][] =>
  outcome.kind === 'judged' ? [outcome.kernel] : [];

const failureOf = (outcome: CatalogueOutcome): readonly (readonly [string, string])[] =>
  outcome.kind === 'failed'
    ? [[outcome.run.label, `${outcome.error.message} Remedy: ${outcome.error.remedy}`]]
    : [];

/** What the kernel's timers take: two waves of clients that wait in vain. */
const CELL_LASTS_MS = 2 * queueCapacities.defaults.connectTimeoutMs;

/** So many clients keep a processor busy for as long as the run lasts. */
const MANY_CLIENTS = 2_000;

function runOf(
  cell: CellSettings,
  index: number,
  family: SweepSettings['family'],
): CatalogueRun & { readonly cell: CellSettings } {
  const { backlog, somaxconn, maxSynBacklog, syncookies } = cell;
  const port = queueCapacities.defaults.port + index;
  return {
    label: `backlog-${backlog}-somaxconn-${somaxconn}-syn-${maxSynBacklog}-cookies-${syncookies}`,
    scenario: queueCapacities,
    variant: { name: '', parameters: {}, lastsMs: CELL_LASTS_MS },
    parameters: { ...parametersOf(cell), family, port },
    claims: [],
    heavy: clientsOf(cell) > MANY_CLIENTS,
    cell,
  };
}

function exitCodeOfSweep({ cells }: Sweep): number {
  if (cells.some(isOff)) return EXIT.contradicted;
  return cells.some(({ problem }) => problem !== null) ? EXIT.inconclusive : EXIT.good;
}
