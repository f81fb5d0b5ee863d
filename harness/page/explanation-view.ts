/** Why clients timed out, for somebody who knows a handshake and no queue. */
import type { OverflowExplanation } from '../report/page/overflow-explanation.ts';
import { h, section } from './dom.ts';
import type { Language } from './language.ts';

export function explanationSection(
  overflow: OverflowExplanation,
  { words: { explanation } }: Language,
): HTMLElement {
  return section(
    'explanation',
    explanation.title(overflow),
    overflow.drawn === null ? null : queueDrawing(overflow, overflow.drawn, explanation),
    h(
      'ol',
      { class: 'explained' },
      h('li', {}, explanation.queue),
      h('li', {}, explanation.places(overflow)),
      h('li', {}, explanation.refusal(overflow)),
      h('li', {}, explanation.end(overflow)),
    ),
  );
}

/** The places with who has them, and who found none. The sentences say the same. */
const queueDrawing = (
  overflow: OverflowExplanation,
  { waiting, refused }: NonNullable<OverflowExplanation['drawn']>,
  { drawing, client, noPlace }: Language['words']['explanation'],
): HTMLElement =>
  h(
    'p',
    { class: 'queue', 'aria-hidden': 'true' },
    h('span', { class: 'dim' }, drawing(overflow)),
    ...waiting.map((number) => h('span', { class: 'seat' }, client(number))),
    h('span', { class: 'dim' }, noPlace),
    ...refused.map((number) => h('span', { class: 'seat none' }, `✗ ${client(number)}`)),
  );
