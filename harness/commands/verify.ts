/** `verify`: the whole catalogue, side by side, one verdict for each documented claim. */
import os from 'node:os';
import { jobsIn, runCatalogue } from '../catalogue-run.ts';
import { CATALOGUE_FILE, type CatalogueVerdict, type WorkList } from '../domain/catalogue.ts';
import { HarnessError } from '../domain/harness-error.ts';
import { unameOf } from '../kernel/release.ts';
import type { CatalogueJson } from '../report/page/catalogue-page.ts';
import { verifyJson, verifyJsonReport } from '../report/verify-json.ts';
import { verifyPlanJson, verifyPlanReport } from '../report/verify-plan.ts';
import { createCatalogueFolder, keepConclusion } from '../run-folder.ts';
import { plannedKernel, type SandboxSettings } from '../sandbox/choose.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { SCENARIOS } from '../scenarios/catalogue.ts';
import { DISAGREEMENTS } from '../scenarios/disagreements.ts';
import { judgeCatalogue } from '../verdict/catalogue-verdict.ts';
import { statedClaims, workList } from '../work-list.ts';
import { EXIT } from './exit-code.ts';
import { type Interruption, watchForInterruption } from './interruption.ts';
import { prepareFiles } from './report-destinations.ts';
import { cataloguePageHtml, keepPage, tellPage } from './report-page.ts';
import { keeperOf, type RunFailure, type Shown, shortened } from './run.ts';
import { openChosenSandbox } from './sandbox-options.ts';
import { print, terminalStyle } from './terminal.ts';
import { type VerifySettings, verifySettings } from './verify-options.ts';
import { showVerifyProgress } from './verify-progress.ts';
import { report } from './verify-reporters.ts';

export interface VerifyShown extends Shown {
  readonly sandbox: SandboxSettings;
  readonly dryRun: boolean;
  /** Also write report.html, an index and one for each run. */
  readonly report: boolean;
}

export async function verify(
  shown: VerifyShown,
  given: Readonly<Record<string, unknown>>,
): Promise<number | RunFailure> {
  const settings = verifySettings(given, statedClaims(SCENARIOS));
  if (shown.dryRun) {
    const list = workList(SCENARIOS, settings, plannedKernel(shown.sandbox));
    print(
      shown.json
        ? JSON.stringify(verifyPlanJson(list), null, 2)
        : verifyPlanReport(list, terminalStyle()),
    );
    return EXIT.good;
  }
  prepareFiles(settings.reporters);
  using interruption = watchForInterruption();
  let folder: string | undefined;
  try {
    const sandbox = await openChosenSandbox(shown.sandbox, interruption.signal);
    const list = workList(SCENARIOS, settings, unameOf(sandbox));
    folder = createCatalogueFolder(settings.runsDir, new Date(), 'verify');
    const verdict = await catalogueIn(list, { settings, shown, folder, sandbox, interruption });
    report(verdict, settings.reporters, shown);
    if (shown.report) tellPage({ folder, printed: shortened(folder) });
    return exitCodeOfCatalogue(verdict);
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return { error, folder, exitCode: interruption.exitCode() };
  }
}

export interface Undertaking {
  readonly settings: Pick<VerifySettings, 'jobs' | 'strict'>;
  readonly shown: Pick<VerifyShown, 'quiet' | 'report'>;
  readonly folder: string;
  readonly sandbox: Sandbox;
  readonly interruption: Interruption;
  /** Before the words of the progress, where there are several catalogues. */
  readonly name?: string;
}

/** Carries the runs out, and keeps the verdict and its page in the folder. */
export async function catalogueIn(
  list: WorkList,
  undertaking: Undertaking,
): Promise<CatalogueVerdict> {
  const { folder, shown } = undertaking;
  const verdict = await verdictOf(list, undertaking);
  if (!keepConclusion(folder, CATALOGUE_FILE, verifyJsonReport(verdict))) {
    process.stderr.write(`Cannot keep ${CATALOGUE_FILE} in ${folder}.\n`);
  }
  if (shown.report) {
    const where = { folder, printed: shortened(folder) };
    keepPage(where, cataloguePageHtml(verifyJson(verdict) as CatalogueJson));
  }
  return verdict;
}

async function verdictOf(
  list: WorkList,
  { settings, shown, folder, sandbox, interruption, name }: Undertaking,
): Promise<CatalogueVerdict> {
  const { jobs, strict } = settings;
  const startedMs = performance.now();
  using progress = showVerifyProgress(list.runs, {
    jobs: jobsIn(sandbox, jobs),
    enabled: !shown.quiet,
    ...(name === undefined ? {} : { name }),
  });
  const outcomes = await runCatalogue(list.runs, {
    sandbox,
    folder,
    jobs,
    starts: os.availableParallelism(),
    signal: interruption.signal,
    force: interruption.force,
    keep: keeperOf(shown.report),
    shortened,
    onStart: progress.started,
    onEnd: progress.ended,
  });
  return judgeCatalogue({
    workList: list,
    outcomes,
    disagreements: DISAGREEMENTS,
    kernel: { release: sandbox.kernelRelease, architecture: process.arch, distribution: os.type() },
    strict,
    wallMs: Math.round(performance.now() - startedMs),
    folder: shortened(folder),
  });
}

/** An ordinary user cannot decide everything, so only --strict asks for it; nothing at all is too little. */
export function exitCodeOfCatalogue({
  totals,
  strict,
}: Pick<CatalogueVerdict, 'totals' | 'strict'>): number {
  if (totals.contradicted > 0) return EXIT.contradicted;
  const decided = totals.confirmed + totals.outdated;
  const isTooLittle = decided === 0 || (strict && totals.inconclusive > 0);
  return isTooLittle ? EXIT.inconclusive : EXIT.good;
}
