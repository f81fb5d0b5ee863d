import type { Explanation, RuleStanding } from '../domain/explanation.ts';
import type { Observations } from '../domain/observations.ts';
import type { Finding, JudgedClaim, KernelRule } from '../domain/verdict.ts';
import { viewClients } from './client-views.ts';
import { ladderSection } from './clients-section.ts';
import { verdictWord } from './headline-section.ts';
import { hanging, padded, widest, wrap } from './layout.ts';
import { entry, INDENT, type Page } from './page.ts';

/** A rule, and how it stands in the release of this kernel. */
export interface RuleHere {
  readonly rule: KernelRule;
  readonly standing: RuleStanding;
}

/** What the last run that tested a claim found. */
export interface MeasuredClaim {
  readonly runFolder: string;
  readonly seen: Observations;
  readonly judged: JudgedClaim;
}

/** What makes a run that tests a claim. */
export interface Experiment {
  readonly command: string;
  /** Why the command as it stands does not test the claim after all, and what to add. */
  readonly caveat: string | null;
}

/** A claim of the catalogue, or a row of the document that no scenario tests. */
export interface ExplainedClaim {
  readonly id: string;
  /** The scenario's sentence; null where no scenario tests the claim. */
  readonly statement: string | null;
  /** Null: no run is stored. */
  readonly lastRun: MeasuredClaim | null;
  /** Null: no scenario tests it. */
  readonly experiment: Experiment | null;
}

/** An explanation with the claims that share it: one, or the parts of a row. */
export interface ExplainedRow {
  readonly explanation: Explanation;
  readonly document: string;
  readonly rules: readonly RuleHere[];
  readonly claims: readonly ExplainedClaim[];
}

/** Rows explained one after another. `kernelRelease` is this kernel's; undefined: not Linux. */
export function explanationReport(
  rows: readonly ExplainedRow[],
  kernelRelease: string | undefined,
  page: Page,
): string {
  const reports = rows.map((row) =>
    [
      row.claims.flatMap((claim) => sentenceOf(claim, page)),
      prose('The document says', row.explanation.documentSays, page),
      prose("What today's kernels do, and why", row.explanation.kernelDoes, page),
      rulesSection(row, kernelRelease, page),
      prose('Older kernels', row.explanation.older ?? '', page),
      ...row.claims.flatMap((claim) => [measuredSection(claim, page), ladderOfRun(claim, page)]),
      prose('What to do', row.explanation.whatToDo, page),
      seeAlso(row, page),
    ]
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.join('\n'))
      .join('\n\n'),
  );
  return `${reports.join(`\n\n${page.style.dim('─'.repeat(page.widthColumns))}\n\n`)}\n`;
}

const sentenceOf = ({ id, statement }: ExplainedClaim, page: Page): readonly string[] =>
  statement === null
    ? [page.style.bold(id)]
    : hanging(`${page.style.bold(id)}  `, statement, page.widthColumns);

function prose(title: string, text: string, page: Page): readonly string[] {
  if (text === '') return [];
  return [page.style.bold(title), ...hanging(INDENT, text, page.widthColumns)];
}

function rulesSection(
  { rules }: ExplainedRow,
  kernelRelease: string | undefined,
  page: Page,
): readonly string[] {
  if (rules.length === 0) return [];
  const { style, widthColumns } = page;
  const missing = rules.some(({ standing }) => standing === 'not-yet');
  return [
    style.bold(`In this kernel's release, ${kernelRelease ?? 'which is none of Linux'}`),
    ...rules.flatMap((here) => ruleLines(here, page)),
    ...(missing
      ? wrap(
          `A distribution's kernel may have more than its release says: a run tells.`,
          widthColumns - INDENT.length,
        ).map((line) => style.dim(INDENT + line))
      : []),
  ];
}

const MARK_COLUMNS = 3;

function ruleLines({ rule, standing }: RuleHere, page: Page): readonly string[] {
  const { style } = page;
  return [
    ...entry(page, markOf(standing, style), MARK_COLUMNS, rule.statement),
    ...entry(page, '', MARK_COLUMNS, style.dim(standingWords(rule, standing))),
  ];
}

function markOf(standing: RuleStanding, style: Page['style']): string {
  const inRelease = isInRelease(standing);
  if (inRelease === null) return '?';
  return inRelease ? style.green('yes') : style.yellow('no');
}

/** Null: not known. */
function isInRelease(standing: RuleStanding): boolean | null {
  if (standing === 'unknown') return null;
  return standing === 'followed' || standing === 'backported';
}

