import type { RawPacket } from '../../domain/raw-packet.ts';
import {
  type Comparison,
  comparePrediction,
  describeRange,
} from '../../verdict/prediction-check.ts';
import { chooseLadder } from '../chosen-ladder.ts';
import { tellTales } from '../client-tales.ts';
import { type ClientView, viewClients } from '../client-views.ts';
import { movedCounters } from '../counters-section.ts';
import { inShort } from '../in-short.ts';
import { suggestionsFor } from '../next-section.ts';
import { FIGURE_MEANINGS, measuredWords } from '../prediction-section.ts';
import { repeatCommand } from '../repeat-command.ts';
import type { ReportInput } from '../report-input.ts';
import { setupEntries } from '../setup-section.ts';
import { shellQuoted } from '../shell-quoted.ts';
import { REPRO } from '../suggestion.ts';
import { clientColumns, statusOf } from './client-columns.ts';
import { explainOverflow } from './overflow-explanation.ts';
import { pageLadders } from './page-ladders.ts';
import type { PageCommand, PageComparison, PageLadder, RunPage } from './page-model.ts';
import { pageTimeline } from './page-timeline.ts';

export interface RunPageInput extends ReportInput {
  /** What the capture holds of the server's port, in the capture's order. */
  readonly packets: readonly RawPacket[];
  /** The commands that were carried out inside, each as its words. */
  readonly carriedOut: readonly (readonly string[])[];
}

/** Everything that a page about one run shows. */
export function runPage(input: RunPageInput): RunPage {
  const { scenario, seen, verdict } = input;
  const views = viewClients(seen);
  const chosen = chooseLadder(views, seen)?.client;
  const { ladders, sampled } = pageLadders(views, seen, { packets: input.packets, chosen });
  const { kernelRelease: release, architecture, distribution } = seen.surroundings;
  return {
    kind: 'run',
    ...{ scenario: scenario.id, title: scenario.title, story: scenario.story },
    phase: seen.plan.parameters.phase ?? null,
    ...{ verdict: verdict.kind, reason: verdict.reason },
    kernel: { release, architecture, distribution },
    inShort: inShort(views, seen),
    explanation: explainOverflow(views, seen, verdict),
    startedAt: seen.surroundings.startedAt,
    tookMs: tookMs(input),
    setup: setupEntries(input),
    claims: verdict.claims,
    unexercised: verdict.unexercised,
    comparisons: comparePrediction(seen, input.prediction).map(comparisonOf),
    timeline: pageTimeline(seen, views),
    clients: clientColumns(views),
    tales: tellTales(views, seen).map(({ clients, ...tale }) => ({
      ...tale,
      clients: clients.length,
    })),
    connections: seen.connections.length,
    ...{ ladders, sampled, printed: worthPrinting(views, ladders, chosen) },
    counters: movedCounters(seen.counters).map(({ meaning, ...moved }) => ({
      ...moved,
      meaning: meaning ?? null,
    })),
    ledger: verdict.ledger,
    problems: seen.problems.map(({ file, problem }) => `${file}: ${problem}`),
    repeat: repeatCommands(input),
    carriedOut: input.carriedOut.map((words) => words.map(shellQuoted).join(' ')),
    sysctls: seen.sysctls,
    surroundings: surroundingsOf(input),
  };
}

function tookMs({ seen: { steps } }: ReportInput): number | null {
  const [startMs, endMs] = [steps[0]?.startedAtMs, steps.at(-1)?.endedAtMs];
  return startMs === undefined || endMs === undefined ? null : endMs - startMs;
}

const comparisonOf = (comparison: Comparison): PageComparison => ({
  figure: comparison.figure,
  meaning: FIGURE_MEANINGS[comparison.figure] ?? null,
  predicted: describeRange(comparison.predicted),
  measured: measuredWords(comparison),
  witnesses: comparison.measured.map(({ witness, of, value }) => ({ witness, of, value })),
  result: comparison.measured.length === 0 ? 'unmeasured' : comparison.holds ? 'holds' : 'off',
});

/** The client with the longest ladder of each outcome, and last the one to be shown first. */
function worthPrinting(
  views: readonly ClientView[],
  ladders: readonly PageLadder[],
  chosen: number | undefined,
): readonly number[] {
  const statuses = new Map(views.map((view) => [view.story.client, statusOf(view)]));
  const best = new Map<string, PageLadder>();
  const isChosen = (ladder: PageLadder | undefined): boolean =>
    ladder !== undefined && ladder.client === chosen;
  for (const ladder of ladders) {
    const status = statuses.get(ladder.client) ?? '';
    const other = best.get(status);
    const isLonger = other === undefined || ladder.rows.length > other.rows.length;
    if (ladder.client === chosen || (isLonger && !isChosen(other))) best.set(status, ladder);
  }
  const clients = [...best.values()].map(({ client }) => client);
  return clients.sort((one, other) => Number(one === chosen) - Number(other === chosen));
}

function repeatCommands(input: RunPageInput): readonly PageCommand[] {
  const { scenario, seen, runFolder } = input;
  return [
    { command: repeatCommand(scenario, seen.plan.parameters), shows: 'the same run again' },
    {
      command: `${REPRO} judge ${shellQuoted(runFolder)}`,
      shows: 'judge this evidence again',
    },
    ...suggestionsFor(input).slice(0, 3),
  ];
}

function surroundingsOf({ seen, runFolder }: ReportInput): RunPage['surroundings'] {
  const { surroundings, capture } = seen;
  const { engine, tools } = surroundings;
  return [
    ['kernel', `Linux ${surroundings.kernelRelease} (${surroundings.architecture})`],
    ['distribution', surroundings.distribution],
    ['sandbox', `${surroundings.sandbox} (${surroundings.privilege})`],
    ...(engine === undefined ? [] : [['container engine', engine] as const]),
    ['processors', `${surroundings.cpus}`],
    ['backlog-lab', surroundings.harnessVersion],
    ['Node', surroundings.nodeVersion],
    ...Object.entries(tools),
    ['capture', captureWords(capture)],
    ['evidence', runFolder],
  ];
}

const captureWords = ({ packets, droppedByKernel }: ReportInput['seen']['capture']): string =>
  `${packets} packets, ${droppedByKernel ?? 'unknown'} dropped by the kernel`;
