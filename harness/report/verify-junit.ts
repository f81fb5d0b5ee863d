import type { CatalogueClaim, CatalogueVerdict } from '../domain/catalogue.ts';
import type { FindingKind } from '../domain/verdict.ts';
import { findingEntries } from './claims-section.ts';
import { byDocument, type DocumentGroup, kernelWords } from './verify-words.ts';

/**
 * JUnit XML as continuous-integration systems read it: a suite for each document, a case for each
 * claim. An inconclusive claim is skipped, or with --strict a failure.
 */
export function verifyJunitReport(verdict: CatalogueVerdict): string {
  const suites = byDocument(verdict).flatMap((group) => suiteLines(group, verdict));
  const attributes = attributesOf({
    name: 'backlog-lab verify',
    ...countsOf(verdict.claims, verdict.strict),
    time: seconds(verdict.wallMs),
  });
  return `${['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites${attributes}>`, ...suites, '</testsuites>'].join('\n')}\n`;
}

function suiteLines(
  { document, title, claims }: DocumentGroup,
  verdict: CatalogueVerdict,
): readonly string[] {
  const attributes = attributesOf({
    name: `${document}: ${title}`,
    ...countsOf(claims, verdict.strict),
    time: seconds(Math.max(0, ...claims.map(tookMs))),
  });
  const kernel = attributesOf({ name: 'kernel', value: kernelWords(verdict) });
  return [
    `  <testsuite${attributes}>`,
    `    <properties><property${kernel}/></properties>`,
    ...claims.flatMap((claim) => caseLines(claim, verdict.strict)),
    '  </testsuite>',
  ];
}

export type Result = 'passed' | 'failure' | 'skipped';

export function resultOf(kind: FindingKind, strict: boolean): Result {
  if (kind === 'contradicted') return 'failure';
  if (kind === 'inconclusive') return strict ? 'failure' : 'skipped';
  return 'passed';
}

function countsOf(
  claims: readonly CatalogueClaim[],
  strict: boolean,
): Readonly<Record<string, number>> {
  const of = (result: Result): number =>
    claims.filter(({ kind }) => resultOf(kind, strict) === result).length;
  return { tests: claims.length, failures: of('failure'), errors: 0, skipped: of('skipped') };
}

function caseLines(claim: CatalogueClaim, strict: boolean): readonly string[] {
  const { id, document, kind } = claim;
  const attributes = attributesOf({
    classname: document,
    name: `${id} ${claim.claim}`,
    time: seconds(tookMs(claim)),
  });
  return [
    `    <testcase${attributes}>`,
    `      ${outcomeOf(kind, claim, strict)}`,
    '    </testcase>',
  ];
}

function outcomeOf(
  kind: FindingKind,
  { finding, findings }: CatalogueClaim,
  strict: boolean,
): string {
  const details = xmlText(
    [
      ...findingEntries(finding).map(([label, text]) => `${label}: ${text}`),
      ...findings.map(({ run, finding: its, runFolder }) =>
        [`${run.label}: ${its.kind}`, ...(runFolder === null ? [] : [runFolder])].join(', '),
      ),
    ].join('\n'),
  );
  const message = finding.kind === 'inconclusive' ? finding.reason : finding.observed;
  switch (resultOf(kind, strict)) {
    case 'passed':
      return `<system-out>${xmlText(`${kind}\n`)}${details}</system-out>`;
    case 'failure':
      return `<failure${attributesOf({ type: kind, message })}>${details}</failure>`;
    case 'skipped':
      return `<skipped${attributesOf({ message })}/><system-out>${details}</system-out>`;
  }
}

const tookMs = ({ findings }: CatalogueClaim): number =>
  Math.max(0, ...findings.map((finding) => finding.tookMs));

export const seconds = (ms: number): string => (ms / 1_000).toFixed(3);

export const attributesOf = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${xmlText(`${value}`)}"`)
    .join('');

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/**
 * Text for an attribute or an element. What XML 1.0 cannot hold in any spelling (control
 * characters, lone surrogates, U+FFFE and U+FFFF) becomes U+FFFD.
 */
export const xmlText = (text: string): string =>
  text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll(/[&<>"'\t\n\r]/g, (letter) => ENTITIES[letter] ?? letter);
