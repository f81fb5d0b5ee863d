import type { KernelRules } from '../domain/scenario.ts';
import type { KernelRule } from '../domain/verdict.ts';
import { KERNEL_RULES } from './rules.ts';

/** The same rules but for one: as a backport, or a missing one, would leave them. */
export interface Neighbour {
  readonly rules: KernelRules;
  /** The rule that was taken or left out. */
  readonly rule: KernelRule;
}

/** Kernels that differ in one rule from what a release suggests. */
export function neighboursOf(rules: KernelRules): readonly Neighbour[] {
  const variants: readonly Neighbour[] = [
    ...(['dropped', 'dropped-if-two-young'] as const).map((synOnFullAcceptQueue) => ({
      rules: { ...rules, synOnFullAcceptQueue },
      rule: KERNEL_RULES.synRefusedOnFullAcceptQueue,
    })),
    { rules: { ...rules, synQueue: 'table' }, rule: KERNEL_RULES.synQueueIsPowerOfTwoTable },
    { rules: { ...rules, synQueue: 'limit' }, rule: KERNEL_RULES.synQueueIsBoundedByBacklog },
    { rules: { ...rules, synQueue: 'limit-plus-one' }, rule: KERNEL_RULES.synQueueHoldsOneMore },
    ...([16, 32] as const).map((acceptQueueLimitBits) => ({
      rules: { ...rules, acceptQueueLimitBits },
      rule: KERNEL_RULES.acceptQueueLimitIs32Bit,
    })),
    ...[true, false].map((linearSynTimeouts) => ({
      rules: { ...rules, linearSynTimeouts },
      rule: KERNEL_RULES.linearSynTimeouts,
    })),
  ];
  return variants.filter((variant) => JSON.stringify(variant.rules) !== JSON.stringify(rules));
}
