/** `incident [names...]`: the systems of the documents, broken and repaired. */
import path from 'node:path';
import { runCatalogue } from '../catalogue-run.ts';
import type { CatalogueOutcome, CatalogueRun } from '../domain/catalogue.ts';
import { HarnessError } from '../domain/harness-error.ts';
import { INCIDENT_FILE, type Incident, type IncidentVerdict } from '../domain/incident.ts';
import type { LiveLanguage } from '../live/live-texts.ts';
import { incidentJson } from '../report/incident-json.ts';
import { incidentReport, quietIncidentReport } from '../report/incident-terminal.ts';
import { planReport } from '../report/plan-text.ts';
import { plainStyle, type Style } from '../report/style.ts';
import type { Judgement } from '../reproduce.ts';
import { createCatalogueFolder, keepConclusion } from '../run-folder.ts';
import type { SandboxSettings } from '../sandbox/choose.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { INCIDENTS, incidentNamed } from '../scenarios/incidents/incidents.ts';
import { judgeIncident, type PhaseCase } from '../verdict/incident-verdict.ts';
import { EXIT, exitCodeOfVerdict } from './exit-code.ts';
import { type Interruption, watchForInterruption } from './interruption.ts';
import { startRecording } from './recording.ts';
import { incidentPageHtml, keepPage, type PageFolder, tellPage } from './report-page.ts';
import { jsonText, keeperOf, plannedRun, type RunFailure, type Shown, shortened } from './run.ts';
import { openChosenSandbox } from './sandbox-options.ts';
import { print, terminalStyle, terminalWidth } from './terminal.ts';
import { usage } from './values.ts';
import { showPhases } from './watch-phases.ts';

export interface IncidentSettings extends Shown {
  /** Empty: all of them. */
  readonly names: readonly string[];
  /** Also the phases that are only measured. */
  readonly measure: boolean;
  readonly sandbox: SandboxSettings;
  readonly runsDir: string;
  readonly dryRun: boolean;
  /** Also write report.html, one for the incident and one for each phase. */
  readonly report: boolean;
  /** The language of `--watch`; undefined: nobody watches. */
  readonly watch: LiveLanguage | undefined;
  /** A file for what is written to standard output. */
  readonly record: unknown;
}

export async function incidents(settings: IncidentSettings): Promise<number | RunFailure> {
  const chosen =
    settings.names.length === 0 ? INCIDENTS : [...new Set(settings.names.map(chosenIncident))];
  if (settings.dryRun) return showPlans(chosen, settings);
  using interruption = watchForInterruption();
  using _recording = startRecording(settings.record, 'backlog-lab: incidents');
  let folder: string | undefined;
  try {
    const sandbox = await openChosenSandbox(settings.sandbox, interruption.signal);
    const reports: object[] = [];
    const kinds: IncidentVerdict['kind'][] = [];
    for (const incident of chosen) {
      folder = createCatalogueFolder(settings.runsDir, new Date(), incident.scenario.id);
      const cases = await runPhases(incident, { settings, folder, sandbox, interruption });
      const verdict = judgeIncident(incident, cases);
      keepAll(incident, verdict, folder, settings);
      reports.push(incidentJson(verdict, shortened(folder)));
      kinds.push(verdict.kind);
      if (!settings.json) show(incident, verdict, settings, chosen.length > 1);
    }
    if (settings.json) print(jsonText(jsonOf(reports)));
    return worstExitCode(kinds);
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return { error, folder, exitCode: interruption.exitCode() };
  }
}

/** What each phase would do, one after another. */
function showPlans(chosen: readonly Incident[], settings: IncidentSettings): number {
  const planned = chosen.flatMap((incident) =>
    phasesOf(incident, settings).map(({ name }) => {
      const { scenario, parameters } = runOf(incident, name);
      return plannedRun(scenario, parameters, settings);
    }),
  );
  print(
    settings.json
      ? jsonText({ schemaVersion: 1, dryRun: true, phases: planned })
      : planned.map((plan) => planReport(plan, terminalStyle())).join('\n'),
  );
  return EXIT.good;
}

const phasesOf = (
  { phases }: Incident,
  { measure }: Pick<IncidentSettings, 'measure'>,
): Incident['phases'] => phases.filter(({ role }) => measure || role !== 'measured');

const jsonOf = (reports: readonly object[]): object => {
  const [only] = reports;
  return reports.length === 1 && only !== undefined
    ? only
    : { schemaVersion: 1, incidents: reports };
};

