/** What a run measures of somebody else's server: the case as a run, and the run as a row. */
import { problemOf } from './catalogue-run.ts';
import type { CatalogueOutcome, CatalogueRun } from './domain/catalogue.ts';
import {
  askedBacklog,
  type MeasuredQueue,
  type ServerCase,
  type ServerRow,
} from './domain/real-server.ts';
import { serverCommand } from './sandbox/installed-servers.ts';
import { ownServer } from './scenarios/own-server.ts';
import { plannedLimit } from './scenarios/parts.ts';
import type { StormFigures } from './verdict/own-server-figures.ts';

/** The own-server scenario rests three times, and its clients wait once in vain. */
const LASTS_MS = 6_000;
/** A virtual machine that compiles its program first, on a machine that is busy with others. */
const READY_WITHIN_MS = 60_000;
/** As often as `verify`: many runs share the processors. */
const SAMPLE_EVERY_MS = 40;
/** So many clients keep a processor busy for as long as they come. */
const MANY_CLIENTS = 2_000;

export const STORM_CLIENTS = ownServer.defaults.clients;
export const FIRST_PORT = ownServer.defaults.port;

/** `folder` holds the files of the case. */
export function runOfCase(each: ServerCase, folder: string): CatalogueRun {
  const { server, backlog, port, id } = each;
  return {
    label: id,
    scenario: ownServer,
    variant: { name: '', parameters: {}, lastsMs: LASTS_MS },
    parameters: {
      ...ownServer.defaults,
      port,
      sampleEveryMs: SAMPLE_EVERY_MS,
      ownServer: {
        command: serverCommand(server.start(port, backlog).command),
        folder,
        readyWithinMs: READY_WITHIN_MS,
      },
    },
    claims: [],
    heavy: expectedLimit(each) > MANY_CLIENTS,
  };
}

/** The scenario's own default stands for as much as the kernel grants. */
function expectedLimit(each: ServerCase): number {
  const asked = askedBacklog(each);
  const { defaults } = ownServer;
  return plannedLimit(asked === 'somaxconn' ? defaults : { ...defaults, backlog: asked });
}

/** What was seen of a run. */
export interface SeenStorm {
  readonly figures: StormFigures;
  readonly reason: string;
}

/** A run whose verdict is not good decides nothing, so its figures are none. */
export function rowOf(
  each: ServerCase,
  version: string,
  ran?: { readonly outcome: CatalogueOutcome; readonly seen: SeenStorm | undefined },
): ServerRow {
  const { id, server, backlog, port } = each;
  const row = { id, server, version, backlog, command: server.start(port, backlog).command };
  if (ran === undefined) return { ...row, found: null, problem: null, runFolder: null };
  const { outcome, seen } = ran;
  const { runFolder } = outcome;
  const problem = problemOf(outcome, seen?.reason);
  const found = seen === undefined || problem !== null ? null : measuredQueue(seen.figures);
  const nothing = found === null ? 'its listener was not seen at every moment' : null;
  return { ...row, found, problem: problem ?? nothing, runFolder };
}

function measuredQueue({
  limit,
  places,
  somaxconn,
  burst,
  frozen,
}: StormFigures): MeasuredQueue | null {
  const { before } = frozen;
  if (limit === undefined || places === undefined || somaxconn === undefined) return null;
  if (before === undefined) return null;
  const { clients, atOnce, late, timedOut, refusedSyns } = burst;
  return {
    ...{ limit, places, somaxconn },
    burst: { clients, atOnce, late, timedOut, refusedSyns },
    frozen: { ...frozen, before },
  };
}
