/** Kernels that lack counters of today's: what they do not count is not missed, and the rest decides. */
import { describe, expect, test } from 'vitest';
import type { Observations } from '../../../harness/domain/observations.ts';
import { acceptQueueOverflow } from '../../../harness/scenarios/accept-queue-overflow.ts';
import { keepLedger } from '../../../harness/verdict/ledger.ts';
import {
  BUILT_PREDICTION,
  buildObservations,
  fourClients,
} from '../../helpers/build-observations.ts';
import { claimNamed } from '../../helpers/build-waves.ts';

/** The listener tells no drops of its own; a refused SYN counts so many times. */
function oldRun(kernelRelease: string, timesCounted: number): Observations {
  const built = buildObservations(fourClients());
  const server = new Map(built.counters.server);
  for (const counter of ['ListenOverflows', 'ListenDrops']) server.set(counter, 3 * timesCounted);
  const snapshots = [...built.snapshots].map(([name, snapshot]) => {
    if (snapshot.listener === undefined) throw new Error('The built run has a listener.');
    const { drops: _, ...listener } = snapshot.listener;
    return [name, { ...snapshot, listener }] as const;
  });
  return {
    ...built,
    surroundings: { ...built.surroundings, kernelRelease },
    snapshots: new Map(snapshots),
    counters: { ...built.counters, server },
  };
}

describe('the ledger', () => {
  const statusOf = (release: string, law: string) =>
    keepLedger(oldRun(release, 1)).identities.find(({ name }) => name === law)?.status;

  test.each([
    ['3.10.0', 'repeated SYNs', 'not-applicable'],
    ['3.10.0', 'repeated SYN-ACKs', 'not-applicable'],
    ['3.10.0', 'drops beyond overflows are full SYN queues', 'unknown'],
    ['2.6.32', 'drops beyond overflows are full SYN queues', 'not-applicable'],
    // A kernel that has the counter must show it.
    ['4.4.1', 'repeated SYNs', 'unknown'],
    ['6.18.0', 'repeated SYN-ACKs', 'unknown'],
  ])('of %s: %s is %s without its counter', (release, law, status) => {
    expect(statusOf(release, law)).toBe(status);
  });
});

test.each([
  ['4.4.1', 1, 'confirmed'],
  ['3.10.0', 1, 'confirmed'],
  ['2.6.32', 0, 'outdated'],
  ['4.4.1', 2, 'contradicted'],
] as const)('002-d on %s, counted %i times: %s', (release, times, kind) => {
  const seen = oldRun(release, times);
  expect(claimNamed(acceptQueueOverflow, '002-d').judge(seen, BUILT_PREDICTION).kind).toBe(kind);
});

test.each([
  ['4.4.1', 2, 'holds'],
  ['4.4.1', 0, 'broken'],
  ['4.9.0', 2, 'broken'],
  ['6.18.0', 0, 'holds'],
] as const)('on %s two SYN cookies add %i to ListenDrops: the law %s', (release, more, status) => {
  const seen = oldRun(release, 1);
  const server = new Map([
    ...seen.counters.server,
    ['SyncookiesSent', 2],
    ['TCPReqQFullDrop', 0],
    ['ListenDrops', 3 + more],
  ] as const);
  const { identities } = keepLedger({ ...seen, counters: { ...seen.counters, server } });
  const law = identities.find(({ name }) => name.startsWith('drops beyond overflows'));
  expect(law?.status).toBe(status);
});
