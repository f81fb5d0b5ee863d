/** `kernels`: the catalogue of `verify` on several kernels, and one table of them all. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { FILES, type MachineRecord } from '../domain/evidence.ts';
import { HarnessError } from '../domain/harness-error.ts';
import { KERNELS_FILE, type KernelsVerdict } from '../domain/kernels.ts';
import { unameOf } from '../kernel/release.ts';
import { kernelsJsonReport } from '../report/kernels-json.ts';
import { type KernelPlan, kernelsPlanJson, kernelsPlanReport } from '../report/kernels-plan.ts';
import { createCatalogueFolder, createFolderIn, keepConclusion } from '../run-folder.ts';
import { plannedKernel } from '../sandbox/choose.ts';
import { SCENARIOS } from '../scenarios/catalogue.ts';
import { judgeKernels, type KernelCase } from '../verdict/kernels-verdict.ts';
import { statedClaims, workList } from '../work-list.ts';
import { EXIT } from './exit-code.ts';
import { type Interruption, watchForInterruption } from './interruption.ts';
import { type KernelChoice, type KernelsSettings, kernelsSettings } from './kernels-options.ts';
import { reportKernels } from './kernels-reporters.ts';
import { prepareFiles } from './report-destinations.ts';
import { keepPage, kernelsPageHtml, tellPage } from './report-page.ts';
import { type RunFailure, type Shown, shortened } from './run.ts';
import { openChosenSandbox } from './sandbox-options.ts';
import { print, terminalStyle } from './terminal.ts';
import { catalogueIn, exitCodeOfCatalogue } from './verify.ts';

export interface KernelsShown extends Shown {
  readonly dryRun: boolean;
  /** Also write report.html: the table, an index for each kernel, and a page for each run. */
  readonly report: boolean;
}

export async function kernels(
  shown: KernelsShown,
  given: Readonly<Record<string, unknown>>,
): Promise<number | RunFailure> {
  const settings = kernelsSettings(given, statedClaims(SCENARIOS));
  if (shown.dryRun) return dryRun(settings, shown);
  const { verify } = settings;
  prepareFiles(verify.reporters);
  using interruption = watchForInterruption();
  let folder: string | undefined;
  try {
    folder = createCatalogueFolder(verify.runsDir, new Date(), 'kernels');
    const verdict = await verdictOf({ settings, shown, folder, interruption });
    reportKernels(verdict, verify.reporters, shown);
    if (shown.report) tellPage({ folder, printed: shortened(folder) });
    return exitCodeOfKernels(verdict);
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return { error, folder, exitCode: interruption.exitCode() };
  }
}

interface Undertaking {
  readonly settings: KernelsSettings;
  readonly shown: KernelsShown;
  readonly folder: string;
  readonly interruption: Interruption;
}

/** What is known after each kernel is kept: those to come may take long, or be interrupted. */
async function verdictOf(undertaking: Undertaking): Promise<KernelsVerdict> {
  const { settings, shown, folder } = undertaking;
  const { profile, strict } = settings.verify;
  const startedMs = performance.now();
  const cases: KernelCase[] = [];
  const judged = (): KernelsVerdict =>
    judgeKernels({
      ...{ profile, strict, kernels: cases },
      wallMs: Math.round(performance.now() - startedMs),
      folder: shortened(folder),
    });
  for (const choice of settings.kernels) {
    cases.push(await caseOf(choice, undertaking));
    keep(judged(), folder, shown.report);
  }
  return judged();
}

function keep(verdict: KernelsVerdict, folder: string, report: boolean): void {
  if (!keepConclusion(folder, KERNELS_FILE, kernelsJsonReport(verdict))) {
    process.stderr.write(`Cannot keep ${KERNELS_FILE} in ${folder}.\n`);
  }
  if (report) keepPage({ folder, printed: shortened(folder) }, kernelsPageHtml(verdict));
}

/** A kernel that fails as a whole is a case; that the user stops is none. */
async function caseOf(choice: KernelChoice, undertaking: Undertaking): Promise<KernelCase> {
  const startedMs = performance.now();
  let folder: string | undefined;
  const makeFolder = (): string => {
    folder = createFolderIn(undertaking.folder, choice.name);
    return folder;
  };
  try {
    return await judgedCase(choice, undertaking, makeFolder);
  } catch (error) {
    if (!(error instanceof HarnessError) || error.code === 'ABORTED') throw error;
    undertaking.interruption.signal.throwIfAborted();
    const { code, message, remedy } = error;
    if (!undertaking.shown.quiet) process.stderr.write(`${choice.name}  ${code}  ${message}\n`);
    return {
      kind: 'failed',
      name: choice.name,
      folder: folder === undefined ? null : shortened(folder),
      error: { code, message, remedy },
      wallMs: Math.round(performance.now() - startedMs),
    };
  }
}

async function judgedCase(
  { name, sandbox: chosen }: KernelChoice,
  { settings, shown, interruption }: Undertaking,
  makeFolder: () => string,
): Promise<KernelCase> {
  const sandbox = await openChosenSandbox(chosen, interruption.signal);
  const uname = chosen.kind === 'vm' ? unameOf(sandbox) : plannedKernel(chosen);
  const list = workList(SCENARIOS, settings.verify, uname);
  const folder = makeFolder();
  const catalogue = await catalogueIn(list, {
    ...{ settings: settings.verify, shown, folder, sandbox, interruption, name },
  });
  const errors = catalogue.outcomes.flatMap((each) => (each.kind === 'failed' ? each.error : []));
  const [first] = errors;
  // Not one run succeeded: what is wrong is wrong with all of them.
  if (first !== undefined && errors.length === catalogue.outcomes.length) throw first;
  return { kind: 'judged', name, uname, catalogue, machines: machinesIn(folder) };
}

/** The machines of the runs that lie in the folder; a run without one has no such file. */
export const machinesIn = (folder: string): readonly MachineRecord[] =>
  readdirSync(folder)
    .map((run) => path.join(folder, run, FILES.machine))
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, 'utf8')) as MachineRecord);

/** The worst of the kernels; one that could not be judged is worse than one with nothing decided. */
export function exitCodeOfKernels({ kernels: all, strict }: KernelsVerdict): number {
  const codes = all.map((each) =>
    each.kind === 'failed' ? EXIT.failed : exitCodeOfCatalogue({ totals: each.totals, strict }),
  );
  const worstFirst = [EXIT.contradicted, EXIT.failed, EXIT.inconclusive];
  return worstFirst.find((code) => codes.includes(code)) ?? EXIT.good;
}

function dryRun({ kernels: all, verify }: KernelsSettings, shown: KernelsShown): number {
  const planned = all.map(({ name, sandbox }): KernelPlan => {
    const kernel = plannedKernel(sandbox);
    return { name, kernel, list: workList(SCENARIOS, verify, kernel) };
  });
  print(
    shown.json
      ? JSON.stringify(kernelsPlanJson(planned), null, 2)
      : kernelsPlanReport(planned, terminalStyle()),
  );
  return EXIT.good;
}
