import type { KernelRules } from '../domain/scenario.ts';
import type { KernelRule } from '../domain/verdict.ts';
import { KERNEL_RULES } from './rules.ts';

/** The same rules but for one or two: as backports, or missing ones, would leave them. */
export interface Neighbour {
  readonly rules: KernelRules;
  /** The rule that was taken or left out; of two, the one that says more about listen queues. */
  readonly rule: KernelRule;
}

/** Kernels that differ from what a release suggests: in one rule first, then in two. */
export function neighboursOf(rules: KernelRules): readonly Neighbour[] {
  const near = variantsOf(rules);
  const farther = near.flatMap((first) =>
    variantsOf(first.rules).map((second) => ({ rules: second.rules, rule: first.rule })),
  );
  return [...near, ...farther].filter((neighbour) => !isSame(neighbour.rules, rules));
}

const isSame = (left: KernelRules, right: KernelRules): boolean =>
  JSON.stringify(left) === JSON.stringify(right);

function variantsOf(rules: KernelRules): readonly Neighbour[] {
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
  return variants.filter((variant) => !isSame(variant.rules, rules));
}
