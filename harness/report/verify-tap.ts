import type { CatalogueClaim, CatalogueVerdict } from '../domain/catalogue.ts';
import { findingEntries } from './claims-section.ts';
import { kernelWords, totalsWords } from './verify-words.ts';

/** Test Anything Protocol, version 14: a test point for each claim. */
export function verifyTapReport(verdict: CatalogueVerdict): string {
  const lines = [
    'TAP version 14',
    `# ${oneLine(kernelWords(verdict))}, profile ${verdict.profile}`,
    `1..${verdict.claims.length}`,
    ...verdict.claims.flatMap((claim, index) => pointLines(claim, index + 1, verdict.strict)),
    `# ${totalsWords(verdict)}`,
  ];
  return `${lines.join('\n')}\n`;
}

function pointLines(claim: CatalogueClaim, number: number, strict: boolean): readonly string[] {
  const { id, finding } = claim;
  const isOpen = finding.kind === 'inconclusive';
  const isBad = finding.kind === 'contradicted' || (strict && isOpen);
  const skip = isOpen && !strict ? ` # SKIP ${tapText(finding.reason)}` : '';
  return [
    `${isBad ? 'not ok' : 'ok'} ${number} - ${tapText(`${id} ${claim.claim}`)}${skip}`,
    ...diagnostics(claim),
  ];
}

/** A YAML block. JSON strings are YAML strings, so nothing in them can end the block. */
function diagnostics({ kind, finding, findings }: CatalogueClaim): readonly string[] {
  const entries = [['verdict', kind], ...findingEntries(finding)] as const;
  return [
    '  ---',
    ...entries.map(([label, text]) => `  ${label.replaceAll(' ', '_')}: ${yamlText(text)}`),
    ...(findings.length === 0 ? [] : ['  runs:']),
    ...findings.map(
      ({ run, finding: its, runFolder }) =>
        `    - ${yamlText(`${run.label}: ${its.kind}, ${runFolder ?? 'no run folder'}`)}`,
    ),
    '  ...',
  ];
}

export const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');

/** A description or a reason: a # would begin a directive, and a line break would end the test point. */
export const tapText = (text: string): string => oneLine(text).replaceAll(/[\\#]/g, '\\$&');

/** JSON leaves a few characters as they are that YAML does not print. */
export const yamlText = (text: string): string =>
  JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
