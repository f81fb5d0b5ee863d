import type { Evidence } from './domain/evidence.ts';
import { HarnessError } from './domain/harness-error.ts';
import type { Observations } from './domain/observations.ts';
import type { Parameters, Sysctls } from './domain/parameters.ts';
import type { RunPlan } from './domain/plan.ts';
import type { Prediction } from './domain/prediction.ts';
import type { KernelModel, KernelRules, Scenario } from './domain/scenario.ts';
import type { Host } from './domain/tcp.ts';
import type { Verdict } from './domain/verdict.ts';
import { observe } from './evidence/observe.ts';
import { defaultSysctls, kernelModel } from './kernel/kernel-model.ts';
import { neighboursOf } from './kernel/neighbours.ts';
import { type KernelRelease, parseRelease, unameOf } from './kernel/release.ts';
import { rulesOf } from './kernel/rules.ts';
import { readEvidence } from './run-folder.ts';
import type { CollectRequest, Sandbox } from './sandbox/sandbox.ts';
import { SCENARIOS, scenarioNamed } from './scenarios/catalogue.ts';
import { judge } from './verdict/judge.ts';

export interface Judgement {
  readonly scenario: Scenario;
  readonly seen: Observations;
  readonly prediction: Prediction;
  readonly verdict: Verdict;
}

export interface ReproduceOptions extends Omit<CollectRequest, 'folder'> {
  readonly sandbox: Sandbox;
  /** Makes the run folder with its plan.json; returns its absolute path. */
  readonly makeFolder: (plan: RunPlan) => string;
}

/** Plan, collect, observe, judge. Start reading here. */
export async function reproduce(
  scenario: Scenario,
  parameters: Parameters,
  options: ReproduceOptions,
): Promise<Judgement> {
  const plan = scenario.plan(parameters);
  const folder = options.makeFolder(plan);
  await options.sandbox.collect({ ...options, folder });
  return judgeEvidence(readEvidence(folder));
}

/** Judges a run again from its evidence alone: on any machine, without privileges. */
export function judgeEvidence(evidence: Evidence): Judgement {
  const seen = observe(evidence);
  const scenario = scenarioNamed(seen.plan.scenario);
  if (!scenario) throw unknownScenario(seen.plan.scenario);
  const { parameters } = seen.plan;
  const release = releaseOf(unameOf(seen.surroundings));
  const rules = rulesOf(release);
  const predictWith = (following: KernelRules): Prediction =>
    scenario.predict(parameters, modelFound(seen, release, following));
  const prediction = predictWith(rules);
  const candidates = neighboursOf(rules).map((neighbour) => ({
    prediction: predictWith(neighbour.rules),
    rule: neighbour.rule,
  }));
  return { scenario, seen, prediction, verdict: judge({ scenario, seen, prediction, candidates }) };
}

/** What will happen, from the plan and a kernel alone (`uname -r`, or `uname -rv`, which tells more). */
export function predictFromPlan(
  scenario: Scenario,
  plan: RunPlan,
  kernelRelease: string,
): Prediction {
  const release = releaseOf(kernelRelease);
  const planned = (host: Host): Sysctls => ({
    ...plan.sysctls.pinned[host],
    ...plan.sysctls.required[host],
  });
  const model = kernelModel(
    rulesOf(release),
    planned('server'),
    planned('client'),
    defaultSysctls(release),
  );
  return scenario.predict(plan.parameters, model);
}

/** The kernel with the values that were read back, which may differ from what was planned. */
function modelFound(seen: Observations, release: KernelRelease, rules: KernelRules): KernelModel {
  const found = (host: Host): Sysctls =>
    Object.fromEntries(
      seen.sysctls.flatMap((applied) =>
        applied.host === host && applied.found !== null ? [[applied.key, applied.found]] : [],
      ),
    );
  return kernelModel(rules, found('server'), found('client'), defaultSysctls(release));
}

/** A release nobody can read is judged by today's rules; the prediction then shows whether they fit. */
const releaseOf = (text: string): KernelRelease =>
  parseRelease(text) ?? parseRelease(NEWEST_KNOWN) ?? unreadable(text);

/** The newest kernel whose source was read for harness/kernel/. */
const NEWEST_KNOWN = '7.2.13';

function unreadable(text: string): never {
  throw new HarnessError('EVIDENCE_UNREADABLE', `Cannot read the kernel release ${text}.`, {
    remedy: 'look at surroundings.json in the run folder',
  });
}

export function unknownScenario(id: string): HarnessError {
  return new HarnessError('SCENARIO_UNKNOWN', `There is no scenario '${id}'.`, {
    remedy: `choose one of ${SCENARIOS.map((scenario) => scenario.id).join(', ')}`,
  });
}
