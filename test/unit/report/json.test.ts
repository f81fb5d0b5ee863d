import { expect, test } from 'vitest';
import { jsonReport } from '../../../harness/report/json.ts';
import { buildInput, buildObservations, fourClients } from '../../helpers/build-observations.ts';

const built = () => jsonReport(buildInput(buildObservations(fourClients())));

test('the contract of schema version 1', () => {
  expect(built()).toMatchObject({
    schemaVersion: 1,
    scenario: 'accept-queue-overflow',
    verdict: 'outdated',
    parameters: { backlog: 2, clients: 4, connectTimeoutMs: 2_500 },
    kernel: { release: '6.18.0' },
    sandbox: 'netns',
    prediction: { acceptQueueCapacity: 3, connected: 3, timedOut: 1 },
    outcomes: { connected: 3, timedOut: 1, refused: 0, reset: 0, failed: 0 },
    listener: { acceptQueueLength: 3, acceptQueueLimit: 2, synQueueLength: 0 },
    wire: {
      syns: 6,
      synRetransmissions: 2,
      synAcks: 3,
      synAckRetransmissions: 0,
      refusedSyns: 3,
      rsts: 0,
    },
    timings: { startedAt: '2026-11-21T12:00:00.000Z', wallMs: 3_000 },
    runFolder: 'runs/20261121-120000.000-accept-queue-overflow',
  });
});

test('a claim carries its rule, or why nothing could be decided', () => {
  expect(built()).toMatchObject({
    claims: [
      {
        id: '001-a',
        verdict: 'confirmed',
        documented: expect.any(String),
        observed: '3',
        rule: null,
      },
      {
        verdict: 'outdated',
        observed: 'its SYN is refused',
        rule: {
          id: 'syn-refused-on-full-accept-queue',
          commit: '5ea8ea2cb7f1',
          since: '4.10',
          statement: expect.any(String),
        },
      },
      {
        verdict: 'inconclusive',
        observed: null,
        rule: null,
        reason: 'fewer than two independent witnesses',
        remedy: 'npm run repro -- doctor',
      },
    ],
    unexercised: [{ id: '001-c', reason: 'nobody is fooled' }],
  });
});

test('each client is one object', () => {
  expect(built()).toMatchObject({
    clients: [
      {
        client: 1,
        localPort: 40_001,
        outcome: 'connected',
        afterMs: 0.3,
        end: 'held',
        fooled: false,
        syns: 1,
        refusedSyns: 0,
      },
      { client: 2 },
      { client: 3 },
      { client: 4, outcome: 'timed-out', afterMs: 2_500, by: 'own-timer', syns: 3, refusedSyns: 3 },
    ],
  });
});

test('identities of the ledger say whether they hold; null is neither', () => {
  expect(built()).toMatchObject({
    ledger: { balanced: true, identities: [{ left: 3, right: 3, holds: true }, { holds: null }] },
  });
});

test('counters are those that moved, and the two of listen queues in any case', () => {
  const counters = {
    server: new Map([
      ['ListenOverflows', 0],
      ['ListenDrops', 0],
      ['OutRsts', 0],
      ['PassiveOpens', 3],
    ]),
    client: new Map([['ActiveOpens', 4]]),
  };
  expect(jsonReport(buildInput(buildObservations(fourClients(), { counters })))).toHaveProperty(
    'counters',
    {
      server: { ListenOverflows: 0, ListenDrops: 0, PassiveOpens: 3 },
      client: { ActiveOpens: 4 },
    },
  );
});

test('what is not known is null and survives JSON', () => {
  const seen = buildObservations(fourClients(), { snapshots: new Map(), steps: [] });
  const report = JSON.parse(JSON.stringify(jsonReport(buildInput(seen)))) as object;
  expect(report).toMatchObject({
    listener: { acceptQueueLength: null, acceptQueueLimit: null, synQueueLength: null },
    timings: { wallMs: null },
  });
});
