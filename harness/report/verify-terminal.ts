import type { CatalogueClaim, CatalogueFinding, CatalogueVerdict } from '../domain/catalogue.ts';
import { findingEntries } from './claims-section.ts';
import { colouredVerdict } from './headline-section.ts';
import { hanging, padded, visibleWidth, widest } from './layout.ts';
import { INDENT, type Page } from './page.ts';
import {
  backportWords,
  byDocument,
  type DocumentGroup,
  decisive,
  disagreementWords,
  foundWords,
  KINDS,
  kernelWords,
  timeWords,
} from './verify-words.ts';
import { count, duration } from './words.ts';

const REPRO = 'npm run repro --';
const LABEL_COLUMNS = 'document says'.length;
/** What was found is the answer: the statement is cut first, but to no less than this. */
const LEAST_STATEMENT = 16;

/** The catalogue from top to bottom: one line a claim, and what is not confirmed explained below. */
export function verifyTerminalReport(verdict: CatalogueVerdict, page: Page): string {
  const columns = columnsFor(verdict);
  const sections = [
    headline(verdict, page),
    ...byDocument(verdict).map((group) => groupLines(group, columns, page)),
    noteLines(verdict, page),
    closingLines(verdict, page),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** Totals, and one line a claim. */
export function verifyQuietReport(verdict: CatalogueVerdict, page: Page): string {
  const columns = columnsFor(verdict);
  const lines = verdict.claims.map((claim) => claimLine(claim, columns, page));
  return `${[...hanging('', colouredTotals(verdict, page), page.widthColumns), ...lines].join('\n')}\n`;
}

interface Columns {
  readonly word: number;
  readonly id: number;
}

const columnsFor = ({ claims }: CatalogueVerdict): Columns => ({
  word: widest(claims.map(({ kind }) => kind)),
  id: widest(claims.map(({ id }) => id)),
});

function headline(verdict: CatalogueVerdict, { style, widthColumns }: Page): readonly string[] {
  const documented = verdict.claims.length;
  const words = `profile ${verdict.profile}, ${count(verdict.outcomes.length, 'run')}, ${count(documented, 'claim')}`;
  return [
    style.bold('Do the documents hold on this kernel?'),
    ...hanging('', style.dim(`${kernelWords(verdict)}, ${words}`), widthColumns),
  ];
}

const groupLines = (group: DocumentGroup, columns: Columns, page: Page): readonly string[] => [
  ...hanging(`${page.style.bold(group.document)}  `, group.title, page.widthColumns),
  ...group.claims.flatMap((claim) => [
    claimLine(claim, columns, page),
    ...detailLines(claim, columns, page),
  ]),
];

function claimLine(claim: CatalogueClaim, columns: Columns, { style, widthColumns }: Page): string {
  const word = padded(colouredVerdict(claim.kind, claim.kind, style), columns.word);
  const before = `${INDENT}${word}  ${padded(claim.id, columns.id)}  `;
  const room = widthColumns - visibleWidth(before);
  const found = foundWords(claim);
  if (found === '') return `${before}${shortened(claim.claim, room)}`;
  const free = room - ARROW.length;
  const rest = Math.max(free - visibleWidth(claim.claim), free - LEAST_STATEMENT);
  const shown = shortened(found, rest);
  const statement = shortened(claim.claim, free - visibleWidth(shown));
  return `${before}${statement}${style.dim(`${ARROW}${shown}`)}`;
}

const ARROW = '  → ';

/** Cut at a word where that loses little. */
export function shortened(text: string, width: number): string {
  const letters = [...text.replaceAll(/\s+/g, ' ')];
  if (letters.length <= width) return letters.join('');
  const cut = letters.slice(0, Math.max(0, width - 1)).join('');
  const space = cut.lastIndexOf(' ');
  return `${(space > width / 2 ? cut.slice(0, space) : cut).trimEnd()}…`;
}

function detailLines(claim: CatalogueClaim, columns: Columns, page: Page): readonly string[] {
  if (page.verbose && claim.findings.length > 0) {
    return [
      ...hanging(before('claim', columns, page), claim.claim, page.widthColumns),
      ...claim.findings.flatMap((found) => findingLines(found, columns, page)),
    ];
  }
  const folded = claim.kind === 'outdated' ? ['document says', 'measured'] : [];
  if (claim.kind === 'confirmed') return [];
  const blocks = decisive(claim).map((finding) =>
    findingEntries(finding)
      .filter(([label]) => !folded.includes(label))
      .flatMap(([label, text]) => hanging(before(label, columns, page), text, page.widthColumns))
      .join('\n'),
  );
  // Several runs may have the same to say.
  return [...new Set(blocks)];
}

const before = (label: string, columns: Columns, { style }: Page): string =>
  `${INDENT.repeat(2)}${' '.repeat(columns.word)}${style.dim(padded(label, LABEL_COLUMNS))}  `;

/** All that one run says about a claim. */
function findingLines(
  { run, finding, tookMs, runFolder }: CatalogueFinding,
  columns: Columns,
  page: Page,
): readonly string[] {
  const { style, widthColumns } = page;
  const verdict = colouredVerdict(finding.kind, finding.kind, style);
  const entries = [
    ['run', `${run.label}: ${verdict}, took ${duration(tookMs)}`],
    ...findingEntries(finding),
    ...finding.testimonies.map(({ witness, says }) => [witness, style.dim(says)] as const),
    ...(runFolder === null ? [] : [['evidence', runFolder] as const]),
  ] as const;
  return entries.flatMap(([label, text]) =>
    hanging(before(label, columns, page), text, widthColumns),
  );
}

const noteLines = (verdict: CatalogueVerdict, { widthColumns }: Page): readonly string[] =>
  [...backportWords(verdict), ...disagreementWords(verdict)].flatMap((sentence) =>
    hanging('', sentence, widthColumns),
  );

const colouredTotals = ({ totals, strict }: CatalogueVerdict, { style }: Page): string =>
  [
    ...KINDS.filter((kind) => totals[kind] > 0).map((kind) =>
      style.bold(colouredVerdict(`${totals[kind]} ${kind}`, kind, style)),
    ),
    ...(strict ? [style.dim('(strict: inconclusive fails)')] : []),
  ].join('  ');

function closingLines(verdict: CatalogueVerdict, page: Page): readonly string[] {
  const { style, widthColumns } = page;
  return [
    ...hanging('', colouredTotals(verdict, page), widthColumns),
    ...hanging('', style.dim(timeWords(verdict)), widthColumns),
    `${style.bold('Evidence')}  ${verdict.folder}`,
    style.bold('Try next'),
    ...nextCommands(verdict).map((command) => `${INDENT}${command}`),
  ];
}

/** Lines that can be copied into a shell. */
function nextCommands({ claims, outcomes, totals }: CatalogueVerdict): readonly string[] {
  const worst = ['contradicted', 'inconclusive', 'outdated', 'confirmed']
    .flatMap((kind) => claims.filter((claim) => claim.kind === kind))
    .at(0);
  const folder = outcomes.map(({ runFolder }) => runFolder).find((each) => each !== null);
  return [
    ...(totals.inconclusive > 0 ? [`${REPRO} doctor`] : []),
    ...(worst === undefined ? [] : [`${REPRO} verify --only ${quoted(worst.id)} --verbose`]),
    ...(folder === undefined ? [] : [`${REPRO} judge ${folder}`]),
  ];
}

const quoted = (id: string): string => (/^[\w-]+$/.test(id) ? id : `'${id}'`);
