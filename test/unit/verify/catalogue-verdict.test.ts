import { describe, expect, test } from 'vitest';
import type { CatalogueClaim, CatalogueVerdict } from '../../../harness/domain/catalogue.ts';
import { FILES } from '../../../harness/domain/evidence.ts';
import { judgeCatalogue } from '../../../harness/verdict/catalogue-verdict.ts';
import { workList } from '../../../harness/work-list.ts';
import { OTHER_KERNELS } from '../../golden/damages/other-kernels.ts';
import { CAPPED, FOOLED, OVERFLOW } from '../../golden/damages/recorded.ts';
import { substituted } from '../../helpers/damage.ts';
import { catalogueOf, failed, recorded } from './recorded-catalogue.ts';

function claimOf({ claims }: CatalogueVerdict, id: string): CatalogueClaim {
  const [claim, ...others] = claims.filter((each) => each.id === id);
  if (claim === undefined || others.length > 0) throw new Error(`${others.length} more of ${id}`);
  return claim;
}

const runsOf = (claim: CatalogueClaim): readonly (readonly [string, string])[] =>
  claim.findings.map(({ run, finding }) => [run.label, finding.kind]);

const ABORTED = substituted(FILES.status, '"complete"', '"aborted"');

describe('one verdict for each claim', () => {
  test('a claim that two runs test has two findings and one verdict', () => {
    const verdict = catalogueOf([recorded(OVERFLOW), recorded(CAPPED)]);
    expect(runsOf(claimOf(verdict, '001-h'))).toEqual([
      [OVERFLOW, 'confirmed'],
      [CAPPED, 'confirmed'],
    ]);
    expect(claimOf(verdict, '001-h').kind).toBe('confirmed');
    expect(claimOf(verdict, '001-b (i)').kind).toBe('outdated');
    expect(claimOf(verdict, 'prediction').findings).toHaveLength(2);
    expect(verdict.kernel.release).toMatch(/^6\./);
  });

  test('its verdict is that of the worst run, whichever comes first', () => {
    const runs = [recorded(OVERFLOW, ABORTED), recorded(CAPPED)];
    for (const outcomes of [runs, runs.toReversed()]) {
      const verdict = catalogueOf(outcomes);
      const shared = claimOf(verdict, '001-h');
      expect(shared.kind).toBe('inconclusive');
      expect(shared.finding).toMatchObject({ reason: expect.stringContaining('aborted') });
      expect(claimOf(verdict, '002-e').kind).toBe('confirmed');
    }
  });

  test.each(OTHER_KERNELS)('a contradiction outweighs all else: $what', (other) => {
    const outcomes = [failed(other.of), recorded(other.of, other.damage), recorded(other.of)];
    const verdict = catalogueOf(outcomes);
    const contradicted = Object.keys(other.contradicts);
    for (const id of contradicted) expect(claimOf(verdict, id).kind).toBe('contradicted');
    expect(verdict.totals.contradicted).toBeGreaterThanOrEqual(contradicted.length);
  });

  test('a run that failed leaves each of its claims open, with its words', () => {
    const verdict = catalogueOf([failed(OVERFLOW), recorded(FOOLED)]);
    for (const id of ['001-a', '001-b (i)', '001-h', '002-d', '003-f', 'prediction']) {
      expect(claimOf(verdict, id).finding, id).toMatchObject({
        kind: 'inconclusive',
        reason: 'It did not start.',
        remedy: 'look at its log',
      });
    }
    expect(claimOf(verdict, '000-b').kind).toBe('confirmed');
    expect(verdict.longestScenarioMs).toBe(2_500);
  });

  test('without a single judged run the machine is named', () => {
    const verdict = catalogueOf([failed(OVERFLOW)]);
    expect(verdict.kernel.release).toBe('1.2.3');
    expect(verdict.totals).toMatchObject({ confirmed: 0, outdated: 0, contradicted: 0 });
  });

  test('a claim that the measured kernel did not put to the test says why', () => {
    const outcome = recorded(OVERFLOW);
    if (outcome.kind === 'failed') throw new Error('unreachable');
    const { claims } = outcome.verdict;
    const verdict = catalogueOf([
      {
        ...outcome,
        verdict: {
          ...outcome.verdict,
          claims: claims.filter(({ id }) => id !== '001-a'),
          unexercised: [{ id: '001-a', claim: '', reason: 'all clients fit' }],
        },
      },
    ]);
    expect(claimOf(verdict, '001-a').finding).toMatchObject({
      kind: 'inconclusive',
      reason: 'no run put it to the test: all clients fit',
    });
  });

  test('the totals count every claim once', () => {
    const verdict = catalogueOf([recorded(OVERFLOW), recorded(FOOLED), failed(CAPPED)]);
    const sum = Object.values(verdict.totals).reduce((left, right) => left + right, 0);
    expect(sum).toBe(verdict.claims.length);
    for (const [kind, total] of Object.entries(verdict.totals)) {
      expect(verdict.claims.filter((claim) => claim.kind === kind)).toHaveLength(total);
    }
    expect(verdict.totals.inconclusive).toBeGreaterThan(0);
  });
});

describe('disagreements', () => {
  const about = 'a thing';

  test('are told when both claims are there, and only then', () => {
    const disagreements = [
      { about, claims: ['001-a', '001-h'] },
      { about: 'something else', claims: ['001-a', '004-z'] },
    ];
    const verdict = catalogueOf([recorded(OVERFLOW)], { disagreements });
    expect(verdict.disagreements.map((each) => each.about)).toEqual([about]);
  });
});

test('a claim that no run of the list tests is open, with the reason of the list', () => {
  const { scenario } = recorded(OVERFLOW).run;
  const [variant] = scenario.variants;
  if (variant === undefined) throw new Error('The scenario has no variant.');
  const late = { ...scenario, variants: [{ ...variant, profile: 'documented' as const }] };
  const choice = { profile: 'default', family: 4, isChosen: undefined } as const;
  const verdict = judgeCatalogue({
    workList: workList([late], choice, '6.18.0'),
    outcomes: [],
    disagreements: [],
    kernel: { release: '6.18.0', architecture: 'x64', distribution: 'none' },
    strict: false,
    wallMs: 0,
    folder: 'runs/none',
  });
  expect(claimOf(verdict, '001-a').finding).toMatchObject({
    kind: 'inconclusive',
    reason: expect.stringContaining("the profile 'default'"),
    remedy: 'pass --profile documented',
  });
});
