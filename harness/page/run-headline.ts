/** What happened, in a few sentences, and then what it means for the documents. */
import type { RunPage } from '../report/page/page-model.ts';
import { isDocument } from './claims-view.ts';
import { h } from './dom.ts';
import { kernelWords, verdictLine } from './headline-view.ts';
import type { Language } from './language.ts';

export function runHeadline(model: RunPage, language: Language): HTMLElement {
  const { words, sentence } = language;
  const { verdict } = model;
  const took = model.tookMs === null ? '' : words.took((model.tookMs / 1_000).toFixed(2));
  const details = [
    words.roles[model.phase ?? ''] ?? model.phase ?? '',
    kernelWords(model.kernel),
    model.startedAt,
    took,
  ];
  // A run that could not be judged gives its damage as the reason.
  const problems = model.problems.filter((problem) => !model.reason.includes(problem));
  const judged = verdictLine(verdict, verdictWords(model, language), language);
  // What happened comes first, unless nothing is proven or the kernel surprised everybody.
  const isGood = verdict === 'confirmed' || verdict === 'outdated';
  return h(
    'div',
    { class: 'headline' },
    h('h1', {}, language.title(model.scenario, model.title)),
    isGood ? null : judged,
    h('p', { class: 'story' }, language.story(model.scenario, model.story)),
    ...model.inShort.map((text) => h('p', { class: 'in-short' }, sentence(text))),
    ...problems.map((problem) => h('p', { class: 'problem' }, sentence(problem))),
    isGood ? judged : null,
    h('p', { class: 'dim' }, details.filter((detail) => detail !== '').join(' · ')),
  );
}

/** What is outdated are statements, not the run. */
function verdictWords({ verdict, reason, claims }: RunPage, language: Language): string {
  const { words } = language;
  const stated = claims.filter(({ document }) => isDocument(document));
  const idsOf = (kind: string): readonly string[] =>
    stated.filter(({ finding }) => finding.kind === kind).map(({ id }) => id);
  const outdated = idsOf('outdated');
  if (verdict === 'outdated' && outdated.length > 0) {
    return words.outdatedClaims(outdated, stated.length, idsOf('confirmed').length);
  }
  return reason === '' ? words.verdictMeanings[verdict] : language.sentence(reason);
}

/** Leads to the parts of the page. */
export const jumpLinks = (sections: readonly HTMLElement[], { words }: Language): HTMLElement =>
  h(
    'nav',
    { class: 'jump no-print', 'aria-label': words.jump },
    h('span', { class: 'dim' }, words.jump),
    ...sections.map(({ id, firstElementChild }) =>
      h('a', { href: `#${id}` }, firstElementChild?.textContent ?? id),
    ),
  );
