import type { CatalogueClaim, CatalogueFinding, CatalogueVerdict } from '../domain/catalogue.ts';
import type { Finding } from '../domain/verdict.ts';
import { findingEntries } from './claims-section.ts';
import {
  backportWords,
  byDocument,
  type DocumentGroup,
  decisive,
  disagreementWords,
  foundWords,
  kernelWords,
  MARKS,
  timeWords,
  totalsWords,
} from './verify-words.ts';

/** GitHub-flavoured Markdown, short enough for the summary of a workflow step. */
export function verifyMarkdownReport(verdict: CatalogueVerdict): string {
  const notes = [...backportWords(verdict), ...disagreementWords(verdict)];
  const blocks = [
    `## backlog-lab verify: ${totalsWords(verdict)}`,
    markdownText(`${kernelWords(verdict)}, profile ${verdict.profile}. ${timeWords(verdict)}`),
    ...byDocument(verdict).map(groupBlock),
    ...notes.map(markdownText),
    detailsBlock(verdict),
    `Evidence: ${markdownText(verdict.folder)}`,
  ];
  return `${blocks.join('\n\n')}\n`;
}

const groupBlock = ({ document, title, claims }: DocumentGroup): string =>
  [
    `### ${markdownText(`${document}: ${title}`)}`,
    '',
    '| verdict | id | the document says | found |',
    '|---|---|---|---|',
    ...claims.map(row),
  ].join('\n');

const row = (claim: CatalogueClaim): string => {
  const cells = [verdictCell(claim), claim.id, claim.claim, foundCell(claim)];
  return `| ${cells.map(markdownText).join(' | ')} |`;
};

/** The mark is for the eye; the word says it too, for those who cannot see it. */
const verdictCell = ({ kind }: CatalogueClaim): string => `${MARKS[kind]} ${kind}`;

const foundCell = (claim: CatalogueClaim): string =>
  claim.finding.kind === 'inconclusive' ? claim.finding.reason : foundWords(claim);

/** What is not confirmed, explained; folded, because a summary is read at a glance. */
function detailsBlock({ claims }: CatalogueVerdict): string {
  const concerned = claims.filter(({ kind }) => kind !== 'confirmed');
  if (concerned.length === 0) return 'Every claim was measured as documented.';
  return [
    '<details><summary>What is not confirmed, and why</summary>',
    '',
    ...concerned.flatMap(explanation),
    '',
    '</details>',
  ].join('\n');
}

const explanation = (claim: CatalogueClaim): readonly string[] => [
  `- **${markdownText(claim.id)}** ${claim.kind}: ${markdownText(claim.claim)}`,
  ...new Set(decisive(claim).map(entryLines)),
  ...claim.findings.map(runLine),
];

const entryLines = (finding: Finding): string =>
  findingEntries(finding)
    .map(([label, text]) => `  - ${label}: ${markdownText(text)}`)
    .join('\n');

const runLine = ({ run, finding, runFolder }: CatalogueFinding): string =>
  `  - run ${markdownText(run.label)}: ${finding.kind}${runFolder === null ? '' : `, ${markdownText(runFolder)}`}`;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Text in a table's cell or a line: on one line, with nothing that Markdown or HTML would read. */
export const markdownText = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replaceAll(/[&<>]/g, (letter) => ENTITIES[letter] ?? letter)
    .replaceAll(/[\\`*_[\]|~]/g, '\\$&');
