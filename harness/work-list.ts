/** Which runs `verify` makes: every variant that puts a chosen claim to the test. */
import type { CatalogueRun, StatedClaim, UntestedClaim, WorkList } from './domain/catalogue.ts';
import { HarnessError } from './domain/harness-error.ts';
import type { Parameters } from './domain/parameters.ts';
import type { Claim, Profile, Scenario, Variant } from './domain/scenario.ts';
import type { AddressFamily } from './domain/tcp.ts';
import { predictFromPlan } from './reproduce.ts';
import { predictionClaim } from './verdict/judge.ts';

export interface Choice {
  readonly profile: Profile;
  readonly family: AddressFamily;
  /** Undefined: every claim, and every run even if it tests no documented one. */
  readonly isChosen: ((claim: StatedClaim) => boolean) | undefined;
}

const KERNEL_RULES: StatedClaim = stated({ ...predictionClaim });

/** Every claim of these scenarios once, in the order of their ids; the kernel rules come last. */
export function statedClaims(scenarios: readonly Scenario[]): readonly StatedClaim[] {
  const all = scenarios.flatMap(({ claims }) => claims.map(stated));
  const once = new Map(all.toReversed().map((claim) => [claim.id, claim]));
  return [...once.values()]
    .sort((left, right) => (left.id < right.id ? -1 : 1))
    .concat(KERNEL_RULES);
}

/**
 * The kernel rules are always judged along: a run in which they do not hold must not be hidden
 * by a choice of claims.
 */
export function workList(
  scenarios: readonly Scenario[],
  { profile, family, isChosen }: Choice,
  kernelRelease: string,
): WorkList {
  const every = scenarios.flatMap((scenario) =>
    scenario.variants
      .filter((variant) => variant.profile === undefined || variant.profile === profile)
      .map((variant) => ({ scenario, variant })),
  );
  const runs = every
    .sort((left, right) => right.variant.lastsMs - left.variant.lastsMs)
    .map(({ scenario, variant }, index) =>
      runOf(scenario, variant, { index, family, kernelRelease }),
    )
    .filter(({ claims }) => isChosen === undefined || claims.some(isChosen));
  const claims = statedClaims(scenarios).filter(
    (claim) => claim.id === KERNEL_RULES.id || (isChosen?.(claim) ?? true),
  );
  const tested = new Set(runs.flatMap((run) => run.claims.map(({ id }) => id)));
  const untested = claims
    .filter(({ id }) => !tested.has(id))
    .map(({ id }) => untestedClaim(id, scenarios, profile));
  return { profile, runs, claims, untested };
}

interface Place {
  readonly index: number;
  readonly family: AddressFamily;
  readonly kernelRelease: string;
}

/** Many runs share the processors, so they look at their queues less often than one run alone. */
const SAMPLE_EVERY_MS = 40;

/** Kernel trace events are told apart by port, so runs side by side must not share one. */
function runOf(
  scenario: Scenario,
  variant: Variant,
  { index, family, kernelRelease }: Place,
): CatalogueRun {
  const own = {
    family,
    port: scenario.defaults.port + index,
    sampleEveryMs: SAMPLE_EVERY_MS,
  };
  const parameters = { ...scenario.defaults, ...variant.parameters, ...own };
  return {
    label: variant.name === '' ? scenario.id : `${scenario.id}/${variant.name}`,
    scenario,
    variant,
    parameters,
    claims: [...exercised(scenario, parameters, kernelRelease).map(stated), KERNEL_RULES],
  };
}

/** A plan that cannot be made fails its own run, and with it whatever it might have tested. */
function exercised(
  scenario: Scenario,
  parameters: Parameters,
  kernelRelease: string,
): readonly Claim[] {
  try {
    const prediction = predictFromPlan(scenario, scenario.plan(parameters), kernelRelease);
    return scenario.claims.filter(
      (claim) => claim.notExercisedBecause(parameters, prediction) === null,
    );
  } catch (error) {
    if (error instanceof HarnessError) return scenario.claims;
    throw error;
  }
}

function untestedClaim(
  id: string,
  scenarios: readonly Scenario[],
  profile: Profile,
): UntestedClaim {
  const its = scenarios.filter(({ claims }) => claims.some((claim) => claim.id === id));
  const elsewhere = its.some(({ variants }) =>
    variants.some((variant) => variant.profile !== undefined && variant.profile !== profile),
  );
  const names = its.map((scenario) => scenario.id).join(', ');
  return {
    id,
    reason: `under the parameters of the profile '${profile}' none of its runs does (${names})`,
    remedy: elsewhere
      ? `pass --profile ${profile === 'default' ? 'documented' : 'default'}`
      : `npm run repro -- --scenario ${its[0]?.id ?? ''} says what its parameters leave untested, and why`,
  };
}

function stated({
  id,
  document,
  statement,
}: Pick<Claim, 'id' | 'statement'> & { readonly document: string }): StatedClaim {
  return { id, document, claim: statement };
}
