import type { CataloguePage } from '../report/page/page-model.ts';
import { documentHead, foundClaim, isDocument } from './claims-view.ts';
import { h, section } from './dom.ts';
import { headline, kernelWords, verdictBadge } from './headline-view.ts';
import type { Language } from './language.ts';
import type { Reader } from './reader.ts';

const KINDS = ['confirmed', 'outdated', 'contradicted', 'inconclusive'] as const;

/** Every claim, by document, with links to the runs that decided it. */
export function cataloguePage(
  model: CataloguePage,
  language: Language,
  reader: Reader,
): readonly Node[] {
  const { words } = language;
  const { runs, wallMs, kernel, claims } = model;
  const documents = [...new Set(claims.map(({ document }) => document))];
  const sections = documents.map((document) =>
    section(
      `document-${document.replaceAll(' ', '-')}`,
      isDocument(document) ? documentHead(document, language) : language.sentence(document),
      ...claims
        .filter((claim) => claim.document === document)
        .map((claim) => foundClaim(claim, language)),
    ),
  );
  return [
    headline(
      language.title('catalogue', model.title),
      model.verdict,
      [kernelWords(kernel), words.runs(runs, (wallMs / 1_000).toFixed(1))],
      { reason: '', language },
    ),
    totals(model, sections, { language, reader }),
    ...sections,
  ];
}

/** The totals are the filter, too. */
function totals(
  { totals: numbers }: CataloguePage,
  sections: readonly HTMLElement[],
  { language, reader: { hidden } }: { readonly language: Language; readonly reader: Reader },
): HTMLElement {
  const show = (): void => {
    for (const each of sections) {
      const claims = [...each.querySelectorAll<HTMLElement>('article')];
      for (const claim of claims) claim.hidden = hidden.has(claim.dataset['verdict'] ?? '');
      each.hidden = claims.every((claim) => claim.hidden);
    }
  };
  show();
  return h(
    'div',
    { class: 'totals', role: 'group', 'aria-label': language.words.result },
    ...KINDS.map((kind) => {
      const box = h('input', { type: 'checkbox', checked: !hidden.has(kind), value: kind });
      box.addEventListener('change', () => {
        if (box.checked) hidden.delete(kind);
        else hidden.add(kind);
        show();
      });
      return h('label', {}, box, ` ${numbers[kind]} `, verdictBadge(kind, language));
    }),
  );
}
