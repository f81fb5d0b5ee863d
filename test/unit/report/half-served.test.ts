/** A server that accepted some clients, and not those that came last. */
import { expect, test } from 'vitest';
import type { Observations } from '../../../harness/domain/observations.ts';
import { KERNEL_RULES } from '../../../harness/kernel/rules.ts';
import { ruleWords } from '../../../harness/report/claims-section.ts';
import { viewClients } from '../../../harness/report/client-views.ts';
import { inShort } from '../../../harness/report/in-short.ts';
import { buildObservations, buildWaiting } from '../../helpers/build-observations.ts';

/** Four clients were let in one after the other; so many of them were accepted. */
function served(accepted: number): Observations {
  const built = buildObservations(
    [1, 2, 3, 4].map((client) => buildWaiting(client, client)),
    { accepted },
  );
  const closing = built.snapshots.get('closing');
  if (closing?.listener === undefined) throw new Error('The built run has a listener.');
  const listener = { ...closing.listener, acceptQueueLength: 4 - accepted };
  return {
    ...built,
    snapshots: new Map([...built.snapshots, ['closing', { ...closing, listener }]]),
  };
}

const WAIT = 'connected and in the accept queue, waiting to be accepted';
const SERVED = 'connected and accepted by the server';

test.each([
  [0, [WAIT]],
  [3, [WAIT, SERVED]],
  [4, [SERVED]],
] as const)('after %i were accepted', (accepted, expected) => {
  const seen = served(accepted);
  const sentences = inShort(viewClients(seen), seen);
  expect(sentences).toHaveLength(expected.length);
  expected.forEach((words, index) => {
    expect(sentences[index]).toContain(words);
  });
});

test('who came last waits: the queue is served in order', () => {
  const places = viewClients(served(3)).map(({ story, place }) => [story.client, place]);
  expect(places).toEqual([
    [1, undefined],
    [2, undefined],
    [3, undefined],
    [4, 1],
  ]);
});

test('a rule of the oldest kernel that was read may be older', () => {
  expect(ruleWords(KERNEL_RULES.abortIsForRequests)).toContain('(Linux 2.6.32 or older)');
  expect(ruleWords(KERNEL_RULES.synQueueHoldsOneMore)).toContain(
    '(Linux 6.13, commit 3479c7549fb1)',
  );
});
