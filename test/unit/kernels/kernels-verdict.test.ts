import { describe, expect, test } from 'vitest';
import { exitCodeOfKernels } from '../../../harness/commands/kernels.ts';
import type { KernelsClaim, KernelsVerdict } from '../../../harness/domain/kernels.ts';
import type { Finding } from '../../../harness/domain/verdict.ts';
import { differingRules } from '../../../harness/kernel/differing-rules.ts';
import { parseRelease } from '../../../harness/kernel/release.ts';
import { KERNEL_RULES } from '../../../harness/kernel/rules.ts';
import { machineTimesOf } from '../../../harness/verdict/machine-times.ts';
import { failed, recorded } from '../verify/recorded-catalogue.ts';
import {
  confirmed,
  contradicted,
  FAILED,
  judged,
  kernelsOf,
  machine,
  NEW,
  OLD,
  OLDER,
  otherwise,
  outdated,
  RECORDED,
  undecided,
  WITHOUT_LINEAR,
} from './recorded-kernels.ts';

const RULES = KERNEL_RULES;

function rowOf(verdict: KernelsVerdict, id: string): KernelsClaim {
  const row = verdict.claims.find((claim) => claim.id === id);
  if (row === undefined) throw new Error(`There is no row ${id}.`);
  return row;
}

/** What two or more kernels that found these things about a claim are said to differ in. */
function difference(id: string, unames: readonly string[], found: readonly Finding[]) {
  const kernels = found.map((each, index) =>
    judged(`kernel ${index}`, unames[index] ?? NEW, otherwise(id, each)),
  );
  const { differs, explanation, unexplained } = rowOf(kernelsOf(kernels), id);
  return { differs, rules: explanation.map((rule) => rule.id), unexplained };
}

describe('the same kernel twice', () => {
  const twice = kernelsOf([judged('host', NEW, RECORDED), judged('again', NEW, RECORDED)]);

  test('no row differs, and nothing needs an explanation', () => {
    expect(twice.claims.length).toBeGreaterThan(5);
    for (const row of twice.claims) {
      expect(row).toMatchObject({ differs: false, explanation: [], unexplained: false });
    }
    expect(twice.rules).toEqual([]);
  });

  test('a single verdict that is swapped makes its row differ, and no other', () => {
    for (const { id } of twice.claims) {
      const sabotaged = otherwise(id, contradicted('something else'));
      const verdict = kernelsOf([judged('host', NEW, RECORDED), judged('again', NEW, sabotaged)]);
      const differing = verdict.claims.filter(({ differs }) => differs);
      expect(differing.map((row) => [row.id, row.unexplained])).toEqual([[id, true]]);
    }
  });
});

describe('an older kernel', () => {
  const verdict = kernelsOf([
    judged('host', NEW, RECORDED),
    judged('debian:6.1', OLD, WITHOUT_LINEAR),
  ]);

  test('the rule that only the newer one has explains the difference', () => {
    expect(rowOf(verdict, '001-i')).toMatchObject({
      differs: true,
      explanation: [RULES.linearSynTimeouts],
      unexplained: false,
    });
    expect(verdict.claims.filter(({ differs }) => differs).map(({ id }) => id)).toEqual(['001-i']);
  });

  test('a cell has the verdict with its words and the rule of each run', () => {
    expect(rowOf(verdict, '001-i').cells[1]).toMatchObject({
      verdict: 'outdated',
      findings: [
        {
          run: 'syn-retransmissions',
          observed: 'repeated after 1, 3, 7 ... s',
          rule: RULES.initialRtoOneSecond,
          runFolder: 'runs/time-verify/syn-retransmissions',
        },
      ],
    });
  });

  test('what was measured counts, not what the releases suggest', () => {
    const alike = kernelsOf([judged('host', NEW, RECORDED), judged('old', OLDER, RECORDED)]);
    expect(rowOf(alike, '001-i').differs).toBe(false);
    expect(alike.rules.map(({ rule }) => rule.id)).toContain('linear-syn-timeouts');
  });
});

