import type { HarnessError } from './harness-error.ts';
import type { Parameters } from './parameters.ts';
import type { Profile, Scenario, Variant } from './scenario.ts';
import type { Finding, FindingKind, JudgedClaim, Verdict } from './verdict.ts';

/** A claim by its words alone, before anything was found about it. */
export type StatedClaim = Pick<JudgedClaim, 'id' | 'document' | 'claim'>;

/** A documented claim that no run of a work list puts to the test. */
export interface UntestedClaim {
  readonly id: string;
  readonly reason: string;
  readonly remedy: string;
}

/** One run of the catalogue: a scenario in one of its variants. */
export interface CatalogueRun {
  /** `scenario` or `scenario/variant`. */
  readonly label: string;
  readonly scenario: Scenario;
  readonly variant: Variant;
  readonly parameters: Parameters;
  /** It needs a processor all the time, so it counts as starting until it ends. */
  readonly heavy?: boolean;
  /** What it puts to the test, as far as the prediction tells before the run. */
  readonly claims: readonly StatedClaim[];
}

/** What is to be run, and what the runs are to decide together. */
export interface WorkList {
  readonly profile: Profile;
  /** Longest first. */
  readonly runs: readonly CatalogueRun[];
  /** In the order of their ids, the kernel rules last. */
  readonly claims: readonly StatedClaim[];
  readonly untested: readonly UntestedClaim[];
}

export interface Kernel {
  readonly release: string;
  readonly architecture: string;
  readonly distribution: string;
}

interface Ended {
  readonly run: CatalogueRun;
  /** From the start of its sandbox until it was judged. */
  readonly tookMs: number;
  /** As it is to be printed; null: the run came to none. */
  readonly runFolder: string | null;
}

/** What one run came to. Its packets and counters are in the run folder, not here. */
export type CatalogueOutcome =
  | (Ended & {
      readonly kind: 'judged';
      readonly verdict: Pick<Verdict, 'kind' | 'claims' | 'unexercised'>;
      readonly kernel: Kernel;
      /** The run as plain data, as `--json` shows it. */
      readonly report: object;
    })
  | (Ended & { readonly kind: 'failed'; readonly error: HarnessError });

/** What one run found about a claim. */
export interface CatalogueFinding {
  readonly run: CatalogueRun;
  readonly finding: Finding;
  readonly tookMs: number;
  readonly runFolder: string | null;
}

/** A claim with what all runs found about it; its verdict is that of the worst finding. */
export interface CatalogueClaim extends StatedClaim {
  readonly kind: FindingKind;
  /** At least one where a run put it to the test. */
  readonly findings: readonly CatalogueFinding[];
  /** The first of the worst findings; for a claim that no run tested, why. */
  readonly finding: Finding;
}

/** Two claims of different documents that cannot both be true. */
export interface Disagreement {
  readonly about: string;
  readonly claims: readonly string[];
}

/** Everything that the reports of a catalogue are made from. */
export interface CatalogueVerdict {
  readonly kernel: Kernel;
  readonly profile: Profile;
  /** Whether an inconclusive claim fails. */
  readonly strict: boolean;
  readonly claims: readonly CatalogueClaim[];
  readonly outcomes: readonly CatalogueOutcome[];
  readonly disagreements: readonly Disagreement[];
  readonly totals: Readonly<Record<FindingKind, number>>;
  readonly wallMs: number;
  readonly longestScenarioMs: number;
  /** Holds all run folders; as it is to be printed. */
  readonly folder: string;
}

/** The file of the verify folder that holds the whole result. */
export const CATALOGUE_FILE = 'verify.json';
