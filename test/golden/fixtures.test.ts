import { expect, test } from 'vitest';
import type { Prediction } from '../../harness/domain/prediction.ts';
import type { FindingKind } from '../../harness/domain/verdict.ts';
import { judgeEvidence } from '../../harness/reproduce.ts';
import { FIXTURES, fixture } from '../helpers/fixtures.ts';

interface Recorded {
  readonly verdict: FindingKind;
  readonly claims: Readonly<Record<string, FindingKind>>;
  readonly unexercised: readonly string[];
  readonly prediction: Partial<Prediction>;
  /** Laws of the ledger that do not bind this run. */
  readonly notApplicable?: readonly string[];
}

const OVERFLOW: Recorded = {
  verdict: 'outdated',
  claims: {
    '001-a': 'confirmed',
    '001-b (i)': 'outdated',
    '001-h': 'confirmed',
    '002-d': 'confirmed',
    '002-g (accept queue)': 'outdated',
    '003-f': 'confirmed',
    prediction: 'confirmed',
  },
  unexercised: [],
  prediction: {
    acceptQueueLimit: 2,
    acceptQueueCapacity: 3,
    acceptQueueLength: 3,
    connected: 3,
    timedOut: 1,
    fooled: 0,
    refusedSyns: { least: 3, most: 3 },
  },
};

