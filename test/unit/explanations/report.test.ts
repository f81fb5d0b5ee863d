import { expect, test } from 'vitest';
import type { Explanation, RuleStanding } from '../../../harness/domain/explanation.ts';
import type { JudgedClaim } from '../../../harness/domain/verdict.ts';
import { KERNEL_RULES } from '../../../harness/kernel/rules.ts';
import {
  type ExplainedClaim,
  type ExplainedRow,
  explanationJson,
  explanationList,
  explanationReport,
} from '../../../harness/report/explanation.ts';
import { plainStyle } from '../../../harness/report/style.ts';
import { BUILT_VERDICT, buildObservations, fourClients } from '../../helpers/build-observations.ts';

const EXPLANATION: Explanation = {
  claim: '001-b (i)',
  documentSays: 'The fourth client completes its handshake.',
  kernelDoes: 'Its SYN is refused.',
  rules: [KERNEL_RULES.synRefusedOnFullAcceptQueue],
  older: 'It was fooled.',
  whatToDo: 'Look at Recv-Q.',
  seeAlso: ['001-f', '001-d'],
};

const judged = (id: string): JudgedClaim => {
  const claim = BUILT_VERDICT.claims.find((candidate) => candidate.id === id);
  if (claim === undefined) throw new Error(`no claim ${id}`);
  return claim;
};

const measured = (claim: JudgedClaim): ExplainedClaim => ({
  id: claim.id,
  statement: claim.claim,
  lastRun: { runFolder: 'runs/one', seen: buildObservations(fourClients()), judged: claim },
  experiment: { command: 'npm run repro -- --scenario one', caveat: null },
});

const UNMEASURED: ExplainedClaim = { ...measured(judged('001-b (i)')), lastRun: null };

const row = (claims: readonly ExplainedClaim[], standing: RuleStanding): ExplainedRow => ({
  explanation: EXPLANATION,
  document: '001',
  rules: EXPLANATION.rules.map((rule) => ({ rule, standing })),
  claims,
});

const page = (widthColumns: number) => ({ style: plainStyle, widthColumns, verbose: false });

const report = (
  claims: readonly ExplainedClaim[],
  standing: RuleStanding = 'followed',
  widthColumns = 80,
): string => explanationReport([row(claims, standing)], '6.18.0', page(widthColumns));

test('a claim that was measured', () => {
  expect(report([measured(judged('001-b (i)'))])).toMatchInlineSnapshot(`
    "001-b (i)  The late client completes its handshake.

    The document says
      The fourth client completes its handshake.

    What today's kernels do, and why
      Its SYN is refused.

    In this kernel's release, 6.18.0
      yes  A SYN is always refused while the accept queue is full.
           since 4.10, commit 5ea8ea2cb7f1

    Older kernels
      It was fooled.

    Measured in the last run that tested 001-b (i)
      verdict   OUTDATED
      document  client 4: its handshake completes
      found     its SYN is refused
      run       runs/one (accept-queue-overflow, kernel 6.18.0)

    Packets of client 4 (seconds since its first SYN; client left, server right)
        0.000  SYN ─────────────────────────────▶ ✗ refused: accept queue full
        1.030  SYN again ───────────────────────▶ ✗ refused: accept queue full
        2.060  SYN again ───────────────────────▶ ✗ refused: accept queue full
        2.500  * its program gives up after 2500 ms: its own connect timeout
               refused: no answer, no error; the client's kernel sends the SYN again

    What to do
      Look at Recv-Q.

    See also 001-f, 001-d
    "
  `);
});

test('a claim that no stored run tested', () => {
  const text = report([UNMEASURED]);
  expect(text).toContain('Not measured yet: 001-b (i)');
  expect(text).toContain('\n    npm run repro -- --scenario one\n');
  expect(text).not.toContain('Packets of client');
  expect(text).not.toContain('As it stands');
});

test('a scenario whose defaults do not test the claim', () => {
  const caveat = 'nothing overflows; pass --clients 4';
  const experiment = { command: 'npm run repro -- --scenario one', caveat };
  expect(report([{ ...UNMEASURED, experiment }])).toContain(`it does not: ${caveat}.`);
});

test('a row that no scenario tests', () => {
  const text = report([{ ...UNMEASURED, statement: null, experiment: null }]);
  expect(text).toMatch(/^001-b \(i\)\n\nThe document says\n/);
  expect(text).toContain('No scenario tests it by itself');
});

test('an inconclusive claim tells the remedy', () => {
  const finding = {
    kind: 'inconclusive',
    documented: 'a limit of 0',
    reason: 'no trace was taken',
    remedy: 'run it as root',
    testimonies: [],
  } as const;
  const text = report([measured({ ...judged('001-a'), finding })]);
  expect(text).toMatch(
    /verdict +INCONCLUSIVE\n +undecided +no trace was taken\n +remedy +run it as/,
  );
});

const WORDS: readonly (readonly [RuleStanding, RegExp])[] = [
  ['followed', /yes {2}A SYN is[^\n]*\n {7}since 4\.10, commit 5ea8ea2cb7f1\n/],
  ['backported', /yes {2}A SYN is[^\n]*\n {7}a backport; mainline has it since 4\.10, commit/],
  ['replaced', /no {3}A SYN is[^\n]*\n {7}mainline had it from 4\.10 on, commit [^\n]*replaced it/],
  ['not-yet', /no {3}A SYN is[^\n]*\n {7}it came with 4\.10, commit [^\n]*\n {2}A distribution's/],
  ['unknown', /\? {4}A SYN is[^\n]*\n {7}since 4\.10, commit/],
];

test.for(WORDS)('a rule that is %s', ([standing, words]) => {
  expect(report([UNMEASURED], standing, 100)).toMatch(words);
});

test('the parts of a row share its explanation', () => {
  const text = report([measured(judged('001-a')), measured(judged('001-b (i)'))]);
  expect(text.match(/The document says/g)).toHaveLength(1);
  expect(text.match(/Measured in the last run that tested/g)).toHaveLength(2);
});

test.for([60, 80, 110])('prose fits into %i columns', (widthColumns) => {
  const lines = report([UNMEASURED], 'not-yet', widthColumns).split('\n');
  expect(lines.filter((line) => line.length > widthColumns)).toEqual([]);
});

test('the claims of a document', () => {
  const claims = [measured(judged('001-a')), { ...UNMEASURED, statement: null }];
  expect(explanationList([row(claims, 'followed')], page(80))).toBe(
    [
      'Document 001 says',
      '  001-a      A backlog of 2 lets 3 connections wait.',
      '  001-b (i)  The fourth client completes its handshake.',
      '',
    ].join('\n'),
  );
});

test('for programs', () => {
  const { synRefusedOnFullAcceptQueue } = KERNEL_RULES;
  const rows = [row([measured(judged('001-b (i)')), UNMEASURED], 'backported')];
  const common = {
    id: '001-b (i)',
    document: '001',
    statement: 'The late client completes its handshake.',
    documentSays: EXPLANATION.documentSays,
    kernelDoes: EXPLANATION.kernelDoes,
    older: EXPLANATION.older,
    rules: [{ ...synRefusedOnFullAcceptQueue, inThisRelease: true }],
    whatToDo: EXPLANATION.whatToDo,
    seeAlso: EXPLANATION.seeAlso,
  };
  const lastRun = { runFolder: 'runs/one', verdict: 'outdated', observed: 'its SYN is refused' };
  expect(explanationJson(rows)).toEqual({
    schemaVersion: 1,
    claims: [
      { ...common, lastRun },
      { ...common, lastRun: null },
    ],
  });
});
