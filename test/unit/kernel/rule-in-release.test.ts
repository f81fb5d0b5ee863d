import { expect, test } from 'vitest';
import type { RuleStanding } from '../../../harness/domain/explanation.ts';
import { parseRelease } from '../../../harness/kernel/release.ts';
import { standingOf } from '../../../harness/kernel/rule-in-release.ts';
import { KERNEL_RULES } from '../../../harness/kernel/rules.ts';

const STANDINGS: readonly (readonly [
  rule: keyof typeof KERNEL_RULES,
  release: string,
  standing: RuleStanding,
])[] = [
  ['synRefusedOnFullAcceptQueue', '4.10.0', 'followed'],
  ['synRefusedOnFullAcceptQueue', '4.9.130', 'not-yet'],
  ['synRefusedOnFullAcceptQueue', '4.4.178', 'backported'],
  ['synRefusedOnFullAcceptQueue', '3.10.0-1160.el7.x86_64', 'not-yet'],
  ['synQueueIsPowerOfTwoTable', '4.3.3', 'followed'],
  ['synQueueIsPowerOfTwoTable', '6.18.44', 'replaced'],
  ['synQueueIsBoundedByBacklog', '4.3.3', 'not-yet'],
  ['synQueueIsBoundedByBacklog', '6.18.44', 'followed'],
  ['synQueueHoldsOneMore', '6.12.10', 'backported'],
  ['synQueueHoldsOneMore', '6.12.9', 'not-yet'],
  ['synQueueHoldsOneMore', '6.13.0', 'followed'],
  ['linearSynTimeouts', '6.4.16', 'not-yet'],
  ['linearSynTimeouts', '6.5.0', 'followed'],
];

test.for(STANDINGS)('%s in %s: %s', ([name, release, standing]) => {
  expect(standingOf(KERNEL_RULES[name], parseRelease(release))).toBe(standing);
});

test('nothing is known of a release that is none of Linux', () => {
  expect(standingOf(KERNEL_RULES.linearSynTimeouts, undefined)).toBe('unknown');
});
