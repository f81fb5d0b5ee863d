import type {
  FailedKernel,
  JudgedKernel,
  KernelCell,
  KernelsClaim,
  KernelsVerdict,
} from '../domain/kernels.ts';
import { explanationWords, foundIn } from './kernels-words.ts';
import { attributesOf, type Result, resultOf, seconds, xmlText } from './verify-junit.ts';

/** JUnit XML: a suite for each kernel, a case for each claim; a kernel that failed is an error. */
export function kernelsJunitReport(verdict: KernelsVerdict): string {
  const suites = verdict.kernels.map((each, index) =>
    each.kind === 'failed' ? failedSuite(each) : judgedSuite(each, index, verdict),
  );
  const counts = suites.reduce((sum, suite) => added(sum, suite.counts), NONE);
  const attributes = attributesOf({
    name: 'backlog-lab kernels',
    ...counts,
    time: seconds(verdict.wallMs),
  });
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes}>`,
    ...suites.flatMap(({ lines }) => lines),
    '</testsuites>',
  ].join('\n')}\n`;
}

interface Counts {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

interface Suite {
  readonly counts: Counts;
  readonly lines: readonly string[];
}

const NONE: Counts = { tests: 0, failures: 0, errors: 0, skipped: 0 };

const added = (left: Counts, right: Counts): Counts => ({
  tests: left.tests + right.tests,
  failures: left.failures + right.failures,
  errors: left.errors + right.errors,
  skipped: left.skipped + right.skipped,
});

function failedSuite({ name, error, wallMs }: FailedKernel): Suite {
  const counts = { ...NONE, tests: 1, errors: 1 };
  const { code, message, remedy } = error;
  return suite(name, { counts, wallMs }, [
    `    <testcase${attributesOf({ classname: name, name: 'the kernel can be put to the test' })}>`,
    `      <error${attributesOf({ type: code, message })}>${xmlText(`Remedy: ${remedy}`)}</error>`,
    '    </testcase>',
  ]);
}

function judgedSuite(
  { name, uname, wallMs }: JudgedKernel,
  index: number,
  { claims, strict }: KernelsVerdict,
): Suite {
  const tested = claims.flatMap((claim) => {
    const cell = claim.cells[index] ?? null;
    return cell === null ? [] : [{ claim, cell, result: resultOf(cell.verdict, strict) }];
  });
  const of = (result: Result): number => tested.filter((each) => each.result === result).length;
  const counts = { ...NONE, tests: tested.length, failures: of('failure'), skipped: of('skipped') };
  return suite(name, { counts, wallMs }, [
    `    <properties><property${attributesOf({ name: 'kernel', value: uname })}/></properties>`,
    ...tested.flatMap(({ claim, cell, result }) => caseLines(name, claim, cell, result)),
  ]);
}

const suite = (
  name: string,
  { counts, wallMs }: { readonly counts: Counts; readonly wallMs: number },
  lines: readonly string[],
): Suite => ({
  counts,
  lines: [
    `  <testsuite${attributesOf({ name, ...counts, time: seconds(wallMs) })}>`,
    ...lines,
    '  </testsuite>',
  ],
});

const caseLines = (
  kernel: string,
  claim: KernelsClaim,
  cell: KernelCell,
  result: Result,
): readonly string[] => [
  `    <testcase${attributesOf({
    classname: `${kernel} ${claim.document}`,
    name: `${claim.id} ${claim.claim}`,
    time: seconds(Math.max(0, ...cell.findings.map(({ tookMs }) => tookMs))),
  })}>`,
  `      ${outcomeOf(claim, cell, result)}`,
  '    </testcase>',
];

function outcomeOf(claim: KernelsClaim, cell: KernelCell, result: Result): string {
  const message = foundIn(cell, claim);
  const details = xmlText(
    [
      `${cell.verdict}: ${message}`,
      ...explanationWords(claim).map((words) => `differs from other kernels: ${words}`),
      ...cell.findings.map(({ run, verdict, runFolder }) =>
        [`${run}: ${verdict}`, ...(runFolder === null ? [] : [runFolder])].join(', '),
      ),
    ].join('\n'),
  );
  switch (result) {
    case 'passed':
      return `<system-out>${details}</system-out>`;
    case 'failure':
      return `<failure${attributesOf({ type: cell.verdict, message })}>${details}</failure>`;
    case 'skipped':
      return `<skipped${attributesOf({ message })}/><system-out>${details}</system-out>`;
  }
}