/** What the runs came to when they were recorded, on Linux 6.18. */
const RECORDED: Readonly<Record<string, Recorded>> = {
  'accept-queue-overflow': OVERFLOW,
  'overflow-ipv6': OVERFLOW,
  rootless: OVERFLOW,
  cluster: {
    ...OVERFLOW,
    prediction: { ...OVERFLOW.prediction, timedOut: 3, refusedSyns: { least: 9, most: 9 } },
  },
  'own-server': {
    verdict: 'confirmed',
    claims: {
      'own-server (places)': 'confirmed',
      'own-server (overflow)': 'confirmed',
      'own-server (refusals)': 'confirmed',
      prediction: 'confirmed',
    },
    unexercised: [],
    prediction: { acceptQueueLimit: 5, acceptQueueLength: 6, connected: null },
  },
  fits: {
    verdict: 'confirmed',
    claims: { prediction: 'confirmed' },
    unexercised: ['001-a', '001-b (i)', '001-h', '002-d', '002-g (accept queue)', '003-f'],
    prediction: {
      acceptQueueLimit: 7,
      acceptQueueLength: 3,
      connected: 3,
      timedOut: 0,
      refusedSyns: { least: 0, most: 0 },
    },
  },
  'fooled-client': {
    verdict: 'confirmed',
    claims: {
      '001-b (ii)': 'confirmed',
      '000-b': 'confirmed',
      '001-c': 'confirmed',
      prediction: 'confirmed',
    },
    unexercised: [],
    prediction: {
      connected: 4,
      timedOut: 0,
      fooled: 1,
      acceptQueueLength: 3,
      synQueueLength: 0,
      synAckTimesMs: [0, 1_000, 3_000],
      synAckGivesUpMs: 7_000,
    },
  },
  'fooled-client-abort': {
    verdict: 'confirmed',
    claims: { '001-c': 'confirmed', prediction: 'confirmed' },
    unexercised: ['001-b (ii)', '000-b'],
    prediction: { connected: 4, timedOut: 0, fooled: 0, acceptQueueLength: 3 },
  },
  'half-open-connections': {
    verdict: 'confirmed',
    claims: { '000-a': 'confirmed', prediction: 'confirmed' },
    unexercised: [],
    prediction: {
      acceptQueueLimit: 6,
      acceptQueueLength: 7,
      connected: 8,
      timedOut: 0,
      fooled: 1,
      synQueueLength: 1,
    },
  },
  'keepalive-believes': {
    verdict: 'confirmed',
    claims: { '000-c': 'confirmed', '000-c (SYN-RECV)': 'confirmed', prediction: 'confirmed' },
    unexercised: [],
    prediction: { connected: 6, fooled: 2, acceptQueueLength: 4, synAckGivesUpMs: 3_000 },
    notApplicable: ['refused SYNs and dropped ACKs make the listener’s drops'],
  },
  'fooled-client-sends': {
    verdict: 'confirmed',
    claims: { '001-e': 'confirmed', prediction: 'confirmed' },
    unexercised: [],
    prediction: { connected: 4, fooled: 1, acceptQueueLength: 3, synAckGivesUpMs: 3_000 },
  },
  'backlog-beyond-16-bits': {
    verdict: 'outdated',
    claims: { '000-d': 'outdated', prediction: 'confirmed' },
    unexercised: [],
    prediction: { acceptQueueLimit: 262_144, acceptQueueLength: 3, connected: 3 },
  },
  'kernel-probe': {
    verdict: 'outdated',
    claims: {
      '000-f': 'confirmed',
      '000-f (refused SYN)': 'outdated',
      prediction: 'confirmed',
    },
    unexercised: [],
    prediction: {
      connected: 4,
      timedOut: 1,
      fooled: 0,
      acceptQueueLength: 3,
      synQueueLength: 0,
      refusedSyns: { least: 1, most: 1 },
    },
  },
  'syn-queue': {
    verdict: 'outdated',
    claims: {
      '002-a': 'outdated',
      '001-g': 'outdated',
      '002-c': 'confirmed',
      '002-g (SYN queue)': 'confirmed',
      prediction: 'confirmed',
    },
    unexercised: ['002-b', '002-f (SYN queue)', '002-g (3/4 rule)'],
    prediction: { synQueueCapacity: 9, synQueueLength: 9, timedOut: 20, connected: 0 },
    notApplicable: [
      'every client’s story is that of its packets',
      'drops beyond overflows are full SYN queues',
      'who got a SYN-ACK is connected',
    ],
  },
  'syn-queue-cookies': {
    verdict: 'outdated',
    claims: {
      '002-a': 'outdated',
      '001-g': 'outdated',
      '002-c': 'confirmed',
      prediction: 'confirmed',
    },
    unexercised: ['002-b', '002-f (SYN queue)', '002-g (SYN queue)', '002-g (3/4 rule)'],
    prediction: { synQueueLength: 9, timedOut: 20, refusedSyns: { least: 0, most: 0 } },
    notApplicable: [
      'every client’s story is that of its packets',
      'repeated SYN-ACKs',
      'who got a SYN-ACK is connected',
    ],
  },
  'syn-queue-three-quarters': {
    verdict: 'outdated',
    claims: {
      '002-a': 'outdated',
      '002-b': 'outdated',
      '001-g': 'outdated',
      '002-g (3/4 rule)': 'outdated',
      prediction: 'confirmed',
    },
    unexercised: ['002-f (SYN queue)', '002-c', '002-g (SYN queue)'],
    prediction: { acceptQueueLimit: 128, synQueueLength: 49, timedOut: 55 },
    notApplicable: [
      'every client’s story is that of its packets',
      'drops beyond overflows are full SYN queues',
      'who got a SYN-ACK is connected',
    ],
  },
  'node-default-backlog': {
    verdict: 'confirmed',
    claims: { prediction: 'confirmed' },
    unexercised: ['002-f', '002-g (accept queue)'],
    prediction: { acceptQueueLimit: 511, acceptQueueCapacity: 512, connected: 6 },
  },
  'connection-cap': {
    verdict: 'confirmed',
    claims: { '004-a': 'confirmed', '004-b': 'confirmed', prediction: 'confirmed' },
    unexercised: ['004-d'],
    prediction: { connected: null, timedOut: 0, acceptQueueLength: 0 },
  },
  'connection-cap-enough': {
    verdict: 'confirmed',
    claims: { '004-d': 'confirmed', prediction: 'confirmed' },
    unexercised: ['004-a', '004-b'],
    prediction: { connected: 4, timedOut: 0, acceptQueueLength: 0 },
  },
  'relay-traffic': {
    verdict: 'confirmed',
    claims: { '004-c': 'confirmed', prediction: 'confirmed' },
    unexercised: ['004-d (traffic)'],
    prediction: { connected: null, timedOut: 0 },
    notApplicable: ['the sampler saw the same queue'],
  },
  'relay-traffic-even': {
    verdict: 'confirmed',
    claims: { '004-d (traffic)': 'confirmed', prediction: 'confirmed' },
    unexercised: ['004-c'],
    prediction: { connected: 6, timedOut: 0 },
    notApplicable: ['the sampler saw the same queue'],
  },
  'short-connections': {
    verdict: 'confirmed',
    claims: { '003-e': 'confirmed', '003-g': 'confirmed', prediction: 'confirmed' },
    unexercised: [],
    prediction: { acceptQueueLimit: 32, connected: null, fooled: 0, acceptQueueLength: 0 },
  },
  'syn-retransmissions': {
    verdict: 'outdated',
    claims: { '001-i': 'outdated', prediction: 'confirmed' },
    unexercised: [],
    prediction: {
      connected: 2,
      timedOut: 1,
      synTimesMs: [0, 1_000, 2_000],
      connectGivesUpMs: 3_000,
      refusedSyns: { least: 3, most: 3 },
    },
  },
  'syn-retransmissions-doubling': {
    verdict: 'outdated',
    claims: { '001-i': 'outdated', prediction: 'confirmed' },
    unexercised: [],
    prediction: { synTimesMs: [0, 1_000], connectGivesUpMs: 3_000 },
  },
  'kernel-gives-up': {
    verdict: 'confirmed',
    claims: { '003-a': 'confirmed', prediction: 'confirmed' },
    unexercised: [],
    prediction: { connected: 3, timedOut: 3, refusedSyns: { least: 5, most: 5 } },
  },
  'short-and-long-timeouts': {
    verdict: 'confirmed',
    claims: { '003-d': 'confirmed', prediction: 'confirmed' },
    unexercised: [],
    prediction: { connected: 6, timedOut: 3, acceptQueueLength: 0 },
  },
  'slow-accept': {
    verdict: 'confirmed',
    claims: { '002-h': 'confirmed', prediction: 'confirmed' },
    unexercised: [],
    prediction: { acceptQueueLimit: 2, connected: null, fooled: 0 },
  },
  'refused-needs-a-closed-port': {
    verdict: 'outdated',
    claims: { '003-h': 'outdated', prediction: 'confirmed' },
    unexercised: [],
    prediction: { connected: 3, timedOut: 2, refused: 1, acceptQueueLength: null },
    notApplicable: [
      'refused SYNs and dropped ACKs make the listener’s drops',
      'the accept queue holds what was opened and not accepted',
      'the sampler saw the same queue',
      'the limit that the server announced last',
      'two readings of the accept queue, closing',
    ],
  },
  'somaxconn-caps-the-backlog': {
    verdict: 'confirmed',
    claims: {
      '001-h': 'confirmed',
      '002-e': 'confirmed',
      '003-b': 'confirmed',
      prediction: 'confirmed',
    },
    unexercised: [],
    prediction: {
      acceptQueueLimit: 16,
      acceptQueueLength: 17,
      connected: 17,
      timedOut: 13,
      refusedSyns: { least: 26, most: 26 },
    },
  },
  'somaxconn-needs-a-new-listen': {
    verdict: 'confirmed',
    claims: { '003-c': 'confirmed', prediction: 'confirmed' },
    unexercised: [],
    prediction: {
      acceptQueueLimit: 64,
      acceptQueueLength: 24,
      connected: 24,
      timedOut: 0,
      refusedSyns: { least: 7, most: 14 },
    },
  },
  'abort-on-overflow': {
    verdict: 'outdated',
    claims: {
      '001-c (ACK stage)': 'confirmed',
      '001-c (SYN stage)': 'confirmed',
      '001-c (SYN cookie)': 'outdated',
      prediction: 'confirmed',
    },
    notApplicable: ['repeated SYN-ACKs', 'refused SYNs and dropped ACKs make the listener’s drops'],
    unexercised: [],
    prediction: { connected: 6, timedOut: 1, fooled: 1, acceptQueueLength: 3, synQueueLength: 0 },
  },
  'connect-timeouts-in-a-burst': {
    verdict: 'confirmed',
    claims: { '001-d': 'confirmed', prediction: 'confirmed' },
    unexercised: [],
    prediction: { connected: 2, timedOut: 8, fooled: 0, acceptQueueLength: 0 },
  },
  'young-requests': {
    verdict: 'outdated',
    claims: { '001-f': 'outdated', '000-e': 'outdated', prediction: 'confirmed' },
    unexercised: [],
    prediction: { connected: 3, timedOut: 5, fooled: 0, refusedSyns: { least: 5, most: 5 } },
  },
  'cookies-do-not-help': {
    verdict: 'confirmed',
    claims: { '001-j': 'confirmed', '001-j (always)': 'confirmed', prediction: 'confirmed' },
    unexercised: [],
    prediction: { connected: 3, timedOut: 8, fooled: 0, refusedSyns: { least: 8, most: 8 } },
  },
  'established-without-limit': {
    verdict: 'outdated',
    claims: { '001-k': 'outdated', prediction: 'confirmed' },
    unexercised: [],
    prediction: { connected: 3, timedOut: 3, fooled: 0 },
  },
  'drained-queue': {
    verdict: 'confirmed',
    claims: { '001-k (drains)': 'confirmed', prediction: 'confirmed' },
    unexercised: [],
    prediction: { connected: 8, timedOut: 0, acceptQueueLength: 0 },
  },
  'queue-capacities': {
    verdict: 'confirmed',
    claims: { prediction: 'confirmed' },
    unexercised: [],
    prediction: { connected: 3, timedOut: 22, acceptQueueLength: 0, synQueueLength: 3 },
    notApplicable: [
      'every client’s story is that of its packets',
      'repeated SYN-ACKs',
      'who got a SYN-ACK is connected',
    ],
  },
};

