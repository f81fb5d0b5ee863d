import type { RuleStanding } from '../domain/explanation.ts';
import type { KernelRule } from '../domain/verdict.ts';
import { isAtLeast, type KernelRelease, type KernelVersion } from './release.ts';
import { KERNEL_RULES, rulesOf } from './rules.ts';

/** How the rule stands in the release; undefined is a release that nobody can read. */
export function standingOf(rule: KernelRule, release: KernelRelease | undefined): RuleStanding {
  if (release === undefined) return 'unknown';
  const mainline = isAtLeast(release, rule.since as KernelVersion);
  if (isFollowed(rule, release, mainline)) return mainline ? 'followed' : 'backported';
  return mainline ? 'replaced' : 'not-yet';
}

/** Mainline decides, but for the rules that were backported or replaced: those `rulesOf` knows. */
function isFollowed(rule: KernelRule, release: KernelRelease, mainline: boolean): boolean {
  const { synOnFullAcceptQueue, synQueue } = rulesOf(release);
  switch (rule.id) {
    case KERNEL_RULES.synRefusedOnFullAcceptQueue.id:
      return synOnFullAcceptQueue === 'dropped';
    case KERNEL_RULES.synQueueIsPowerOfTwoTable.id:
      return synQueue === 'table';
    case KERNEL_RULES.synQueueHoldsOneMore.id:
      return synQueue === 'limit-plus-one';
    default:
      return mainline;
  }
}
