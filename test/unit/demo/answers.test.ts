/** The right answer is what the evidence says: with other evidence it is another one, or none. */
import { describe, expect, test } from 'vitest';
import { answerOf } from '../../../harness/demo/answer.ts';
import { factsOf } from '../../../harness/demo/parameters.ts';
import type { Choice, StepId } from '../../../harness/demo/step.ts';
import { STEP_IDS } from '../../../harness/demo/step.ts';
import { STEPS } from '../../../harness/demo/steps.ts';
import type { Evidence } from '../../../harness/domain/evidence.ts';
import { FILES } from '../../../harness/domain/evidence.ts';
import { OTHER_KERNELS } from '../../golden/damages/other-kernels.ts';
import {
  all,
  type Damage,
  dropsRecounted,
  recounted,
  removed,
  requeued,
  withoutLines,
} from '../../helpers/damage.ts';
import { inputOf, RECORDED, stepNamed } from '../../helpers/demo-steps.ts';
import { fixture } from '../../helpers/fixtures.ts';

function answered(id: StepId, evidence: Evidence): Choice | null {
  const { seen } = inputOf(evidence);
  return answerOf(stepNamed(id), seen, factsOf(seen.plan.parameters)).choice;
}

test('the steps are in the order in which they are told', () => {
  expect(STEPS.map(({ id }) => id)).toEqual(STEP_IDS);
});

test.each(STEP_IDS)('%s: a recorded run answers what the step expects', (id) => {
  const { seen } = inputOf(fixture(RECORDED[id]));
  const step = stepNamed(id);
  const facts = factsOf(seen.plan.parameters);
  const answer = answerOf(step, seen, facts);
  expect(answer.choice, JSON.stringify(answer.said)).toBe(step.expects(facts));
  expect(answer.witnesses.length).toBeGreaterThan(1);
});

/** Runs in which something else happened. */
const OTHERWISE: readonly (readonly [StepId, fixture: string, Choice])[] = [
  ['two-queues', 'accept-queue-overflow', 1],
  ['one-more-than-backlog', 'fits', 2],
  ['refused-syn', 'fits', 0],
  ['one-second-connect', 'fits', 0],
  ['one-second-connect', 'accept-queue-overflow', 2],
  ['fooled-client', 'fits', 0],
  ['fooled-client', 'accept-queue-overflow', 2],
  ['abort-on-overflow', 'fooled-client', 0],
  ['abort-on-overflow', 'fits', 2],
  ['syn-queue-and-cookies', 'syn-queue', 0],
  ['counters', 'fits', 2],
  ['connection-cap', 'connection-cap-enough', 2],
  ['connection-cap', 'accept-queue-overflow', 0],
];

describe('the answer turns with the evidence', () => {
  test.each(OTHERWISE)('%s, as in %s: choice %i', (id, name, choice) => {
    expect(answered(id, fixture(name))).toBe(choice);
  });

  const kernel = (what: string): Damage =>
    OTHER_KERNELS.find((each) => each.what === what)?.damage ?? removed(FILES.plan);

  test('a kernel whose queue holds no more than its limit', () => {
    const damage = kernel('the queue holds no more than its limit');
    expect(answered('one-more-than-backlog', damage(fixture('accept-queue-overflow')))).toBe(0);
  });

  test('a kernel where a raised somaxconn reaches a listener at once', () => {
    const damage = all(
      kernel('a raised somaxconn reaches a listener at once'),
      requeued('full', 7),
    );
    expect(answered('somaxconn', damage(fixture('somaxconn-needs-a-new-listen')))).toBe(1);
  });

  test('a kernel that counts no refused SYN', () => {
    const damage = all(recounted('closing', 'server', 'ListenOverflows', -3), dropsRecounted(-3));
    expect(answered('counters', damage(fixture('accept-queue-overflow')))).toBe(2);
  });
});

describe('witnesses that do not agree answer nothing', () => {
  const DISAGREEING: readonly (readonly [StepId, Damage])[] = [
    ['two-queues', recounted('closing', 'server', 'OutRsts', 1)],
    ['one-more-than-backlog', recounted('closing', 'server', 'PassiveOpens', -1)],
    ['refused-syn', withoutLines('swarm-0.jsonl', /"timed-out"/)],
    ['one-second-connect', recounted('closing', 'client', 'TCPSynRetrans', -3)],
    ['fooled-client', recounted('closing', 'server', 'PassiveOpens', 1)],
    ['abort-on-overflow', recounted('closing', 'server', 'EmbryonicRsts', -2)],
    ['syn-queue-and-cookies', recounted('closing', 'server', 'SyncookiesSent', -11)],
    ['somaxconn', requeued('full', 1)],
    ['counters', recounted('closing', 'server', 'ListenOverflows', 1)],
    ['connection-cap', recounted('closing', 'server', 'PassiveOpens', -100)],
  ];

  test.each(DISAGREEING)('%s', (id, damage) => {
    expect(answered(id, damage(fixture(RECORDED[id])))).toBeNull();
  });

  test('a witness alone is none', () => {
    const evidence = removed('snapshots/closing/server/netstat')(fixture('syn-queue-cookies'));
    expect(answered('syn-queue-and-cookies', evidence)).toBeNull();
  });
});
