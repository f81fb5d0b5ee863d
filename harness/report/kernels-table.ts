/** One line a claim, one column a kernel. */
import type { KernelCell, KernelColumn, KernelsClaim, KernelsVerdict } from '../domain/kernels.ts';
import { colouredVerdict } from './headline-section.ts';
import { cellWord, FAILED } from './kernels-words.ts';
import { hanging, padded, visibleWidth, widest } from './layout.ts';
import type { Page } from './page.ts';
import type { Style } from './style.ts';
import { shortened } from './verify-terminal.ts';
import { byDocument, KINDS, MARKS } from './verify-words.ts';

/** In front of a claim about which the kernels differ, where others have blanks. */
const DIFFERS = '≠ ';
const GAP = '  ';
/** Less of a statement is not worth reading. */
const LEAST_STATEMENT = 16;
/** The path of an image may be long; its end tells most. */
const LONGEST_NAME = 16;

interface Layout {
  readonly id: number;
  /** Of each kernel: what stands above its column, and how wide that is. */
  readonly columns: readonly { readonly head: string; readonly width: number }[];
  readonly cell: (cell: KernelCell | null) => string;
  readonly legend: string;
}

/** Sections: the heads with their legend, then one for each document. */
export function kernelsTable(verdict: KernelsVerdict, page: Page): readonly (readonly string[])[] {
  const { kernels, claims } = verdict;
  if (claims.length === 0) return [];
  const words = layoutOf(verdict, nameOf, cellWord, '');
  const layout =
    widthOf(words) <= page.widthColumns
      ? words
      : layoutOf(verdict, (_, index) => `${index + 1}`, markOf, LEGEND);
  const head = `${' '.repeat(DIFFERS.length + layout.id)}${layout.columns.map(({ head: text, width }) => `${GAP}${padded(text, width)}`).join('')}`;
  return [
    [
      ...(layout.legend === ''
        ? []
        : hanging('', page.style.dim(layout.legend), page.widthColumns)),
      page.style.bold(head.trimEnd()),
    ],
    ...byDocument({ claims }).map(({ document, title, claims: its }) => [
      ...hanging(`${page.style.bold(document)}${GAP}`, title, page.widthColumns),
      ...its.map((claim) => claimLine(claim, kernels, layout, page)),
    ]),
  ];
}

function layoutOf(
  { kernels, claims }: KernelsVerdict,
  headOf: (kernel: KernelColumn, index: number) => string,
  cell: Layout['cell'],
  legend: string,
): Layout {
  return {
    id: widest(claims.map(({ id }) => id)),
    columns: kernels.map((kernel, index) => {
      const head = headOf(kernel, index);
      const cells = claims.map((claim) => cell(claim.cells[index] ?? null));
      return { head, width: widest([head, ...cells]) };
    }),
    cell,
    legend,
  };
}

const nameOf = ({ name }: KernelColumn): string =>
  name.length <= LONGEST_NAME ? name : `…${name.slice(1 - LONGEST_NAME)}`;

const NO_MARK = '-';
const markOf = (cell: KernelCell | null): string => (cell === null ? NO_MARK : MARKS[cell.verdict]);

const LEGEND = [...KINDS.map((kind) => `${MARKS[kind]} ${kind}`), `${NO_MARK} ${FAILED}`].join(
  ', ',
);

const widthOf = ({ id, columns }: Layout): number =>
  columns.reduce((sum, { width }) => sum + GAP.length + width, DIFFERS.length + id);

function claimLine(
  claim: KernelsClaim,
  kernels: readonly KernelColumn[],
  { id, columns, cell }: Layout,
  { style, widthColumns }: Page,
): string {
  const mark = claim.differs ? style.bold(DIFFERS) : ' '.repeat(DIFFERS.length);
  const cells = kernels.map((_, index) => {
    const found = claim.cells[index] ?? null;
    return `${GAP}${padded(coloured(cell(found), found, style), columns[index]?.width ?? 0)}`;
  });
  const before = `${mark}${padded(claim.id, id)}${cells.join('')}`;
  const room = widthColumns - visibleWidth(before) - GAP.length;
  if (room < LEAST_STATEMENT) return before.trimEnd();
  return `${before}${GAP}${style.dim(shortened(claim.claim, room))}`;
}

const coloured = (text: string, cell: KernelCell | null, style: Style): string =>
  cell === null ? style.red(text) : colouredVerdict(text, cell.verdict, style);