/** A contradiction is told even where another incident could not be decided. */
const worstExitCode = (kinds: readonly IncidentVerdict['kind'][]): number =>
  kinds.includes('contradicted') ? EXIT.contradicted : Math.max(...kinds.map(exitCodeOfVerdict));

function chosenIncident(name: string): Incident {
  const incident = incidentNamed(name);
  if (incident !== undefined) return incident;
  throw usage(
    `There is no incident '${name}'.`,
    `choose one of ${INCIDENTS.map(({ scenario }) => scenario.id).join(', ')}`,
  );
}

interface Undertaking {
  readonly settings: IncidentSettings;
  readonly folder: string;
  readonly sandbox: Sandbox;
  readonly interruption: Interruption;
}

/** One phase after another: side by side they would not be under the same load. */
async function runPhases(
  incident: Incident,
  { settings, folder, sandbox, interruption }: Undertaking,
): Promise<readonly PhaseCase[]> {
  const phases = phasesOf(incident, settings);
  const runs = phases.map(({ name }) => runOf(incident, name));
  const judged = new Map<string, Judgement>();
  using progress = showPhases(incident.scenario, runs, settings, sandbox);
  const outcomes = await runCatalogue(runs, {
    sandbox,
    folder,
    jobs: 1,
    starts: 1,
    signal: interruption.signal,
    force: interruption.force,
    keep: (judgement, runFolder, label) => {
      judged.set(label, judgement);
      return keeperOf(settings.report)(judgement, runFolder);
    },
    shortened,
    ...progress,
  });
  return phases.flatMap((phase, index) => {
    const outcome = outcomes[index];
    return outcome === undefined
      ? []
      : [{ phase, runFolder: outcome.runFolder, ...caseOf(outcome, judged.get(phase.name)) }];
  });
}

function runOf({ scenario }: Incident, phase: string): CatalogueRun {
  const variant = scenario.variants.find(({ name }) => name === phase) ?? {
    name: phase,
    parameters: { phase },
    lastsMs: 0,
  };
  return {
    label: phase,
    scenario,
    variant,
    parameters: { ...scenario.defaults, ...variant.parameters },
    claims: [],
  };
}

type Found =
  | Pick<Extract<PhaseCase, { readonly kind: 'judged' }>, 'kind' | 'seen' | 'verdict' | 'tookMs'>
  | Pick<Extract<PhaseCase, { readonly kind: 'failed' }>, 'kind' | 'reason' | 'remedy'>;

function caseOf(outcome: CatalogueOutcome, judgement: Judgement | undefined): Found {
  if (outcome.kind === 'failed') {
    return { kind: 'failed', reason: outcome.error.message, remedy: outcome.error.remedy };
  }
  if (judgement === undefined) {
    return { kind: 'failed', reason: 'it was not judged', remedy: 'run the incident again' };
  }
  return { kind: 'judged', ...judgement, tookMs: outcome.tookMs };
}

/** Keeps incident.json and report.txt in the incident's folder. */
export function keepIncident(incident: Incident, verdict: IncidentVerdict, folder: string): void {
  const text = incidentReport(verdict, incident.scenario.story, {
    style: plainStyle,
    verbose: true,
    widthColumns: terminalWidth(),
  });
  const kept = [
    keepConclusion(folder, INCIDENT_FILE, jsonText(incidentJson(verdict, shortened(folder)))),
    keepConclusion(folder, 'report.txt', text),
  ];
  if (kept.includes(false)) {
    process.stderr.write(
      `Cannot keep ${INCIDENT_FILE} and report.txt in ${path.basename(folder)}.\n`,
    );
  }
}

function keepAll(
  incident: Incident,
  verdict: IncidentVerdict,
  folder: string,
  { report }: IncidentSettings,
): void {
  keepIncident(incident, verdict, folder);
  if (report) tellPage(keepIncidentPage(incident, verdict, folder));
}

/** Keeps report.html in the incident's folder; returns where that is. */
function keepIncidentPage(
  { scenario }: Incident,
  verdict: IncidentVerdict,
  folder: string,
): PageFolder {
  const where = { folder, printed: shortened(folder) };
  keepPage(where, incidentPageHtml(verdict, scenario.story, where));
  return where;
}

/** What was asked for; of several incidents the report of each, with a line between them. */
export function show(
  incident: Incident,
  verdict: IncidentVerdict,
  shown: Shown,
  isOneOfMany: boolean,
): void {
  const style: Style = terminalStyle();
  const page = { style, verbose: shown.verbose, widthColumns: terminalWidth() };
  if (shown.quiet) print(quietIncidentReport(verdict, page));
  else print(incidentReport(verdict, incident.scenario.story, page) + (isOneOfMany ? '\n' : ''));
}
