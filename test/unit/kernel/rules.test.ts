import { expect, test } from 'vitest';
import type { KernelRules } from '../../../harness/domain/scenario.ts';
import { parseRelease } from '../../../harness/kernel/release.ts';
import { KERNEL_RULES, rulesOf } from '../../../harness/kernel/rules.ts';

function rules(text: string): KernelRules {
  const release = parseRelease(text);
  if (release === undefined) throw new Error(`not a release: ${text}`);
  return rulesOf(release);
}

const OF_3_10: KernelRules = {
  synOnFullAcceptQueue: 'dropped-if-two-young',
  synQueue: 'table',
  acceptQueueLimitBits: 16,
  refusedSynCounted: true,
  cookieCountedAsDrop: true,
  initialRtoMs: 1_000,
  linearSynTimeouts: false,
  connectGiveUp: 'full-schedule',
};
const OF_4_10: KernelRules = {
  ...OF_3_10,
  synOnFullAcceptQueue: 'dropped',
  synQueue: 'limit',
  acceptQueueLimitBits: 32,
  cookieCountedAsDrop: false,
};

/** The master table, one release for each column and each side of every boundary. */
test.each<[string, KernelRules]>([
  [
    '2.6.32.69',
    {
      ...OF_3_10,
      refusedSynCounted: false,
      cookieCountedAsDrop: false,
      initialRtoMs: 3_000,
      connectGiveUp: 'counts-200ms-base',
    },
  ],
  [
    '3.0.101',
    { ...OF_3_10, refusedSynCounted: false, cookieCountedAsDrop: false, initialRtoMs: 3_000 },
  ],
  ['3.1.0', { ...OF_3_10, refusedSynCounted: false, cookieCountedAsDrop: false }],
  ['3.8.13', OF_3_10],
  ['3.10.108', OF_3_10],
  ['3.10.0-1160.el7.x86_64', OF_3_10],
  ['3.16.80', OF_3_10],
  ['3.16.81', { ...OF_3_10, synOnFullAcceptQueue: 'dropped' }],
  ['4.1.5', { ...OF_3_10, acceptQueueLimitBits: 32 }],
  ['4.3.3', { ...OF_3_10, acceptQueueLimitBits: 32 }],
  ['4.4.1', { ...OF_3_10, acceptQueueLimitBits: 32, synQueue: 'limit' }],
  ['4.4.177', { ...OF_3_10, acceptQueueLimitBits: 32, synQueue: 'limit' }],
  ['4.4.178', { ...OF_4_10, cookieCountedAsDrop: true }],
  ['4.7.4', { ...OF_4_10, synOnFullAcceptQueue: 'dropped-if-two-young' }],
  ['4.9.130', { ...OF_4_10, synOnFullAcceptQueue: 'dropped-if-two-young' }],
  ['4.9.337', OF_4_10],
  ['4.10.0', OF_4_10],
  ['4.14.5', OF_4_10],
  ['4.19.0', OF_4_10],
  ['5.3.1', { ...OF_4_10, connectGiveUp: 'one-step-early' }],
  ['5.4.30', OF_4_10],
  ['5.4.0-26-generic', OF_4_10],
  ['5.4.290', { ...OF_4_10, synQueue: 'limit-plus-one' }],
  ['5.10.223', OF_4_10],
  ['5.10.0-28-amd64', OF_4_10],
  ['6.1.124', OF_4_10],
  ['6.1.125', { ...OF_4_10, synQueue: 'limit-plus-one' }],
  ['6.2.0-25-generic', OF_4_10],
  ['6.5.0-14-generic', { ...OF_4_10, linearSynTimeouts: true }],
  ['6.6.9', { ...OF_4_10, linearSynTimeouts: true }],
  ['6.6.72', { ...OF_4_10, linearSynTimeouts: true, synQueue: 'limit-plus-one' }],
  ['6.11.0-17-generic', { ...OF_4_10, linearSynTimeouts: true }],
  ['6.12.9', { ...OF_4_10, linearSynTimeouts: true }],
  ['6.12.10', { ...OF_4_10, linearSynTimeouts: true, synQueue: 'limit-plus-one' }],
  ['6.13.0', { ...OF_4_10, linearSynTimeouts: true, synQueue: 'limit-plus-one' }],
  ['6.18.44-fc-v595', { ...OF_4_10, linearSynTimeouts: true, synQueue: 'limit-plus-one' }],
])('rulesOf() knows the rules of %s', (text, expected) => {
  expect(rules(text)).toEqual(expected);
});

test('every rule of the catalogue has its own permanent id and a release it came with', () => {
  const all = Object.values(KERNEL_RULES);
  expect(new Set(all.map((rule) => rule.id)).size).toBe(all.length);
  for (const rule of all) {
    expect(rule.id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(rule.commit ?? 'not known').toMatch(/^(?:[0-9a-f]{12}|not known)$/);
    expect(parseRelease(rule.since)).toBeDefined();
    expect(rule.statement).toMatch(/^\S.*\.$/);
  }
});

/** A rule that the catalogue dates differently from rulesOf() would excuse the wrong kernels. */
test.each<[keyof typeof KERNEL_RULES, keyof KernelRules]>([
  ['synRefusedOnFullAcceptQueue', 'synOnFullAcceptQueue'],
  ['acceptQueueLimitIs32Bit', 'acceptQueueLimitBits'],
  ['synQueueIsBoundedByBacklog', 'synQueue'],
  ['synQueueHoldsOneMore', 'synQueue'],
  ['refusedSynCounted', 'refusedSynCounted'],
  ['cookiesNoLongerDrops', 'cookieCountedAsDrop'],
  ['initialRtoOneSecond', 'initialRtoMs'],
  ['linearSynTimeouts', 'linearSynTimeouts'],
  ['connectGiveUpFollowsInitialRto', 'connectGiveUp'],
  ['connectGiveUpFollowsInitialRtoAgain', 'connectGiveUp'],
])('%s came when %s changed', (name, field) => {
  const [major = 0, minor = 0, patch] = KERNEL_RULES[name].since.split('.').map(Number);
  const before = patch === undefined ? `${major}.${minor - 1}.0` : `${major}.${minor}.${patch - 1}`;
  expect(rules(KERNEL_RULES[name].since)[field]).not.toBe(rules(before)[field]);
});