test('every fixture has its expectation', () => {
  expect(Object.keys(RECORDED).sort()).toEqual(FIXTURES);
});

test.each(Object.entries(RECORDED))('%s is judged as it was recorded', (name, recorded) => {
  const { verdict, prediction } = judgeEvidence(fixture(name));
  expect({ kind: verdict.kind, reason: verdict.reason }).toMatchObject({ kind: recorded.verdict });
  expect(Object.fromEntries(verdict.claims.map(({ id, finding }) => [id, finding.kind]))).toEqual(
    recorded.claims,
  );
  expect(verdict.unexercised.map(({ id }) => id)).toEqual(recorded.unexercised);
  expect(prediction).toMatchObject(recorded.prediction);
});

test.each(FIXTURES)('the books of %s balance', (name) => {
  const { ledger } = judgeEvidence(fixture(name)).verdict;
  const others = ledger.identities.filter(({ status }) => status !== 'holds');
  expect(others.map(({ name: law }) => law)).toEqual(RECORDED[name]?.notApplicable ?? []);
  expect(ledger.balanced).toBe(true);
});

test.each(FIXTURES)('nothing is wrong with the evidence of %s', (name) => {
  expect(judgeEvidence(fixture(name)).seen.problems).toEqual([]);
});

test('a run without root has no trace, and is judged all the same', () => {
  const { seen } = judgeEvidence(fixture('rootless'));
  expect(seen).not.toHaveProperty('trace');
  expect(seen.surroundings.privilege).toBe('user-namespace');
});

test.each(FIXTURES)('no place of the machine that recorded it is in %s', (name) => {
  for (const [file, bytes] of fixture(name)) {
    expect([file, new TextDecoder().decode(bytes)]).not.toEqual([
      file,
      expect.stringMatching(/\/(?:root|home|tmp|work|Users)\//),
    ]);
  }
});
