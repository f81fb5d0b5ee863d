/** What the reports of a catalogue say alike. */
import type { CatalogueClaim, CatalogueVerdict, StatedClaim } from '../domain/catalogue.ts';
import type { Finding, FindingKind } from '../domain/verdict.ts';
import { predictionClaim } from '../verdict/judge.ts';
import { ruleWords } from './claims-section.ts';
import { count, duration } from './words.ts';

/** From best to worst, as totals are told. */
export const KINDS: readonly FindingKind[] = [
  'confirmed',
  'outdated',
  'contradicted',
  'inconclusive',
];

/** Where there is no room for the word. */
export const MARKS: Readonly<Record<FindingKind, string>> = {
  confirmed: '✓',
  outdated: '↻',
  contradicted: '✗',
  inconclusive: '?',
};

/** What each document is about, in a few words. */
const TITLES: Readonly<Record<string, string>> = {
  '000': 'half-open connections after an RPC provider restarts',
  '001': 'full accept queue, four clients and Tomcat',
  '002': "queue lengths and Node's default backlog",
  '003': 'short connections and somaxconn',
  '004': 'a server that closes on its own',
  [predictionClaim.document]: 'what the kernel does beside the documents',
};

export interface DocumentGroup<Claim = CatalogueClaim> {
  readonly document: string;
  readonly title: string;
  readonly claims: readonly Claim[];
}

/** The claims by document, in the order in which they come. */
export function byDocument<Claim extends StatedClaim>({
  claims,
}: {
  readonly claims: readonly Claim[];
}): readonly DocumentGroup<Claim>[] {
  const documents = [...new Set(claims.map(({ document }) => document))];
  return documents.map((document) => ({
    document,
    title: TITLES[document] ?? '',
    claims: claims.filter((claim) => claim.document === document),
  }));
}

/** What was found about a claim, in one line; empty where nothing was. */
export function foundWords({ finding, findings }: CatalogueClaim): string {
  if (finding.kind === 'inconclusive') return '';
  const others = findings.length > 1 ? ` (${count(findings.length, 'run')})` : '';
  return `${finding.observed}${others}`;
}

/** The findings that make a claim's verdict what it is. */
export function decisive({ finding, findings }: CatalogueClaim): readonly Finding[] {
  if (findings.length === 0) return [finding];
  return findings.map((found) => found.finding).filter(({ kind }) => kind === finding.kind);
}

export const kernelWords = ({ kernel }: CatalogueVerdict): string =>
  `Linux ${kernel.release} (${kernel.architecture}, ${kernel.distribution})`;

/** `24 confirmed, 11 outdated`: what there is none of is left out. */
export const totalsWords = ({ totals }: Pick<CatalogueVerdict, 'totals'>): string =>
  KINDS.filter((kind) => totals[kind] > 0)
    .map((kind) => `${totals[kind]} ${kind}`)
    .join(', ');

export function timeWords({ outcomes, wallMs, longestScenarioMs }: CatalogueVerdict): string {
  const longest = outcomes.find(({ tookMs }) => tookMs === longestScenarioMs);
  if (longest === undefined) return `No run took place in ${duration(wallMs)}.`;
  const ratio = (wallMs / Math.max(1, longestScenarioMs)).toFixed(2);
  return `${count(outcomes.length, 'run')} in ${duration(wallMs)}, ${ratio} times the longest (${longest.run.label}, ${duration(longestScenarioMs)}).`;
}

/**
 * Rules that this kernel follows although its release does not suggest them, one sentence each:
 * distributions carry later rules back, and leave some out.
 */
export function backportWords({ claims, kernel }: CatalogueVerdict): readonly string[] {
  const findings = claims
    .filter(({ id }) => id === predictionClaim.id)
    .flatMap((claim) => claim.findings.map(({ finding }) => finding));
  const rules = findings.flatMap((finding) =>
    finding.kind === 'outdated' ? [ruleWords(finding.rule)] : [],
  );
  return [...new Set(rules)].map(
    (rule) =>
      `Linux ${kernel.release} behaves otherwise than its release suggests (a backport, or one that is missing): ${rule}.`,
  );
}

/** One sentence for each pair of claims that contradict each other, with what was found. */
export const disagreementWords = ({ disagreements, claims }: CatalogueVerdict): readonly string[] =>
  disagreements.map(({ about, claims: ids }) => {
    const concerned = claims.filter(({ id }) => ids.includes(id));
    const documents = [...new Set(concerned.map(({ document }) => document))].join(' and ');
    const said = concerned.map(({ id, claim, kind }) => `${id} (${kind}): ${claim}`).join(' ');
    return `Documents ${documents} disagree about ${about}. ${said}`;
  });
