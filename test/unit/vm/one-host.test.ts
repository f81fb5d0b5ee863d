/** A kernel that makes one host only: what its counters tell, and what then is not applicable. */
import { describe, expect, test } from 'vitest';
import { oneHostScript } from '../../../harness/collect/host-network.ts';
import { ofOneEnd } from '../../../harness/evidence/one-host.ts';
import { keepLedger } from '../../../harness/verdict/ledger.ts';
import { buildObservations, fourClients } from '../../helpers/build-observations.ts';

const COUNTERS = new Map([
  ['ListenOverflows', 1],
  ['ActiveOpens', 2],
  ['PassiveOpens', 3],
  ['TCPTimeouts', 4],
  ['OutRsts', 5],
  ['TCPSynRetrans', 6],
]);

test('a counter tells of the one end that moves it; what both move tells nothing', () => {
  expect([...ofOneEnd(COUNTERS, 'server')]).toEqual([
    ['ListenOverflows', 1],
    ['PassiveOpens', 3],
  ]);
  expect([...ofOneEnd(COUNTERS, 'client')]).toEqual([['ActiveOpens', 2]]);
});

describe('the ledger', () => {
  const seen = buildObservations(fourClients());
  const instead = 'this kernel has no network namespaces, so server and clients share one host';
  const lacks = [{ what: 'two-hosts', instead }] as const;
  const shared = { ...seen, surroundings: { ...seen.surroundings, lacks } };
  const unknownIn = (run: typeof seen) =>
    keepLedger(run).identities.filter(({ status }) => status === 'unknown');

  test('has laws that nothing can be said of, with the reason, instead of unknown ones', () => {
    const unknown = unknownIn(seen).map(({ name }) => name);
    expect(unknown).not.toEqual([]);
    expect(unknownIn(shared)).toEqual([]);
    for (const name of unknown) {
      const law = keepLedger(shared).identities.find((identity) => identity.name === name);
      expect(law).toMatchObject({ status: 'not-applicable', note: instead });
    }
  });

  test('is broken all the same where both sides are known', () => {
    const brokenIn = (run: typeof seen): readonly string[] =>
      keepLedger(run)
        .identities.filter(({ status }) => status === 'broken')
        .map(({ name }) => name);
    const capture = { ...shared.capture, droppedByKernel: 1 };
    expect(brokenIn({ ...shared, capture })).toContain('tcpdump missed no packet');
    expect(brokenIn(shared)).toEqual(brokenIn(seen));
  });

  test('excuses no capture that tells nothing: that has nothing to do with hosts', () => {
    const { droppedByKernel: _, ...capture } = shared.capture;
    expect(unknownIn({ ...shared, capture }).map(({ name }) => name)).toEqual([
      'tcpdump missed no packet',
    ]);
  });

  test('of another lack is as strict as ever', () => {
    const other = [{ what: 'nftables', instead: 'iptables holds packets back' }] as const;
    const run = { ...seen, surroundings: { ...seen.surroundings, lacks: other } };
    expect(unknownIn(run)).toEqual(unknownIn(seen));
  });
});

test('both ends have their addresses on the loopback interface', () => {
  const [, , script = ''] = oneHostScript({ family: 4, clientAddresses: 2, relays: 2 });
  expect(script.match(/addr add \S+ dev \S+/g)).toEqual([
    'addr add 10.77.0.1/32 dev lo',
    'addr add 10.77.0.101/32 dev lo',
    'addr add 10.77.0.2/32 dev lo',
    'addr add 10.77.1.1/32 dev lo',
  ]);
  expect(oneHostScript({ family: 6, clientAddresses: 1 })[2]).toContain('fd77::2/128 dev lo nodad');
});
