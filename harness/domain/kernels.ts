/** The catalogue on several kernels, side by side. All of it is plain data: kernels.json is this. */
import type { Kernel, StatedClaim } from './catalogue.ts';
import type { RuleStanding } from './explanation.ts';
import type { HarnessErrorCode } from './harness-error.ts';
import type { Profile } from './scenario.ts';
import type { FindingKind, KernelRule } from './verdict.ts';

/** The file of the folder that holds the whole comparison. */
export const KERNELS_FILE = 'kernels.json';

/** This machine's own kernel, among the names of kernels. */
export const HOST_KERNEL = 'host';

/** Of a few numbers, in the middle and at most. */
export interface Spread {
  readonly medianMs: number;
  readonly mostMs: number;
}

/** What the machines of one kernel took, which is not what their runs' timers took. */
export interface MachineTimes {
  /** How many machines were started, each for one run. */
  readonly machines: number;
  /** From the start of a machine until its first process spoke. */
  readonly boot: Spread;
  readonly run: Spread;
  /** From the end of a run until its evidence was here. */
  readonly collect: Spread;
  /** How many machines did not come up at first. */
  readonly secondBoots: number;
}

interface Named {
  /** As it was asked for: `host`, `debian:6.1`, or the path of an image. */
  readonly name: string;
  readonly wallMs: number;
}

export interface JudgedKernel extends Named {
  readonly kind: 'judged';
  /** Holds verify.json and the run folders; as it is to be printed. */
  readonly folder: string;
  readonly kernel: Kernel;
  /** As `uname -rv` has it, as far as it is known. */
  readonly uname: string;
  readonly totals: Readonly<Record<FindingKind, number>>;
  readonly runs: number;
  /** Null: its runs were in no machines of their own. */
  readonly machines: MachineTimes | null;
  /** Rules that it follows, or lacks, although its release suggests the contrary: backports. */
  readonly otherwise: readonly KernelRule[];
}

/** A kernel that could not be fetched or started, or on which not a single run succeeded. */
export interface FailedKernel extends Named {
  readonly kind: 'failed';
  /** Null: it did not come to a folder. */
  readonly folder: string | null;
  readonly error: {
    readonly code: HarnessErrorCode;
    readonly message: string;
    readonly remedy: string;
  };
}

export type KernelColumn = JudgedKernel | FailedKernel;

/** What one run on one kernel found about a claim. */
export interface KernelFinding {
  /** Label of the run: `scenario` or `scenario/variant`; empty: no run tested the claim. */
  readonly run: string;
  readonly verdict: FindingKind;
  /** Null where nothing was decided: then `reason` says why. */
  readonly observed: string | null;
  readonly reason: string | null;
  readonly remedy: string | null;
  /** The rule by which the document is outdated. */
  readonly rule: KernelRule | null;
  readonly tookMs: number;
  readonly runFolder: string | null;
}

export interface KernelCell {
  readonly verdict: FindingKind;
  readonly findings: readonly KernelFinding[];
}

/** Whether and why kernels answer a claim differently. */
export interface Difference {
  /** Verdicts or measured words differ, or one kernel decides what another leaves open. */
  readonly differs: boolean;
  /** The rules by which it is outdated on some of these kernels, and not on others. */
  readonly explanation: readonly KernelRule[];
  /** Decided answers differ and no known rule says why. */
  readonly unexplained: boolean;
}

export interface KernelsClaim extends StatedClaim, Difference {
  /** One for each kernel, in their order; null: that kernel failed as a whole. */
  readonly cells: readonly (KernelCell | null)[];
}

/** A rule that some of these releases follow and others do not. */
export interface DifferingRule {
  readonly rule: KernelRule;
  /** One for each kernel; `unknown` where it failed. */
  readonly standings: readonly RuleStanding[];
}

export interface KernelsVerdict {
  readonly profile: Profile;
  /** Whether an inconclusive claim fails. */
  readonly strict: boolean;
  readonly kernels: readonly KernelColumn[];
  readonly claims: readonly KernelsClaim[];
  readonly rules: readonly DifferingRule[];
  readonly wallMs: number;
  /** Holds a folder for each kernel; as it is to be printed. */
  readonly folder: string;
}
