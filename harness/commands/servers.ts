/** `servers`: what the accept queues of other people's servers hold. */
import os from 'node:os';
import { runCatalogue } from '../catalogue-run.ts';
import { HarnessError } from '../domain/harness-error.ts';
import type { FoundServer, ServerCase, ServersTable } from '../domain/real-server.ts';
import { casesOf } from '../domain/real-servers.ts';
import type { Page } from '../report/page.ts';
import { serversJsonReport } from '../report/servers-json.ts';
import { serversMarkdownReport } from '../report/servers-markdown.ts';
import { serversTableReport } from '../report/servers-table.ts';
import { createCatalogueFolder, keepConclusion } from '../run-folder.ts';
import type { SandboxSettings } from '../sandbox/choose.ts';
import { findServers } from '../sandbox/installed-servers.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { FIRST_PORT, rowOf, runOfCase, type SeenStorm, STORM_CLIENTS } from '../server-cases.ts';
import { openServerFolders } from '../server-folders.ts';
import { stormFigures } from '../verdict/own-server-figures.ts';
import { EXIT } from './exit-code.ts';
import { type Interruption, watchForInterruption } from './interruption.ts';
import { prepareFiles, writeReports } from './report-destinations.ts';
import { keepVerdict, type RunFailure, type Shown, shortened } from './run.ts';
import { onThisMachine, openChosenSandbox } from './sandbox-options.ts';
import { type ServersReporter, type ServersSettings, serversSettings } from './servers-options.ts';
import { terminalWidth } from './terminal.ts';
import { showVerifyProgress } from './verify-progress.ts';

export interface ServersShown extends Shown {
  readonly sandbox: SandboxSettings;
  readonly dryRun: boolean;
}

const REPORTS: Readonly<Record<ServersReporter, (table: ServersTable, page: Page) => string>> = {
  terminal: serversTableReport,
  json: serversJsonReport,
  markdown: serversMarkdownReport,
};

/** Most of a run is waiting, but the servers are programs of all sizes. */
const JOBS_PER_PROCESSOR = 6;

export async function servers(
  shown: ServersShown,
  given: Readonly<Record<string, unknown>>,
): Promise<number | RunFailure> {
  const settings = serversSettings(given);
  const here = onThisMachine(shown.sandbox, 'servers', 'the servers are on this machine');
  const show = (table: ServersTable): void =>
    writeReports(settings.reporters, ({ name }, style) =>
      REPORTS[name](table, { style, verbose: shown.verbose, widthColumns: terminalWidth() }),
    );
  if (shown.dryRun) {
    show(await unmeasured(settings));
    return EXIT.good;
  }
  prepareFiles(settings.reporters);
  using interruption = watchForInterruption();
  let folder: string | undefined;
  try {
    const sandbox = await openChosenSandbox(here, interruption.signal);
    folder = createCatalogueFolder(settings.runsDir, new Date(), 'servers');
    const table = await measure(settings, { shown, folder, sandbox, interruption });
    keepConclusion(folder, 'servers.json', serversJsonReport(table));
    show(table);
    return table.rows.some(({ problem }) => problem !== null) ? EXIT.inconclusive : EXIT.good;
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return { error, folder, exitCode: interruption.exitCode() };
  }
}

/** A case of a server that is installed. */
interface ReadyCase {
  readonly each: ServerCase;
  readonly version: string;
}

function readyCases(found: readonly FoundServer[]): readonly ReadyCase[] {
  const versions = new Map(
    found.flatMap(({ server, version }) => (version === null ? [] : [[server, version]])),
  );
  return casesOf([...versions.keys()], FIRST_PORT).map((each) => ({
    each,
    version: versions.get(each.server) ?? '',
  }));
}

/** What would be run. */
async function unmeasured(settings: ServersSettings): Promise<ServersTable> {
  const found = await findServers(settings.servers);
  const rows = readyCases(found).map(({ each, version }) => rowOf(each, version));
  return { kernel: os.release(), clients: STORM_CLIENTS, wallMs: 0, servers: found, rows };
}

interface Undertaking {
  readonly shown: ServersShown;
  readonly folder: string;
  readonly sandbox: Sandbox;
  readonly interruption: Interruption;
}

async function measure(
  settings: ServersSettings,
  { shown, folder, sandbox, interruption }: Undertaking,
): Promise<ServersTable> {
  const startedMs = performance.now();
  const found = await findServers(settings.servers);
  const cases = readyCases(found);
  using folders = openServerFolders();
  const runs = cases.map(({ each }) => {
    const { files } = each.server.start(each.port, each.backlog);
    return runOfCase(each, folders.make(each.id, files));
  });
  const seen = new Map<string, SeenStorm>();
  const jobs = JOBS_PER_PROCESSOR * os.availableParallelism();
  using progress = showVerifyProgress(runs, { jobs, enabled: !shown.quiet });
  const outcomes = await runCatalogue(runs, {
    ...{ sandbox, folder, jobs, starts: os.availableParallelism() },
    signal: interruption.signal,
    force: interruption.force,
    keep: (judgement, runFolder, label) => {
      const { verdict } = judgement;
      seen.set(label, { figures: stormFigures(judgement.seen), reason: verdict.reason });
      return keepVerdict(judgement, runFolder);
    },
    shortened,
    onStart: progress.started,
    onEnd: progress.ended,
  });
  return {
    kernel: sandbox.kernelRelease,
    clients: STORM_CLIENTS,
    wallMs: Math.round(performance.now() - startedMs),
    servers: found,
    rows: cases.map(({ each, version }, index) => {
      const outcome = outcomes[index];
      const ran = outcome === undefined ? undefined : { outcome, seen: seen.get(each.id) };
      return rowOf(each, version, ran);
    }),
  };
}
