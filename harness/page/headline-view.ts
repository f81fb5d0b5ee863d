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
  return h(
    'div',
    { class: 'headline' },
    h('h1', {}, title),
    h(
      'p',
      { class: 'verdict-line' },
      verdictBadge(verdict, language),
      ' ',
      // A reason says the same, and of which claims.
      reason === '' ? words.verdictMeanings[verdict] : language.sentence(reason),
    ),
    h('p', { class: 'dim' }, details.filter((detail) => detail !== '').join(' · ')),
  );
}

export const kernelWords = (kernel: PageKernel | null): string =>
  kernel === null ? '' : `Linux ${kernel.release} (${kernel.architecture}, ${kernel.distribution})`;
