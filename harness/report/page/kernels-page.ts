import type {
  Difference,
  DifferingRule,
  KernelCell,
  KernelColumn,
  KernelsClaim,
  KernelsVerdict,
  MachineTimes,
} from '../../domain/kernels.ts';
import type { FindingKind, KernelRule } from '../../domain/verdict.ts';
import { foundIn, releaseWords } from '../kernels-words.ts';
import { besideIt, hrefOf, type LinkTo } from './catalogue-page.ts';

export interface PageColumn {
  readonly name: string;
  /** The index of its runs; null: there is none. */
  readonly href: string | null;
  /** `6.1.0-50-amd64 (6.1.176)`; null: it failed. */
  readonly release: string | null;
  readonly totals: Readonly<Record<FindingKind, number>> | null;
  readonly machines: MachineTimes | null;
  readonly otherwise: readonly KernelRule[];
  /** Why it failed as a whole. */
  readonly failure: { readonly message: string; readonly remedy: string } | null;
  readonly wallMs: number;
}

export interface PageKernelCell {
  readonly verdict: FindingKind;
  readonly found: string;
}

export interface PageKernelsClaim extends Difference {
  readonly id: string;
  readonly document: string;
  readonly claim: string;
  /** One for each kernel; null: it failed as a whole. */
  readonly cells: readonly (PageKernelCell | null)[];
}

/** How a rule stands in a release. */
export type PageStanding = DifferingRule['standings'][number];

export interface KernelsPage {
  readonly kind: 'kernels';
  readonly title: string;
  readonly kernels: readonly PageColumn[];
  readonly claims: readonly PageKernelsClaim[];
  readonly rules: readonly DifferingRule[];
  readonly wallMs: number;
}

/** The table of claims and kernels, with a link to the index of each kernel. */
export const kernelsPage = (
  { kernels, claims, rules, wallMs }: KernelsVerdict,
  linkTo: LinkTo = besideIt,
): KernelsPage => ({
  kind: 'kernels',
  title: 'Which documented claims hold on which kernel',
  kernels: kernels.map((kernel) => columnOf(kernel, linkTo)),
  claims: claims.map(claimOf),
  rules,
  wallMs,
});

const columnOf = (each: KernelColumn, linkTo: LinkTo): PageColumn => ({
  name: each.name,
  wallMs: each.wallMs,
  ...(each.kind === 'judged'
    ? {
        href: hrefOf(each.folder, linkTo),
        release: releaseWords(each),
        totals: each.totals,
        machines: each.machines,
        otherwise: each.otherwise,
        failure: null,
      }
    : {
        href: null,
        release: null,
        totals: null,
        machines: null,
        otherwise: [],
        failure: each.error,
      }),
});

const claimOf = ({ cells, ...claim }: KernelsClaim): PageKernelsClaim => ({
  id: claim.id,
  document: claim.document,
  claim: claim.claim,
  differs: claim.differs,
  explanation: claim.explanation,
  unexplained: claim.unexplained,
  cells: cells.map((cell) => cellOf(cell, claim)),
});

const cellOf = (cell: KernelCell | null, claim: Pick<KernelsClaim, 'id'>): PageKernelCell | null =>
  cell === null ? null : { verdict: cell.verdict, found: foundIn(cell, claim) };
