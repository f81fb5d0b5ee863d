import type { DifferingRule } from '../domain/kernels.ts';
import type { KernelRule } from '../domain/verdict.ts';
import type { KernelRelease } from './release.ts';
import { standingOf } from './rule-in-release.ts';
import { KERNEL_RULES, rulesOf } from './rules.ts';

/**
 * The rules that some of these releases follow and others do not, newest last as in KERNEL_RULES.
 * Undefined: nothing is known of a release, and it makes no difference.
 */
export function differingRules(
  releases: readonly (KernelRelease | undefined)[],
): readonly DifferingRule[] {
  return Object.values(KERNEL_RULES)
    .map((rule: KernelRule) => ({
      rule,
      standings: releases.map((release) => standingOf(rule, release)),
    }))
    .filter(({ rule, standings }) => {
      const known = standings.filter((standing) => standing !== 'unknown').map(isFollowed);
      return new Set(known).size > 1 && !isMending(rule, releases);
    });
}

const isFollowed = (standing: DifferingRule['standings'][number]): boolean =>
  standing === 'followed' || standing === 'backported';

/** A rule that ended a defect of 5.1 to 5.3 tells no release apart in which the defect never was. */
function isMending({ id }: KernelRule, releases: readonly (KernelRelease | undefined)[]): boolean {
  if (id !== KERNEL_RULES.connectGiveUpFollowsInitialRtoAgain.id) return false;
  const defects = releases.map(
    (release) => release !== undefined && rulesOf(release).connectGiveUp === 'one-step-early',
  );
  return !defects.includes(true);
}
