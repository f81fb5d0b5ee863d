import type { KernelColumn, KernelsClaim, KernelsVerdict } from '../domain/kernels.ts';
import { ruleWords } from './claims-section.ts';
import { colouredVerdict } from './headline-section.ts';
import { kernelsTable } from './kernels-table.ts';
import {
  answersOf,
  differenceWords,
  explanationWords,
  failureWords,
  kernelWordsOf,
  otherwiseWords,
  STANDING_WORDS,
  timesWords,
} from './kernels-words.ts';
import { hanging, padded, widest } from './layout.ts';
import { entry, INDENT, type Page } from './page.ts';
import { count } from './words.ts';

/** The path of an image may be longer: then its words begin behind it. */
const LONGEST_NAME = 20;

const REPRO = 'npm run repro --';

/** The table, what lies behind its differences, and what the machines took. */
export function kernelsTerminalReport(verdict: KernelsVerdict, page: Page): string {
  return joined([
    headline(verdict, page),
    kernelLines(verdict, page),
    ...kernelsTable(verdict, page),
    differenceLines(verdict, page),
    ruleLines(verdict, page),
    timesLines(verdict, page),
    closingLines(verdict, page),
  ]);
}

/** The kernels, and one line a claim. */
export const kernelsQuietReport = (verdict: KernelsVerdict, page: Page): string =>
  joined([
    [...kernelLines(verdict, page), ...kernelsTable(verdict, page).flat()],
    hanging('', differenceWords(verdict), page.widthColumns),
  ]);

const joined = (sections: readonly (readonly string[])[]): string =>
  `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;

function headline(
  { kernels, claims, profile }: KernelsVerdict,
  { style, widthColumns }: Page,
): readonly string[] {
  const words = `${count(kernels.length, 'kernel')}, ${count(claims.length, 'claim')}, profile ${profile}`;
  return [
    style.bold('Which documented claims hold on which kernel?'),
    ...hanging('', style.dim(words), widthColumns),
  ];
}

const nameColumns = ({ kernels }: KernelsVerdict): number =>
  Math.min(LONGEST_NAME, widest(kernels.map(({ name }) => name)));

const kernelLines = (verdict: KernelsVerdict, page: Page): readonly string[] =>
  verdict.kernels.flatMap((each, index) =>
    entry(
      page,
      `${padded(`${index + 1}`, 2)} ${each.name}`,
      nameColumns(verdict) + 3,
      each.kind === 'judged' ? kernelWordsOf(each) : page.style.red(failureWords(each)),
    ),
  );

/** Claim by claim, who answers what and why; with --verbose those on which all agree, too. */
function differenceLines(verdict: KernelsVerdict, page: Page): readonly string[] {
  const { claims, kernels } = verdict;
  const shown = claims.filter(({ differs }) => differs || page.verbose);
  return [
    ...hanging('', page.style.bold(differenceWords(verdict)), page.widthColumns),
    ...shown.flatMap((claim) => claimLines(claim, kernels, page)),
  ];
}

const BECAUSE = 'because';

function claimLines(
  claim: KernelsClaim,
  kernels: readonly KernelColumn[],
  page: Page,
): readonly string[] {
  const { style, widthColumns } = page;
  const groups = answersOf(claim, kernels);
  const answers = groups.flatMap(({ kernels: names, verdict, found }) =>
    hanging(
      `${INDENT.repeat(2)}${colouredVerdict(verdict, verdict, style)}  `,
      `${found} ${style.dim(`(${groups.length === 1 ? 'all' : names.join(', ')})`)}`,
      widthColumns,
    ),
  );
  const reasons = explanationWords(claim).flatMap((words) =>
    hanging(`${INDENT.repeat(2)}${style.dim(BECAUSE)}  `, words, widthColumns),
  );
  return [
    ...hanging(`${INDENT}${style.bold(claim.id)}  `, claim.claim, widthColumns),
    ...answers,
    ...reasons,
  ];
}

function ruleLines(verdict: KernelsVerdict, page: Page): readonly string[] {
  const { rules, kernels } = verdict;
  const notes = otherwiseWords(verdict);
  if (rules.length === 0 && notes.length === 0) return [];
  const lines = rules.flatMap(({ rule, standings }) => [
    ...hanging(INDENT, ruleWords(rule), page.widthColumns),
    ...hanging(
      INDENT.repeat(2),
      standings
        .map((standing, index) => `${kernels[index]?.name ?? ''} ${STANDING_WORDS[standing]}`)
        .join(', '),
      page.widthColumns,
    ).map((line) => page.style.dim(line)),
  ]);
  return [
    page.style.bold('Rules that tell these kernels apart, by their releases'),
    ...lines,
    ...notes.flatMap((note) => hanging('', note, page.widthColumns)),
  ];
}

function timesLines(verdict: KernelsVerdict, page: Page): readonly string[] {
  const judged = verdict.kernels.flatMap((each) => (each.kind === 'judged' ? [each] : []));
  if (judged.length === 0) return [];
  return [
    page.style.bold('Times'),
    ...judged.flatMap((each) => entry(page, each.name, nameColumns(verdict), timesWords(each))),
  ];
}

function closingLines(verdict: KernelsVerdict, { style }: Page): readonly string[] {
  const { folder, kernels } = verdict;
  return [
    `${style.bold('Evidence')}  ${folder}`,
    style.bold('Try next'),
    `${INDENT}${REPRO} report ${folder}`,
    ...(kernels.some(({ kind }) => kind === 'failed') ? [`${INDENT}${REPRO} doctor`] : []),
  ];
}
