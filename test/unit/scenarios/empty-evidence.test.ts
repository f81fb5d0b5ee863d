/** Evidence in which nothing happened must not confirm a claim, nor make it outdated. */
import { expect, test } from 'vitest';
import { connectTimeoutsInABurst } from '../../../harness/scenarios/connect-timeouts-in-a-burst.ts';
import { establishedWithoutLimit } from '../../../harness/scenarios/established-without-limit.ts';
import { synQueue } from '../../../harness/scenarios/syn-queue.ts';
import {
  buildObservations,
  buildTimedOut,
  buildWaiting,
} from '../../helpers/build-observations.ts';
import { foundBy } from '../../helpers/build-waves.ts';

const nobodyConnects = (clients: number) =>
  buildObservations(
    Array.from({ length: clients }, (_, index) => buildTimedOut(index, index, [index], 600)),
  );

test('001-d: when nobody is answered, it is not some who time out', () => {
  const finding = foundBy(connectTimeoutsInABurst, '001-d', nobodyConnects(10), '6.18.0');
  expect(finding).toMatchObject({
    kind: 'contradicted',
    observed: 'every client times out connecting',
  });
});

test('001-k: fewer clients than places are no limit', () => {
  const judged = (connected: number) =>
    foundBy(
      establishedWithoutLimit,
      '001-k',
      buildObservations(
        Array.from({ length: 20 }, (_, index) =>
          index < connected ? buildWaiting(index, index) : buildTimedOut(index, index, [index], 10),
        ),
      ),
      '6.18.0',
    );
  expect(judged(2)).toMatchObject({ kind: 'contradicted', observed: '2 are connected' });
  expect(judged(3).kind).toBe('outdated');
  expect(judged(4).kind).toBe('confirmed');
});

test('002-c: a SYN queue that took everybody in decided about nobody', () => {
  const row = (client: number) =>
    ({
      localAddress: '10.77.0.1',
      localPort: 9_999,
      remoteAddress: '10.77.0.2',
      remotePort: 40_000 + client,
      state: 'SYN-RECV',
      txQueue: 0,
      rxQueue: 0,
      retransmits: 0,
    }) as const;
  const built = buildObservations([1, 2].map((client) => buildWaiting(client, client)));
  const closing = built.snapshots.get('closing');
  if (closing === undefined) throw new Error('The built run has a closing snapshot.');
  const finding = foundBy(
    synQueue,
    '002-c',
    {
      ...built,
      plan: synQueue.plan(synQueue.defaults),
      snapshots: new Map([
        ...built.snapshots,
        ['closing', { ...closing, sockets: { server: [row(1), row(2)], client: [] } }],
      ]),
    },
    '6.18.0',
  );
  expect(finding.kind).toBe('inconclusive');
});
