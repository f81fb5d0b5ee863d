import type { Finding, JudgedClaim, KernelRule, UnexercisedClaim } from '../domain/verdict.ts';
import { PREDICTION_CLAIM } from '../verdict/judge.ts';
import { documentWords } from './document-subjects.ts';
import { colouredVerdict } from './headline-section.ts';
import { hanging, padded, widest } from './layout.ts';
import { INDENT, type Page } from './page.ts';
import type { ReportInput } from './report-input.ts';

const LABEL_COLUMNS = 'document says'.length;
const NOT_TESTED = 'not tested';

/** Each documented sentence, and whether this kernel keeps it. */
export function claimsSection({ seen, verdict }: ReportInput, page: Page): readonly string[] {
  const { claims, unexercised } = verdict;
  const words = [
    ...claims.map(({ finding }) => finding.kind),
    ...unexercised.map(() => NOT_TESTED),
  ];
  const columns = {
    word: widest(words),
    id: widest([...claims, ...unexercised].map(({ id }) => id)),
  };
  const documents = documentWords([...claims, ...unexercised].map(({ id }) => id));
  return [
    `${page.style.bold(seen.plan.parameters.ownServer ? 'Claims' : 'Documented claims')} ${page.style.dim(legend(claims))}`.trimEnd(),
    ...(documents === ''
      ? []
      : hanging(`${INDENT}documents  `, documents, page.widthColumns).map(page.style.dim)),
    ...claims.flatMap((claim) => claimLines(claim, columns, page)),
    ...unexercised.flatMap((claim) => unexercisedLines(claim, columns, page)),
  ];
}

const legend = (claims: readonly JudgedClaim[]): string =>
  claims.some(({ finding }) => finding.kind === 'outdated')
    ? '(outdated: not true of this kernel, by a known rule)'
    : '';

interface Columns {
  readonly word: number;
  readonly id: number;
}

function claimLines(
  { id, claim, finding }: JudgedClaim,
  columns: Columns,
  page: Page,
): readonly string[] {
  const { style, verbose } = page;
  const word = padded(colouredVerdict(finding.kind, finding.kind, style), columns.word);
  const brief = finding.kind === 'confirmed' && !verbose;
  const found = brief ? ` ${style.dim(`Found: ${finding.observed}.`)}` : '';
  const before = `${INDENT}${word}  ${padded(id, columns.id)}  `;
  const details = brief ? [] : findingEntries(finding, id);
  const testimonies = verbose ? finding.testimonies : [];
  return [
    ...hanging(before, `${claim}${found}`, page.widthColumns),
    ...details.flatMap(([label, text]) => detail(label, text, columns, page)),
    ...testimonies.flatMap(({ witness, says }) => detail(witness, style.dim(says), columns, page)),
  ];
}

function detail(label: string, text: string, columns: Columns, page: Page): readonly string[] {
  const before = `${INDENT.repeat(2)}${' '.repeat(columns.word)}${page.style.dim(padded(label, LABEL_COLUMNS))}  `;
  return hanging(before, text, page.widthColumns);
}

/** Label and text of what must be said of a finding besides its verdict. */
export function findingEntries(
  finding: Finding,
  id?: string,
): readonly (readonly [string, string])[] {
  const { documented } = finding;
  if (finding.kind === 'inconclusive') {
    return [
      ['undecided', finding.reason],
      ['remedy', finding.remedy],
    ];
  }
  return [
    // No document stands behind the prediction: it is ours.
    [id === PREDICTION_CLAIM ? 'predicted' : 'document says', documented],
    ['measured', finding.observed],
    ...(finding.kind === 'outdated' ? [['rule', ruleWords(finding.rule)] as const] : []),
  ];
}

/** Nothing older was read, so a rule that is there already may be older. */
const OLDEST_READ = '2.6.32';

export function ruleWords({ since, commit, statement }: KernelRule): string {
  const release = since === OLDEST_READ ? `${since} or older` : since;
  return `${statement} (Linux ${release}${commit === null ? '' : `, commit ${commit}`})`;
}

function unexercisedLines(
  { id, reason }: UnexercisedClaim,
  columns: Columns,
  { style, widthColumns }: Page,
): readonly string[] {
  const before = `${INDENT}${padded(NOT_TESTED, columns.word)}  ${padded(id, columns.id)}  `;
  return hanging(before, reason, widthColumns).map((line) => style.dim(line));
}
