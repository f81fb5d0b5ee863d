import type { KernelRule } from '../domain/verdict.ts';
import { oldSynQueueFormula, threeQuarterBound } from './queue-capacity.ts';
import { KERNEL_RULES } from './rules.ts';

export interface SynQueueSettings {
  /** The accept-queue limit: min(backlog, somaxconn). */
  readonly limit: number;
  /** tcp_max_syn_backlog. */
  readonly maxSynBacklog: number;
  /** tcp_syncookies; not 2, which leaves the queue empty. */
  readonly syncookies: number;
}

/** How many requests the SYN queue holds, and the rule that says so. */
export interface SynQueueCandidate {
  readonly rule: KernelRule;
  readonly value: number;
}

/** What every known kernel would hold, the newest first; see `synQueueCapacity`. */
export function synQueueCandidates(settings: SynQueueSettings): readonly SynQueueCandidate[] {
  const { limit, maxSynBacklog, syncookies } = settings;
  const bound = threeQuarterBound(maxSynBacklog);
  const bounded = (candidate: SynQueueCandidate): SynQueueCandidate =>
    syncookies === 0 && bound < candidate.value
      ? { rule: KERNEL_RULES.synRefusedAtThreeQuarters, value: bound }
      : candidate;
  return [
    { rule: KERNEL_RULES.synQueueHoldsOneMore, value: limit + 1 },
    { rule: KERNEL_RULES.synQueueIsBoundedByBacklog, value: limit },
    {
      rule: KERNEL_RULES.synQueueIsPowerOfTwoTable,
      value: oldSynQueueFormula(limit, limit, maxSynBacklog),
    },
  ].map(bounded);
}
