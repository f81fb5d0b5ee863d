/** A machine that stops and goes: what it excuses, and what it does not. */
import { describe, expect, test } from 'vitest';
import type { MachineTiming, TimelineEntry } from '../../../harness/domain/evidence.ts';
import type { Finding, JudgedClaim } from '../../../harness/domain/verdict.ts';
import { createEvidenceReader } from '../../../harness/evidence/evidence-reader.ts';
import { observeTiming } from '../../../harness/evidence/observe-timing.ts';
import { SCHEDULING_MS } from '../../../harness/kernel/schedules.ts';
import { excusedByTiming, poorTiming } from '../../../harness/verdict/poor-timing.ts';
import { BUILT_VERDICT, buildObservations, fourClients } from '../../helpers/build-observations.ts';

const seenWith = (mostLateMs: number, clockResolutionMs = 0.001) =>
  buildObservations(fourClients(), { punctuality: { mostLateMs, clockResolutionMs, looks: 100 } });

const [some] = BUILT_VERDICT.claims;

const CONTRADICTED: Finding = {
  kind: 'contradicted',
  documented: 'a SYN after 1 s',
  observed: 'after 3 s',
  testimonies: [{ witness: 'packets', says: 'after 3 s' }],
};

function claimWith(finding: Finding): JudgedClaim {
  if (some === undefined) throw new Error('The built verdict has claims.');
  return { ...some, finding };
}

describe('a contradiction', () => {
  test('counts where nobody watched, and where the machine was in time', () => {
    const claim = claimWith(CONTRADICTED);
    expect(excusedByTiming(claim, buildObservations(fourClients()))).toBe(claim);
    expect(excusedByTiming(claim, seenWith(SCHEDULING_MS))).toBe(claim);
  });

  test.each([
    ['late', seenWith(SCHEDULING_MS + 1)],
    ['on a clock too coarse', seenWith(0, SCHEDULING_MS + 1)],
  ])('decides nothing when the machine was %s', (_, seen) => {
    expect(excusedByTiming(claimWith(CONTRADICTED), seen).finding).toEqual({
      kind: 'inconclusive',
      documented: CONTRADICTED.documented,
      testimonies: CONTRADICTED.testimonies,
      reason: expect.stringContaining(`${SCHEDULING_MS + 1} ms`),
      remedy: expect.stringContaining('--jobs'),
    });
  });
});

test('of client programs in an emulated machine decides nothing, however punctual that was', () => {
  const seen = seenWith(0);
  const start = {
    kind: 'start-clients',
    wave: 'all',
    program: 'http-clients',
    options: {},
  } as const;
  const plan = { ...seen.plan, steps: [...seen.plan.steps, start] };
  const { finding } = excusedByTiming(claimWith(CONTRADICTED), { ...seen, plan });
  expect(finding).toMatchObject({
    kind: 'inconclusive',
    reason: expect.stringContaining('ten times as slow'),
  });
});

test.each([
  { kind: 'confirmed', documented: 'a', observed: 'a', testimonies: [] },
  { kind: 'inconclusive', documented: 'a', reason: 'b', remedy: 'c', testimonies: [] },
] as const)('nothing else is excused: $kind', (finding) => {
  const claim = claimWith(finding);
  expect(excusedByTiming(claim, seenWith(10_000))).toBe(claim);
});

test('the words are those of the worst', () => {
  expect(poorTiming(seenWith(900, 4))?.reason).toContain('late by up to 900 ms');
  expect(poorTiming(buildObservations(fourClients()))).toBeUndefined();
});

describe('how late a machine was', () => {
  const entry = (kind: TimelineEntry['kind'], started: number, ended: number): TimelineEntry => ({
    step: 0,
    kind,
    label: kind,
    startedMonotonicMs: started,
    endedMonotonicMs: ended,
  });
  const TIMELINE = [
    entry('start-server', 0, 100),
    entry('connect', 1_000, 1_010),
    entry('snapshot', 3_000, 3_100),
    entry('release', 3_100, 3_200),
  ];
  const observed = (late: MachineTiming['late'], changes: object = {}) => {
    const timing = { schemaVersion: 1, everyMs: 10, looks: 9, clockResolutionMs: 0.5, late };
    const text = new TextEncoder().encode(JSON.stringify({ ...timing, ...changes }));
    const reader = createEvidenceReader(new Map([['timing.json', text]]));
    return { ...observeTiming(reader, true, TIMELINE), problems: reader.problems };
  };

  test.each([
    [500, 499, 0],
    [500, 600, 600],
    [2_000, 70, 70],
    [3_050, 80, 80],
    [3_101, 90, 0],
  ])('due at %i ms, late by %i ms: %i ms count', (monotonicMs, lateMs, mostLateMs) => {
    expect(observed([{ monotonicMs, lateMs }]).punctuality).toMatchObject({ mostLateMs });
  });

  test('of several the worst', () => {
    const late = [30, 900, 40].map((lateMs) => ({ monotonicMs: 2_000, lateMs }));
    expect(observed(late).punctuality).toEqual({
      clockResolutionMs: 0.5,
      looks: 9,
      mostLateMs: 900,
    });
  });

  test.each([
    ['no clock', [], { clockResolutionMs: null }],
    ['no time', [{ monotonicMs: 1_500 } as never], {}],
  ])('%s is unreadable, and not punctual', (_, late, changes) => {
    const { punctuality, problems } = observed(late, changes);
    expect(punctuality).toBeUndefined();
    expect(problems).toHaveLength(1);
  });

  test('nobody watched', () => {
    const reader = createEvidenceReader(new Map());
    expect(observeTiming(reader, false, TIMELINE)).toEqual({});
  });
});
