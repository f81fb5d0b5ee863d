import type { KernelRule } from './verdict.ts';

/** What stands behind a claim, for a reader who wants to know why. Plain sentences throughout. */
export interface Explanation {
  /** The claim's id, for example `001-b (ii)`. */
  readonly claim: string;
  readonly documentSays: string;
  /** Today's mainline kernels: which code decides, and why. */
  readonly kernelDoes: string;
  /** The rules it rests on, from harness/kernel/rules.ts; empty where it was always so. */
  readonly rules: readonly KernelRule[];
  /** What older kernels did, where that was otherwise. */
  readonly older?: string;
  /** What a practitioner does about it. */
  readonly whatToDo: string;
  /** Ids of related claims. */
  readonly seeAlso: readonly string[];
}

/**
 * How a rule stands in a kernel release: `backported`, it came there before mainline's release of
 * that number had it; `replaced`, a later rule took its place; `unknown`, not a release of Linux.
 */
export type RuleStanding = 'followed' | 'backported' | 'replaced' | 'not-yet' | 'unknown';
