/** No subcommand: one run of one scenario. */
import path from 'node:path';
import pino from 'pino';
import { insideCommands } from '../collect/inside-commands.ts';
import { FILES } from '../domain/evidence.ts';
import { HarnessError } from '../domain/harness-error.ts';
import type { RunPlan } from '../domain/plan.ts';
import type { Scenario } from '../domain/scenario.ts';
import { unameOf } from '../kernel/release.ts';
import { jsonReport } from '../report/json.ts';
import { type PlannedRun, planReport } from '../report/plan-text.ts';
import { plainStyle } from '../report/style.ts';
import { quietReport, terminalReport } from '../report/terminal.ts';
import { type Judgement, predictFromPlan, reproduce, unknownScenario } from '../reproduce.ts';
import { createRunFolder, keepConclusion } from '../run-folder.ts';
import { commandLinesOf, plannedKernel, type SandboxSettings } from '../sandbox/choose.ts';
import { scenarioNamed } from '../scenarios/catalogue.ts';
import { exitCodeOfVerdict } from './exit-code.ts';
import { watchForInterruption } from './interruption.ts';
import { type LadderWish, ladderWish, showLadder } from './ladder-options.ts';
import { sandboxForOwnServer } from './own-server-options.ts';
import { startRecording } from './recording.ts';
import { keepPage, runPageHtml, tellPage } from './report-page.ts';
import { parametersFrom, type RunArguments } from './run-options.ts';
import { openChosenSandbox } from './sandbox-options.ts';
import { print, terminalStyle, terminalWidth } from './terminal.ts';
import { showRun, watchLanguage } from './watch.ts';

/** How a result is to be shown. */
export interface Shown {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

export interface RunSettings extends Shown {
  readonly scenario: string;
  readonly sandbox: SandboxSettings;
  readonly runsDir: string;
  readonly dryRun: boolean;
  /** Also write report.html. */
  readonly report: boolean;
}

/** A failed run, with the folder that holds its evidence so far. */
export interface RunFailure {
  readonly error: HarnessError;
  readonly folder: string | undefined;
  readonly exitCode: number | undefined;
}

export async function run(
  settings: RunSettings,
  given: RunArguments,
): Promise<number | RunFailure> {
  const ladder = ladderWish(given, settings.json);
  const watch = watchLanguage(given);
  const scenario = scenarioNamed(settings.scenario);
  if (!scenario) throw unknownScenario(settings.scenario);
  const parameters = parametersFrom(scenario, given);
  const chosen = sandboxForOwnServer(settings.sandbox, parameters);
  if (settings.dryRun) return dryRun(scenario, parameters, settings);

  const log = pino({ level: settings.verbose ? 'debug' : 'silent' }, pino.destination(2));
  using interruption = watchForInterruption();
  using _recording = startRecording(given['record'], `backlog-lab: ${scenario.id}`);
  let folder: string | undefined;
  try {
    const sandbox = await openChosenSandbox(chosen, interruption.signal);
    sandbox.assertFit(scenario.plan(parameters));
    using progress = showRun(watch, settings, sandbox.kind, ladder !== undefined);
    const judgement = await reproduce(scenario, parameters, {
      sandbox,
      trace: true,
      signal: interruption.signal,
      force: interruption.force,
      onStep: (label) => {
        progress.step(label);
        log.debug({ scenario: scenario.id, step: label }, 'step');
      },
      makeFolder: (plan) => {
        folder = createRunFolder(settings.runsDir, plan, new Date());
        log.debug({ folder }, 'run folder');
        const capacity = synQueueCapacity(scenario, plan, unameOf(sandbox));
        progress.begin({ title: plan.scenario, folder, plan, synQueueCapacity: capacity });
        return folder;
      },
    });
    progress[Symbol.dispose]();
    conclude(judgement, folder ?? '', settings, ladder);
    if (settings.report) writeRunPage(judgement, folder ?? '');
    return exitCodeOfVerdict(judgement.verdict.kind);
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return { error, folder, exitCode: interruption.exitCode() };
  }
}

/** What an own server asks for is known only when it listens. */
export const synQueueCapacity = (
  scenario: Scenario,
  plan: RunPlan,
  kernelRelease: string,
): number | undefined =>
  plan.parameters.ownServer
    ? undefined
    : predictFromPlan(scenario, plan, kernelRelease).synQueueCapacity;

/** Keeps verdict and report in the folder, and shows what was asked for. */
export function conclude(
  judgement: Judgement,
  folder: string,
  shown: Shown,
  ladder?: LadderWish,
): void {
  const input = { ...judgement, runFolder: shortened(folder) };
  const json = jsonText(keepVerdict(judgement, folder));
  if (ladder && showLadder(ladder, judgement)) return;
  if (shown.json) print(json);
  else if (shown.quiet) print(quietReport(input, terminalStyle()));
  else {
    const options = { verbose: shown.verbose, widthColumns: terminalWidth() };
    print(terminalReport(input, terminalStyle(), options));
  }
}

/** Writes report.html into the folder and says so. */
function writeRunPage(judgement: Judgement, folder: string): void {
  const where = { folder, printed: shortened(folder) };
  keepPage(where, runPageHtml(judgement, where));
  tellPage(where);
}

/** `keepVerdict`, and with `--report` the run's page beside it. */
export const keeperOf =
  (report: boolean) =>
  (judgement: Judgement, folder: string): object => {
    const where = { folder, printed: shortened(folder) };
    if (report) keepPage(where, runPageHtml(judgement, where));
    return keepVerdict(judgement, folder);
  };

/** Keeps verdict.json and report.txt in the folder; returns the former as an object. */
export function keepVerdict(judgement: Judgement, folder: string): object {
  const input = { ...judgement, runFolder: shortened(folder) };
  const report = jsonReport(input);
  const text = terminalReport(input, plainStyle, { verbose: true, widthColumns: terminalWidth() });
  const kept = [
    keepConclusion(folder, FILES.verdict, jsonText(report)),
    keepConclusion(folder, FILES.report, text),
  ];
  if (kept.includes(false)) {
    process.stderr.write(`Cannot keep ${FILES.verdict} and ${FILES.report} in ${folder}.\n`);
  }
  return report;
}

export const jsonText = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/** Relative to where the user stands, if that is shorter. */
export function shortened(folder: string): string {
  const relative = path.relative(process.cwd(), folder);
  return relative.length < folder.length ? relative : folder;
}

function dryRun(
  scenario: Scenario,
  parameters: ReturnType<typeof parametersFrom>,
  settings: RunSettings,
): number {
  const planned = plannedRun(scenario, parameters, settings);
  print(
    settings.json
      ? JSON.stringify({ schemaVersion: 1, dryRun: true, ...planned }, null, 2)
      : planReport(planned, terminalStyle()),
  );
  return 0;
}

/** What a run would do; nothing is started. */
export function plannedRun(
  scenario: Scenario,
  parameters: ReturnType<typeof parametersFrom>,
  settings: Pick<RunSettings, 'sandbox' | 'runsDir'>,
): PlannedRun {
  const plan = scenario.plan(parameters);
  // What an own server asks for is known only when it listens.
  const prediction = plan.parameters.ownServer
    ? null
    : predictFromPlan(scenario, plan, plannedKernel(settings.sandbox));
  const folder = path.join(settings.runsDir, `<time>-${scenario.id}`);
  // In containers the agents start the programs, and the engine has done the rest.
  const inside = settings.sandbox.kind === 'cluster' ? [] : insideCommands(plan);
  return {
    plan,
    prediction,
    commandLines: [...commandLinesOf(settings.sandbox, folder), ...inside],
  };
}
