import type { PageKernel } from '../report/page/page-model.ts';
import { h } from './dom.ts';
import type { Language } from './language.ts';

export type Kind = 'confirmed' | 'outdated' | 'contradicted' | 'inconclusive' | 'untested';

export const verdictBadge = (kind: Kind, { words }: Language): HTMLElement =>
  h('span', { class: `verdict ${kind}` }, words.verdicts[kind]);

export function headline(
  title: string,
  verdict: Exclude<Kind, 'untested'>,
  details: readonly string[],
  { reason, language }: { readonly reason: string; readonly language: Language },
): HTMLElement {
  const { words } = language;
  // A reason says the same as the meaning, and of which claims.
  const why = reason === '' ? words.verdictMeanings[verdict] : language.sentence(reason);
  return h(
    'div',
    { class: 'headline' },
    h('h1', {}, title),
    verdictLine(verdict, why, language),
    h('p', { class: 'dim' }, details.filter((detail) => detail !== '').join(' · ')),
  );
}

export const verdictLine = (kind: Kind, why: string, language: Language): HTMLElement =>
  h('p', { class: 'verdict-line' }, verdictBadge(kind, language), ` ${why}`);

export const kernelWords = (kernel: PageKernel | null): string =>
  kernel === null ? '' : `Linux ${kernel.release} (${kernel.architecture}, ${kernel.distribution})`;
