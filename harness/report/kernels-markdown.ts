import type { KernelCell, KernelColumn, KernelsClaim, KernelsVerdict } from '../domain/kernels.ts';
import { ruleWords } from './claims-section.ts';
import {
  answersOf,
  differenceWords,
  explanationWords,
  FAILED,
  failureWords,
  kernelWordsOf,
  otherwiseWords,
  STANDING_WORDS,
  timesWords,
} from './kernels-words.ts';
import { markdownText } from './verify-markdown.ts';
import { MARKS } from './verify-words.ts';

/** GitHub-flavoured Markdown: kernels, claims, why they differ, rules; a table each. */
export function kernelsMarkdownReport(verdict: KernelsVerdict): string {
  const { kernels, claims, profile, folder } = verdict;
  const blocks = [
    `## backlog-lab kernels: ${markdownText(differenceWords(verdict))}`,
    table(['kernel', 'what became of it', 'times'], kernels.map(kernelRow)),
    ...(claims.length === 0 ? [] : [claimsTable(verdict)]),
    ...differencesBlock(verdict),
    ...rulesBlock(verdict),
    ...otherwiseWords(verdict).map(markdownText),
    `Profile ${profile}. Evidence: ${markdownText(folder)}`,
  ];
  return `${blocks.join('\n\n')}\n`;
}

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads.map(markdownText), heads.map(() => '---'), ...rows.map((row) => row.map(markdownText))]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

const kernelRow = (each: KernelColumn): readonly string[] =>
  each.kind === 'judged'
    ? [each.name, kernelWordsOf(each), timesWords(each)]
    : [each.name, failureWords(each), ''];

const claimsTable = ({ claims, kernels }: KernelsVerdict): string =>
  table(
    ['differs', 'id', 'the document says', ...kernels.map(({ name }) => name)],
    claims.map(({ differs, id, claim, cells }) => [
      differs ? '≠' : '',
      id,
      claim,
      ...cells.map(cellText),
    ]),
  );

const cellText = (cell: KernelCell | null): string =>
  cell === null ? `- ${FAILED}` : `${MARKS[cell.verdict]} ${cell.verdict}`;

/** Folded, because a summary is read at a glance. */
function differencesBlock({ claims, kernels }: KernelsVerdict): readonly string[] {
  const differing = claims.filter(({ differs }) => differs);
  if (differing.length === 0) return [];
  const lines = differing.flatMap((claim) => differenceLines(claim, kernels));
  return [
    ['<details><summary>Where they differ, and why</summary>', '', ...lines, '', '</details>'].join(
      '\n',
    ),
  ];
}

const differenceLines = (
  claim: KernelsClaim,
  kernels: readonly KernelColumn[],
): readonly string[] => [
  `- **${markdownText(claim.id)}** ${markdownText(claim.claim)}`,
  ...answersOf(claim, kernels).map(
    ({ kernels: names, verdict, found }) =>
      `  - ${markdownText(names.join(', '))}: ${verdict}, ${markdownText(found)}`,
  ),
  ...explanationWords(claim).map((words) => `  - because: ${markdownText(words)}`),
];

const rulesBlock = ({ rules, kernels }: KernelsVerdict): readonly string[] =>
  rules.length === 0
    ? []
    : [
        '### Rules that tell these kernels apart, by their releases',
        table(
          ['rule', ...kernels.map(({ name }) => name)],
          rules.map(({ rule, standings }) => [
            ruleWords(rule),
            ...standings.map((standing) => STANDING_WORDS[standing]),
          ]),
        ),
      ];
