import type { Finding, KernelRule } from '../domain/verdict.ts';
import type { PageClaim, PageFinding, RunPage } from '../report/page/page-model.ts';
import { facts, folded, h, section } from './dom.ts';
import { verdictBadge } from './headline-view.ts';
import type { Language } from './language.ts';

/** Nothing older was read, so a rule that is there already may be older. */
const OLDEST_READ = '2.6.32';

export function ruleText(
  { id, statement, since, commit }: KernelRule,
  { words, rule }: Language,
): string {
  const release = since === OLDEST_READ ? `${since} ${words.orOlder}` : since;
  const by = commit === null ? '' : `, ${words.commit} ${commit}`;
  return `${rule(id, statement)} (${words.linux} ${release}${by})`;
}

export function claimsSection({ claims, unexercised }: RunPage, language: Language): HTMLElement {
  const { words } = language;
  return section(
    'claims',
    words.sections.claims,
    documentsHint([...claims, ...unexercised], language),
    ...claims.map(({ id, document, claim, finding }) =>
      h(
        'article',
        { class: `claim ${finding.kind}` },
        claimHead({ id, document, claim }, finding.kind, language),
        findingFacts(finding, document, language),
      ),
    ),
    ...unexercised.map(({ id, claim, reason }) =>
      h(
        'article',
        { class: 'claim untested' },
        h(
          'h3',
          {},
          verdictBadge('untested', language),
          ' ',
          h('code', {}, id),
          ` ${language.claim(id, claim)}`,
        ),
        h('p', { class: 'dim' }, language.sentence(reason)),
      ),
    ),
  );
}

/** Which documents are meant by the numbers; null: none. */
function documentsHint(
  claims: readonly { readonly id: string }[],
  language: Language,
): HTMLElement | null {
  const { words } = language;
  const documents = [...new Set(claims.map(({ id }) => id.slice(0, 3)))].filter(isDocument);
  if (documents.length === 0) return null;
  const heads = documents.map((document) => documentHead(document, language));
  return h('p', { class: 'dim' }, [words.claimsHint, ...heads].join(words.fullStop));
}

/** Its number and what it is about. */
export const documentHead = (document: string, { words }: Language): string =>
  `${words.document} ${document}${words.colon}${words.subjects[document] ?? ''}`;

/** Claims about the kernel's own rules, or about a reader's own server, stand in no document. */
export const isDocument = (document: string): boolean => /^\d/.test(document);

function claimHead(
  { id, document, claim }: Pick<PageClaim, 'id' | 'document' | 'claim'>,
  kind: PageClaim['verdict'],
  language: Language,
): HTMLElement {
  const where = isDocument(document) ? `${language.words.document} ${document}` : document;
  return h(
    'h3',
    {},
    verdictBadge(kind, language),
    ' ',
    h('code', { title: where }, id),
    ` ${language.claim(id, claim)}`,
  );
}

function findingFacts(finding: Finding, document: string, language: Language): HTMLElement {
  const { words, sentence } = language;
  const says = isDocument(document) ? words.documentSays : words.expected;
  const found: readonly (readonly [string, string])[] =
    finding.kind === 'inconclusive'
      ? [
          [words.undecided, sentence(finding.reason)],
          [words.remedy, sentence(finding.remedy)],
        ]
      : [
          [says, sentence(finding.documented)],
          [words.measured, sentence(finding.observed)],
        ];
  const rule =
    finding.kind === 'outdated' ? [[words.rule, ruleText(finding.rule, language)] as const] : [];
  const testimonies = finding.testimonies.map(
    ({ witness, says: said }) => [words.witnesses[witness], language.sentence(said)] as const,
  );
  return h(
    'div',
    {},
    facts([...found, ...rule]),
    testimonies.length === 0
      ? null
      : folded(`${words.evidence} (${testimonies.length})`, facts(testimonies)),
  );
}

/** A claim with what several runs, or phases, found about it. */
export function foundClaim(claim: PageClaim, language: Language): HTMLElement {
  return h(
    'article',
    { class: `claim ${claim.verdict}`, 'data-verdict': claim.verdict },
    claimHead(claim, claim.verdict, language),
    h(
      'ul',
      { class: 'findings' },
      ...claim.findings.map((finding) => findingItem(finding, language)),
    ),
  );
}

function findingItem(
  { label, href, verdict, says, rule }: PageFinding,
  language: Language,
): HTMLElement {
  const named = language.words.roles[label] ?? label;
  const name = href === null ? h('span', {}, named) : h('a', { href }, named);
  return h(
    'li',
    {},
    verdictBadge(verdict, language),
    ' ',
    label === '' ? null : name,
    ` ${language.sentence(says)}`,
    rule === null
      ? null
      : h('span', { class: 'dim' }, ` ${language.words.rule}: ${ruleText(rule, language)}`),
  );
}
