import type { RunPage } from '../report/page/page-model.ts';
import { h, section } from './dom.ts';
import { ladderSvg } from './ladder-view.ts';
import type { Language } from './language.ts';

/** As wide as a sheet of A4 between its margins. */
export const PAPER_PX = 640;

/** On paper nothing can be chosen, so one ladder of each outcome is there. */
export function printedLadders({ ladders, printed }: RunPage, language: Language): HTMLElement {
  const { words } = language;
  const shown = ladders.filter(({ client }) => printed.includes(client));
  const element = section(
    'printed-ladders',
    words.sections.ladder,
    ...shown.map((ladder) =>
      h(
        'figure',
        {},
        h('figcaption', {}, words.ladderOf(ladder.client)),
        ladderSvg(ladder, { widthPx: PAPER_PX, pxPerSecond: 0, language }),
      ),
    ),
  );
  element.classList.add('print-only');
  return element;
}
