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
}

const OVERFLOW: Recorded = {
  verdict: 'outdated',
  claims: {
    '001-a': 'confirmed',
    '001-b (i)': 'outdated',
    '001-h': 'confirmed',
    '002-d': 'confirmed',
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
  fits: {
    verdict: 'confirmed',
    claims: { prediction: 'confirmed' },
    unexercised: ['001-a', '001-b (i)', '001-h', '002-d', '003-f'],
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
  expect(ledger.identities.filter(({ status }) => status !== 'holds')).toEqual([]);
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
