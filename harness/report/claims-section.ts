import type { Finding, JudgedClaim, KernelRule, UnexercisedClaim } from '../domain/verdict.ts';
import { verdictWord } from './headline-section.ts';
import { hanging, padded, widest } from './layout.ts';
import { INDENT, type Page } from './page.ts';
import type { ReportInput } from './report-input.ts';

const VERDICT_COLUMNS = 'INCONCLUSIVE'.length;
const LABEL_COLUMNS = 'document says'.length;

/** Each documented sentence, and whether this kernel keeps it. */
export function claimsSection({ verdict }: ReportInput, page: Page): readonly string[] {
  const { style } = page;
  const { claims, unexercised } = verdict;
  const idColumns = widest([...claims, ...unexercised].map(({ id }) => id));
  return [
    `${style.bold('Documented claims')} ${style.dim('(outdated: true of older kernels, changed by a known rule since)')}`,
    ...claims.flatMap((claim) => claimLines(claim, idColumns, page)),
    ...unexercised.flatMap((claim) => unexercisedLines(claim, idColumns, page)),
  ];
}

function claimLines(
  { id, claim, finding }: JudgedClaim,
  idColumns: number,
  page: Page,
): readonly string[] {
  const { style, widthColumns } = page;
  const word = padded(verdictWord(finding.kind, style), VERDICT_COLUMNS);
  const before = `${INDENT}${word}  ${padded(id, idColumns)}  `;
  return [
    ...hanging(before, claim, widthColumns),
    ...findingEntries(finding).flatMap(([label, text]) => detail(label, text, page)),
    ...(page.verbose
      ? finding.testimonies.flatMap(({ witness, says }) => detail(witness, style.dim(says), page))
      : []),
  ];
}

const detail = (label: string, text: string, { style, widthColumns }: Page): readonly string[] =>
  hanging(`${INDENT.repeat(2)}${style.dim(padded(label, LABEL_COLUMNS))}  `, text, widthColumns);

function findingEntries(finding: Finding): readonly (readonly [string, string])[] {
  const { documented } = finding;
  switch (finding.kind) {
    case 'confirmed':
      return documented === finding.observed
        ? [['measured', documented]]
        : [['document says', `${documented}; measured: ${finding.observed}`]];
    case 'outdated':
      return [
        ['document says', documented],
        ['measured', finding.observed],
        ['rule since', ruleWords(finding.rule)],
      ];
    case 'contradicted':
      return [
        ['document says', documented],
        ['measured', finding.observed],
      ];
    case 'inconclusive':
      return [
        ['undecided', finding.reason],
        ['remedy', finding.remedy],
      ];
  }
}

const ruleWords = ({ since, commit, statement }: KernelRule): string =>
  `Linux ${since}${commit === null ? '' : ` (commit ${commit})`}: ${statement}`;

function unexercisedLines(
  { id, reason }: UnexercisedClaim,
  idColumns: number,
  { style, widthColumns }: Page,
): readonly string[] {
  const before = `${INDENT}${padded('not tested', VERDICT_COLUMNS)}  ${padded(id, idColumns)}  `;
  return hanging(before, reason, widthColumns).map((line) => style.dim(line));
}
