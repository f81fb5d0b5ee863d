/** `clients`: what the usual client libraries report when a server is in trouble. */
import os from 'node:os';
import { problemOf, runCatalogue } from '../catalogue-run.ts';
import type { CatalogueOutcome, CatalogueRun } from '../domain/catalogue.ts';
import { HarnessError } from '../domain/harness-error.ts';
import type { Scenario } from '../domain/scenario.ts';
import type {
  ClientsState,
  ClientsTable,
  FoundLibrary,
  LibraryClient,
} from '../domain/usual-clients.ts';
import { findLibraries } from '../find-libraries.ts';
import { clientsJsonReport } from '../report/clients-json.ts';
import { clientsMarkdownReport } from '../report/clients-markdown.ts';
import { clientsTableReport } from '../report/clients-table.ts';
import type { Page } from '../report/page.ts';
import type { Judgement } from '../reproduce.ts';
import { createCatalogueFolder, keepConclusion } from '../run-folder.ts';
import type { SandboxSettings } from '../sandbox/choose.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { CLIENT_STATES } from '../scenarios/client-states.ts';
import { type ClientsReporter, type ClientsSettings, clientsSettings } from './clients-options.ts';
import { EXIT } from './exit-code.ts';
import { type Interruption, watchForInterruption } from './interruption.ts';
import { prepareFiles, writeReports } from './report-destinations.ts';
import { keepVerdict, type RunFailure, type Shown, shortened } from './run.ts';
import { onThisMachine, openChosenSandbox } from './sandbox-options.ts';
import { terminalWidth } from './terminal.ts';
import { showVerifyProgress } from './verify-progress.ts';

export interface ClientsShown extends Shown {
  readonly sandbox: SandboxSettings;
  readonly dryRun: boolean;
}

const REPORTS: Readonly<Record<ClientsReporter, (table: ClientsTable, page: Page) => string>> = {
  terminal: clientsTableReport,
  json: clientsJsonReport,
  markdown: clientsMarkdownReport,
};

export async function clients(
  shown: ClientsShown,
  given: Readonly<Record<string, unknown>>,
): Promise<number | RunFailure> {
  const settings = clientsSettings(given);
  const here = onThisMachine(shown.sandbox, 'clients', 'the packages are on this machine');
  const show = (table: ClientsTable): void =>
    writeReports(settings.reporters, ({ name }, style) =>
      REPORTS[name](table, { style, verbose: shown.verbose, widthColumns: terminalWidth() }),
    );
  if (shown.dryRun) {
    show(unmeasured(settings));
    return EXIT.good;
  }
  prepareFiles(settings.reporters);
  using interruption = watchForInterruption();
  let folder: string | undefined;
  try {
    const sandbox = await openChosenSandbox(here, interruption.signal);
    folder = createCatalogueFolder(settings.runsDir, new Date(), 'clients');
    const table = await measure(settings, { shown, folder, sandbox, interruption });
    keepConclusion(folder, 'clients.json', clientsJsonReport(table));
    show(table);
    return table.states.some(({ problem }) => problem !== null) ? EXIT.inconclusive : EXIT.good;
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return { error, folder, exitCode: interruption.exitCode() };
  }
}

/** What would be used, and against what. */
function unmeasured({ libraries, states, timeoutMs, waitMs }: ClientsSettings): ClientsTable {
  return {
    kernel: os.release(),
    nodeVersion: process.version,
    ...{ timeoutMs, waitMs, wallMs: 0 },
    libraries: findLibraries(libraries, process.cwd()),
    states: chosenStates(states).map(({ id, title, story }) => ({
      ...{ id, title, story, problem: null, runFolder: null },
      stories: [],
    })),
  };
}

const chosenStates = (states: readonly string[]): readonly Scenario[] =>
  CLIENT_STATES.filter(({ id }) => states.includes(id));

interface Undertaking {
  readonly shown: ClientsShown;
  readonly folder: string;
  readonly sandbox: Sandbox;
  readonly interruption: Interruption;
}

/** Each state is a run of its own, and all of them are under way at once: most of it is waiting. */
async function measure(
  { libraries, states, timeoutMs, waitMs }: ClientsSettings,
  { shown, folder, sandbox, interruption }: Undertaking,
): Promise<ClientsTable> {
  const startedMs = performance.now();
  const found = findLibraries(libraries, process.cwd());
  const met = { clients: clientsOf(found, timeoutMs), waitMs };
  const runs = chosenStates(states).map((state, index) => runOf(state, index, met));
  const judged = new Map<string, Judgement>();
  using progress = showVerifyProgress(runs, { jobs: runs.length, enabled: !shown.quiet });
  const outcomes = await runCatalogue(runs, {
    sandbox,
    folder,
    jobs: runs.length,
    starts: 1,
    signal: interruption.signal,
    force: interruption.force,
    keep: (judgement, runFolder, label) => {
      judged.set(label, judgement);
      return keepVerdict(judgement, runFolder);
    },
    shortened,
    onStart: progress.started,
    onEnd: progress.ended,
  });
  return {
    kernel: sandbox.kernelRelease,
    nodeVersion: process.version,
    timeoutMs,
    waitMs,
    wallMs: Math.round(performance.now() - startedMs),
    libraries: found,
    states: outcomes.map((outcome) => stateOf(outcome, judged.get(outcome.run.label))),
  };
}

const clientsOf = (found: readonly FoundLibrary[], timeoutMs: number): readonly LibraryClient[] =>
  found.flatMap(({ library, version, entry }) =>
    version === null
      ? []
      : [null, timeoutMs].map((each) => ({ library, version, entry, timeoutMs: each })),
  );

function runOf(
  scenario: Scenario,
  index: number,
  libraries: { readonly clients: readonly LibraryClient[]; readonly waitMs: number },
): CatalogueRun {
  const { defaults } = scenario;
  return {
    label: scenario.id,
    scenario,
    variant: { name: '', parameters: {}, lastsMs: libraries.waitMs },
    parameters: { ...defaults, port: defaults.port + index, libraries },
    claims: [],
  };
}

/** A run that is not good decides nothing: then its stories are not of this state. */
function stateOf(outcome: CatalogueOutcome, judgement: Judgement | undefined): ClientsState {
  const { id, title, story } = outcome.run.scenario;
  return {
    ...{ id, title, story, problem: problemOf(outcome, judgement?.verdict.reason) },
    runFolder: outcome.runFolder,
    stories: judgement?.seen.libraries ?? [],
  };
}