function standingWords({ since, commit }: KernelRule, standing: RuleStanding): string {
  const by = commit === null ? '' : `, commit ${commit}`;
  switch (standing) {
    case 'backported':
      return `a backport; mainline has it since ${since}${by}`;
    case 'replaced':
      return `mainline had it from ${since} on${by}, until a later rule replaced it`;
    case 'not-yet':
      return `it came with ${since}${by}`;
    case 'followed':
    case 'unknown':
      return `since ${since}${by}`;
  }
}

function measuredSection(claim: ExplainedClaim, page: Page): readonly string[] {
  const { id, lastRun } = claim;
  if (lastRun === null) return unmeasured(claim, page);
  const { runFolder, seen, judged } = lastRun;
  const { finding } = judged;
  const rows: readonly (readonly [label: string, text: string])[] = [
    ['verdict', verdictWord(finding.kind, page.style)],
    ...foundRows(finding),
    ...finding.testimonies.map(({ witness, says }) => [witness, page.style.dim(says)] as const),
    ['run', `${runFolder} (${seen.plan.scenario}, kernel ${seen.surroundings.kernelRelease})`],
  ];
  const columns = widest(rows.map(([label]) => label));
  return [
    page.style.bold(`Measured in the last run that tested ${id}`),
    ...rows.flatMap(([label, text]) => entry(page, label, columns, text)),
  ];
}

function foundRows(finding: Finding): readonly (readonly [label: string, text: string])[] {
  if (finding.kind === 'inconclusive') {
    return [
      ['undecided', finding.reason],
      ['remedy', finding.remedy],
    ];
  }
  return [
    ['document', finding.documented],
    ['found', finding.observed],
  ];
}

function unmeasured({ id, experiment }: ExplainedClaim, page: Page): readonly string[] {
  const title = `Not measured yet: ${id}`;
  if (experiment === null) {
    return prose(title, 'No scenario tests it by itself; see the related claims.', page);
  }
  const { command, caveat } = experiment;
  return [
    ...prose(title, 'No stored run tested it. This makes one:', page),
    `${INDENT.repeat(2)}${command}`,
    ...(caveat === null
      ? []
      : hanging(INDENT, `As it stands it does not: ${caveat}.`, page.widthColumns)),
  ];
}

function ladderOfRun({ lastRun }: ExplainedClaim, page: Page): readonly string[] {
  return lastRun === null ? [] : ladderSection(viewClients(lastRun.seen), lastRun.seen, page);
}

const seeAlso = ({ explanation }: ExplainedRow, { style }: Page): readonly string[] =>
  explanation.seeAlso.length === 0 ? [] : [style.dim(`See also ${explanation.seeAlso.join(', ')}`)];

/** The claims of a document, a sentence each. */
export function explanationList(rows: readonly ExplainedRow[], page: Page): string {
  const claims = rows.flatMap(({ claims: parts, explanation }) =>
    parts.map(({ id, statement }) => ({ id, says: statement ?? explanation.documentSays })),
  );
  const columns = widest(claims.map(({ id }) => id));
  const lines = claims.flatMap(({ id, says }) =>
    hanging(`${INDENT}${page.style.bold(padded(id, columns))}  `, says, page.widthColumns),
  );
  return `${page.style.bold(`Document ${rows[0]?.document} says`)}\n${lines.join('\n')}\n`;
}

/** The same as plain data: the contract with programs. Rows are taken apart into their claims. */
export const explanationJson = (rows: readonly ExplainedRow[]): object => ({
  schemaVersion: 1,
  claims: rows.flatMap((row) => row.claims.map((claim) => claimJson(claim, row))),
});

const claimJson = (
  { id, statement, lastRun }: ExplainedClaim,
  { explanation, document, rules }: ExplainedRow,
): object => ({
  id,
  document,
  statement,
  documentSays: explanation.documentSays,
  kernelDoes: explanation.kernelDoes,
  older: explanation.older ?? null,
  rules: rules.map(ruleJson),
  whatToDo: explanation.whatToDo,
  seeAlso: explanation.seeAlso,
  lastRun: lastRun === null ? null : lastRunJson(lastRun),
});

const ruleJson = ({ rule, standing }: RuleHere): object => ({
  id: rule.id,
  statement: rule.statement,
  commit: rule.commit,
  since: rule.since,
  inThisRelease: isInRelease(standing),
});

const lastRunJson = ({ runFolder, judged: { finding } }: MeasuredClaim): object => ({
  runFolder,
  verdict: finding.kind,
  observed: finding.kind === 'inconclusive' ? null : finding.observed,
});
