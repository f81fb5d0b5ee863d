/** `explain 001-b`: what a document says, what this kernel does and why, and what was measured. */
import os from 'node:os';
import type { Explanation } from '../domain/explanation.ts';
import type { HarnessError } from '../domain/harness-error.ts';
import type { Scenario } from '../domain/scenario.ts';
import { type KernelRelease, parseRelease } from '../kernel/release.ts';
import { standingOf } from '../kernel/rule-in-release.ts';
import {
  type Experiment,
  type ExplainedClaim,
  type ExplainedRow,
  explanationJson,
  explanationList,
  explanationReport,
} from '../report/explanation.ts';
import { predictFromPlan } from '../reproduce.ts';
import { SCENARIOS } from '../scenarios/catalogue.ts';
import {
  documentOf,
  EXPLANATIONS,
  explanationOf,
  rowOf,
} from '../scenarios/explanations/explanations.ts';
import { INCIDENTS, incidentNamed } from '../scenarios/incidents/incidents.ts';
import { EXIT } from './exit-code.ts';
import { type LastRun, lastRunFinder } from './last-run.ts';
import { nearest } from './nearest.ts';
import { print, terminalStyle, terminalWidth } from './terminal.ts';
import { usage } from './values.ts';

/** Those of the incidents last: a claim that has an experiment of its own is shown by that. */
const EXPERIMENTS: readonly Scenario[] = [
  ...SCENARIOS,
  ...INCIDENTS.map(({ scenario }) => scenario),
];

type FindLastRun = (claim: string) => LastRun | null;

/**
 * `what` names a claim (`001-b (ii)`), a row (`001-b`) or a document (`001`, which is listed only);
 * `runsDir` holds the stored runs. Throws `USAGE` for a name nothing has.
 */
export function explain(
  what: string,
  shown: { readonly json: boolean; readonly runsDir: string },
): number {
  const isList = !what.includes('-') && !shown.json;
  const rows = rowsNamed(what, isList ? () => null : lastRunFinder(shown.runsDir));
  if (rows.length === 0) throw unknownClaim(what);
  const page = { style: terminalStyle(), widthColumns: terminalWidth(), verbose: false };
  if (shown.json) print(JSON.stringify(explanationJson(rows), null, 2));
  else if (isList) print(explanationList(rows, page));
  else print(explanationReport(rows, thisRelease()?.text, page));
  return EXIT.good;
}

/** Undefined where this machine's kernel is not Linux. */
const thisRelease = (): KernelRelease | undefined =>
  os.platform() === 'linux' ? parseRelease(os.release()) : undefined;

function rowsNamed(what: string, findLastRun: FindLastRun): readonly ExplainedRow[] {
  const release = thisRelease();
  return EXPLANATIONS.map((explanation) => ({
    explanation,
    document: documentOf(explanation.claim),
    rules: explanation.rules.map((rule) => ({ rule, standing: standingOf(rule, release) })),
    claims: idsOf(explanation)
      .filter((id) => namesOf(id).some((name) => spelling(name) === spelling(what)))
      .map((id) => explained(id, findLastRun)),
  })).filter(({ claims }) => claims.length > 0);
}

/** The claims of the catalogue that it explains, or else the row of the document. */
function idsOf(explanation: Explanation): readonly string[] {
  const tested = EXPERIMENTS.flatMap(({ claims }) => claims.map(({ id }) => id));
  const own = new Set(tested.filter((id) => explanationOf(id) === explanation));
  return own.size === 0 ? [explanation.claim] : [...own];
}

const namesOf = (id: string): readonly string[] => [id, rowOf(id), documentOf(id)];

const spelling = (name: string): string => name.replaceAll(' ', '').toLowerCase();

function explained(id: string, findLastRun: FindLastRun): ExplainedClaim {
  const run = findLastRun(id);
  return {
    id,
    statement: claimsWith(id)[0]?.statement ?? null,
    lastRun:
      run === null ? null : { runFolder: run.folder, seen: run.judgement.seen, judged: run.judged },
    experiment: experimentFor(id),
  };
}

const claimsWith = (id: string): Scenario['claims'] =>
  EXPERIMENTS.flatMap(({ claims }) => claims.filter((claim) => claim.id === id));

/** Of the scenarios with this claim the first whose defaults put it to the test, or else the first. */
function experimentFor(id: string): Experiment | null {
  const experiments = EXPERIMENTS.filter(({ claims }) =>
    claims.some((claim) => claim.id === id),
  ).map((scenario) => ({
    command: `npm run repro -- ${incidentNamed(scenario.id) ? 'incident' : '--scenario'} ${scenario.id}`,
    caveat: caveatOf(id, scenario),
  }));
  return experiments.find(({ caveat }) => caveat === null) ?? experiments[0] ?? null;
}

/** Why the scenario's defaults do not put the claim to the test on this kernel; null: they do. */
function caveatOf(id: string, scenario: Scenario): string | null {
  const { claims, defaults } = scenario;
  const prediction = predictFromPlan(scenario, scenario.plan(defaults), os.release());
  const claim = claims.find((candidate) => candidate.id === id);
  return claim?.notExercisedBecause(defaults, prediction) ?? null;
}

function unknownClaim(what: string): HarnessError {
  const names = new Set(EXPLANATIONS.flatMap(idsOf).flatMap(namesOf));
  const near = nearest(what, [...names]);
  return usage(
    `There is no claim '${what}'.`,
    near === undefined
      ? 'name a claim such as 001-b, or a document from 000 to 004 to see its claims'
      : `did you mean ${near}?`,
  );
}
