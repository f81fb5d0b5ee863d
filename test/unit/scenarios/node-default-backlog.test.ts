import { expect, test } from 'vitest';
import type { Observations } from '../../../harness/domain/observations.ts';
import { nodeDefaultBacklog } from '../../../harness/scenarios/node-default-backlog.ts';
import {
  buildObservations,
  buildTimedOut,
  buildWaiting,
} from '../../helpers/build-observations.ts';
import { claimNamed, foundBy, predictedBy } from '../../helpers/build-waves.ts';

const CLIENTS = 520;

/** So many are queued and the others time out, while `ss` says that the limit is this. */
function queued(waiting: number, limit: number): Observations {
  const built = buildObservations(
    Array.from({ length: CLIENTS }, (_, index) =>
      index < waiting ? buildWaiting(index, index) : buildTimedOut(index, index, [index], 600),
    ),
    { plan: nodeDefaultBacklog.plan(nodeDefaultBacklog.defaults), announcedLimits: [limit] },
  );
  const closing = built.snapshots.get('closing');
  if (closing?.listener === undefined) throw new Error('The built run has a listener.');
  const listener = { ...closing.listener, acceptQueueLimit: limit };
  return {
    ...built,
    snapshots: new Map([...built.snapshots, ['closing', { ...closing, listener }]]),
  };
}

test.each([
  [512, 511, 'confirmed'],
  [129, 128, 'contradicted'],
  // `ss` alone does not decide: the queue must hold as many.
  [300, 511, 'inconclusive'],
] as const)('%i are queued with a limit of %i by ss: 002-f is %s', (waiting, limit, kind) => {
  const seen = queued(waiting, limit);
  expect(foundBy(nodeDefaultBacklog, '002-f', seen, '6.18.0').kind).toBe(kind);
});

test('a queue that is not full tells nothing of its limit, and ss is a single source', () => {
  const claim = claimNamed(nodeDefaultBacklog, '002-f');
  const why = (clients: number) =>
    claim.notExercisedBecause(
      { ...nodeDefaultBacklog.defaults, clients },
      predictedBy(nodeDefaultBacklog, '6.18.0', { clients }),
    );
  expect(why(512)).toContain('pass --clients 513 or more');
  expect(why(513)).toBeNull();
});

test('every variant of verify fills the queue', () => {
  for (const { parameters } of nodeDefaultBacklog.variants) {
    const { clients } = { ...nodeDefaultBacklog.defaults, ...parameters };
    expect(clients).toBeGreaterThan(512);
  }
});