describe('differences', () => {
  const limit = outdated('128', RULES.synQueueIsBoundedByBacklog);
  const oneMore = outdated('129', RULES.synQueueHoldsOneMore);

  test.each([
    [
      'one follows a rule that the other lacks',
      [OLDER, NEW],
      [limit, oneMore],
      ['syn-queue-holds-one-more'],
      false,
    ],
    [
      'the document holds on the older one',
      [OLDER, NEW],
      [confirmed('128'), oneMore],
      ['syn-queue-holds-one-more'],
      false,
    ],
    [
      'a kernel lacks what its release has',
      [NEW, NEW],
      [confirmed('128'), oneMore],
      ['syn-queue-holds-one-more'],
      false,
    ],
    [
      'other words for the same verdict, and no rule',
      [OLD, NEW],
      [confirmed('3'), confirmed('4')],
      [],
      true,
    ],
    [
      'other words by the same rule',
      [OLD, NEW],
      [outdated('9', RULES.synQueueHoldsOneMore), oneMore],
      [],
      true,
    ],
    [
      'a contradiction is nobody’s rule',
      [OLD, NEW],
      [contradicted('7'), oneMore],
      ['syn-queue-holds-one-more'],
      true,
    ],
    [
      'of three kernels two differ by no rule',
      [OLD, NEW, NEW],
      [confirmed('3'), oneMore, confirmed('4')],
      ['syn-queue-holds-one-more'],
      true,
    ],
    [
      'who does not decide contradicts nobody',
      [OLD, NEW],
      [undecided('too busy'), oneMore],
      [],
      false,
    ],
  ] as const)('%s', (_, unames, found, rules, unexplained) => {
    expect(difference('002-a', unames, found)).toEqual({ differs: true, rules, unexplained });
  });

  test('none decides: there is no difference, whatever the reasons', () => {
    const found = [undecided('too busy'), undecided('no tcpdump')];
    expect(difference('002-a', [OLD, NEW], found).differs).toBe(false);
  });

  test('the line about the kernel rules counts figures, which may be fewer elsewhere', () => {
    const found = [confirmed('all 11 measured'), confirmed('all 8 measured')];
    expect(difference('prediction', [OLD, NEW], found).differs).toBe(false);
    expect(difference('002-a', [OLD, NEW], found).differs).toBe(true);
  });

  test('two backports of different rules are a difference', () => {
    const found = [
      outdated('off', RULES.synQueueHoldsOneMore),
      outdated('off', RULES.linearSynTimeouts),
    ];
    expect(difference('prediction', [OLDER, OLDER], found)).toEqual({
      differs: true,
      rules: ['syn-queue-holds-one-more', 'linear-syn-timeouts'],
      unexplained: false,
    });
  });

  test('runs that only one kernel had are no difference by themselves', () => {
    const less = RECORDED.slice(0, 1);
    const verdict = kernelsOf([judged('host', NEW, RECORDED), judged('old', OLD, less)]);
    expect(rowOf(verdict, '001-a').differs).toBe(false);
  });

  test('a backport is told of its kernel', () => {
    const backport = otherwise('prediction', outdated('129', RULES.synQueueHoldsOneMore));
    const { kernels } = kernelsOf([judged('host', NEW, RECORDED), judged('x', OLDER, backport)]);
    expect(kernels).toMatchObject([{ otherwise: [] }, { otherwise: [RULES.synQueueHoldsOneMore] }]);
  });
});

test('a kernel that failed has a column without cells, and makes no difference', () => {
  const { kernels, claims, rules } = kernelsOf([judged('host', NEW, RECORDED), FAILED]);
  expect(kernels[1]).toEqual(FAILED);
  expect(claims.map(({ cells }) => cells[1])).toEqual(claims.map(() => null));
  expect(claims.some(({ differs }) => differs)).toBe(false);
  expect(rules).toEqual([]);
});

test('without any judged kernel there is no row', () => {
  expect(kernelsOf([FAILED])).toMatchObject({ kernels: [FAILED], claims: [], rules: [] });
});

describe('rules by release', () => {
  const namesOf = (...unames: readonly string[]): readonly string[] =>
    differingRules(unames.map(parseRelease)).map(
      ({ rule, standings }) => `${rule.id}: ${standings.join(', ')}`,
    );

  test('each that some follow and others do not, backports included', () => {
    expect(namesOf(OLDER, OLD, NEW)).toEqual([
      'drop-reason-listen-overflow: not-yet, not-yet, followed',
      'syn-queue-holds-one-more: not-yet, backported, followed',
      'linear-syn-timeouts: not-yet, not-yet, followed',
      'rto-max-configurable: not-yet, not-yet, followed',
      'somaxconn-visible-in-user-namespaces: not-yet, not-yet, followed',
    ]);
  });

  test('a backport tells nobody apart from those that have the rule anyway', () => {
    expect(namesOf(OLD, NEW).join()).not.toContain('syn-queue-holds-one-more');
  });

  test('what ended a defect tells only those apart that may have it', () => {
    const mending = 'connect-give-up-follows-initial-rto-again';
    expect(namesOf('4.19.0', NEW).join()).not.toContain(mending);
    expect(namesOf('5.2.0', NEW).join()).toContain(mending);
  });

  test('a release that nobody can read makes no difference', () => {
    expect(namesOf('moon', NEW)).toEqual([]);
  });
});

describe('times of machines', () => {
  test('in the middle and at most', () => {
    expect(machineTimesOf([machine(5, 20, 1), machine(9, 10, 2, 2), machine(7, 60, 3)])).toEqual({
      machines: 3,
      boot: { medianMs: 7, mostMs: 9 },
      run: { medianMs: 20, mostMs: 60 },
      collect: { medianMs: 2, mostMs: 3 },
      secondBoots: 1,
    });
    expect(machineTimesOf([machine(10, 0, 0), machine(20, 0, 0)])?.boot.medianMs).toBe(15);
  });

  test('none without machines', () => {
    expect(machineTimesOf([])).toBeNull();
  });
});

describe('exit codes', () => {
  const good = judged('host', NEW, RECORDED);
  const bad = judged('bad', NEW, otherwise('001-a', contradicted('7')));
  const open = judged('open', NEW, otherwise('001-a', undecided('too busy')));
  const nothing = judged('nothing', NEW, [failed('accept-queue-overflow')]);

  test.each([
    ['all good', [good, good], false, 0],
    ['a claim is open', [good, open], false, 0],
    ['a claim is open and that fails', [good, open], true, 3],
    ['on one kernel nothing was decided', [good, nothing], false, 3],
    ['a kernel failed', [good, nothing, FAILED], false, 4],
    ['a contradiction is worse than all', [bad, FAILED, nothing], true, 1],
    ['only a failed kernel', [FAILED], false, 4],
  ] as const)('%s', (_, kernels, strict, code) => {
    expect(exitCodeOfKernels(kernelsOf(kernels, strict))).toBe(code);
  });
});

test('the verdict is plain data', () => {
  const verdict = kernelsOf([judged('host', NEW, [recorded('syn-queue')]), FAILED]);
  expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
});
