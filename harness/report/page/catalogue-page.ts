import type { FindingKind, KernelRule } from '../../domain/verdict.ts';
import type { CataloguePage, PageClaim, PageKernel } from './page-model.ts';

/** What verify.json says of a claim; its schema only grows, so stored ones of any age fit. */
interface ClaimJson {
  readonly id: string;
  readonly document: string;
  readonly claim: string;
  readonly verdict: FindingKind;
  readonly reason: string | null;
  readonly observed: string | null;
  readonly findings: readonly {
    readonly scenario: string;
    readonly variant: string;
    readonly verdict: FindingKind;
    readonly observed: string | null;
    readonly reason: string | null;
    readonly rule: KernelRule | null;
    readonly runFolder: string | null;
  }[];
}

export interface CatalogueJson {
  readonly schemaVersion: 1;
  readonly kernel: PageKernel;
  readonly claims: readonly ClaimJson[];
  readonly scenarios: readonly object[];
  readonly totals: Readonly<Record<FindingKind, number>>;
  readonly wallMs: number;
}

export const PAGE_FILE = 'report.html';

/** From the page of many runs to that of the run whose folder has this name; null: it has none. */
export type LinkTo = (folderName: string) => string | null;

/** To a page in a folder beside the page of all. */
export const besideIt: LinkTo = (folderName) => `${encodeURIComponent(folderName)}/${PAGE_FILE}`;

/** The last part of a folder's path is its name. */
export function hrefOf(runFolder: string | null, linkTo: LinkTo): string | null {
  const name = runFolder?.split('/').at(-1);
  return name === undefined || name === '' ? null : linkTo(name);
}

const WORST_FIRST: readonly FindingKind[] = [
  'contradicted',
  'inconclusive',
  'outdated',
  'confirmed',
];

/** The index of all claims, from the plain data of `verify`. */
export const cataloguePage = (json: CatalogueJson, linkTo = besideIt): CataloguePage => ({
  kind: 'catalogue',
  title: 'Which documented claims hold on this kernel',
  verdict: WORST_FIRST.find((kind) => json.totals[kind] > 0) ?? 'inconclusive',
  kernel: json.kernel,
  totals: json.totals,
  claims: json.claims.map((claim) => claimOf(claim, linkTo)),
  runs: json.scenarios.length,
  wallMs: json.wallMs,
});

const claimOf = (
  { id, document, claim, verdict, findings, ...own }: ClaimJson,
  linkTo: LinkTo,
): PageClaim => ({
  ...{ id, document, claim, verdict },
  findings:
    findings.length === 0
      ? [{ label: '', href: null, verdict, says: saysOf(own), rule: null }]
      : findings.map((finding) => ({
          label: [finding.scenario, finding.variant].filter((word) => word !== '').join('/'),
          href: hrefOf(finding.runFolder, linkTo),
          verdict: finding.verdict,
          says: saysOf(finding),
          rule: finding.rule,
        })),
});

const saysOf = ({ observed, reason }: Pick<ClaimJson, 'observed' | 'reason'>): string =>
  observed ?? reason ?? '';
