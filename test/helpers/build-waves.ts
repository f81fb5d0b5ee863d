import type { Observations, Snapshot } from '../../harness/domain/observations.ts';
import type { Parameters } from '../../harness/domain/parameters.ts';
import type { Prediction } from '../../harness/domain/prediction.ts';
import type { Claim, Scenario } from '../../harness/domain/scenario.ts';
import type { Host } from '../../harness/domain/tcp.ts';
import type { Finding } from '../../harness/domain/verdict.ts';
import { defaultSysctls, kernelModel } from '../../harness/kernel/kernel-model.ts';
import { parseRelease } from '../../harness/kernel/release.ts';
import { rulesOf } from '../../harness/kernel/rules.ts';
import { type BuiltClient, buildObservations } from './build-observations.ts';

export const claimNamed = ({ id, claims }: Scenario, wanted: string): Claim => {
  const found = claims.find((claim) => claim.id === wanted);
  if (found === undefined) throw new Error(`${id} has no claim ${wanted}.`);
  return found;
};

/** What a scenario predicts for a release, with the sysctls that its plan asks for. */
export function predictedBy(
  scenario: Scenario,
  text: string,
  changes: Partial<Parameters> = {},
): Prediction {
  const parameters = { ...scenario.defaults, ...changes };
  const release = parseRelease(text);
  if (release === undefined) throw new Error(`No release: ${text}`);
  const { pinned, required } = scenario.plan(parameters).sysctls;
  const model = kernelModel(
    rulesOf(release),
    { ...pinned.server, ...required.server },
    { ...pinned.client, ...required.client },
    defaultSysctls(release),
  );
  return scenario.predict(parameters, model);
}

/** Counters of a snapshot, by host. */
export type Counted = Readonly<Partial<Record<Host, Readonly<Record<string, number>>>>>;

/** A run of these waves in this order, with what each snapshot counts from zero. */
export function buildWaves(
  scenario: Scenario,
  waves: Readonly<Record<string, readonly BuiltClient[]>>,
  snapshots: Readonly<Record<string, Counted>>,
): Observations {
  const clients = Object.entries(waves).flatMap(([wave, members]) =>
    members.map((client) => ({ ...client, story: { ...client.story, wave } })),
  );
  const built = buildObservations(clients);
  const counted = ({ server = {}, client = {} }: Counted): Snapshot['counters'] => ({
    server: new Map(Object.entries(server)),
    client: new Map(Object.entries(client)),
  });
  const closing = built.snapshots.get('closing');
  if (closing === undefined) throw new Error('The built run has a closing snapshot.');
  const taken = Object.entries(snapshots).map(
    ([name, counters]) => [name, { ...closing, name, counters: counted(counters) }] as const,
  );
  return {
    ...built,
    plan: scenario.plan(scenario.defaults),
    snapshots: new Map([...built.snapshots, ...taken]),
    counters: counted(snapshots['closing'] ?? {}),
  };
}

/** What a claim comes to on this evidence, and what the release lets one expect. */
export const foundBy = (
  scenario: Scenario,
  claim: string,
  seen: Observations,
  release: string,
): Finding => claimNamed(scenario, claim).judge(seen, predictedBy(scenario, release));
