import type { DemoState } from './demo-state.ts';
import { trialAt } from './demo-state.ts';
import { textColumns } from './look.ts';
import { factsOf, parametersOf } from './parameters.ts';
import { queuesPicture } from './queues-picture.ts';
import type { Block } from './screens.ts';
import { CHOICES, type DemoStep, type Facts } from './step.ts';
import type { DemoTexts } from './texts/texts.ts';
import { hangingText, wrapText } from './wrap-text.ts';

/** What one has to know, where the experiment begins, and the question. */
export function introductionPage(
  step: DemoStep,
  state: DemoState,
  texts: DemoTexts,
): readonly Block[] {
  const { look } = state;
  const { wishes } = trialAt(state, state.step);
  const facts = factsOf(parametersOf(step, wishes));
  const columns = textColumns(look);
  const { moment, synQueue, acceptQueue, hidesPlaces } = step.before(facts);
  const before = { synQueue, acceptQueue, places: hidesPlaces ? undefined : facts.places };
  return [
    ...texts.steps[step.id].introduction(facts).map((text) => wrapText(text, columns)),
    [look.style.bold(texts.page.pictureOf[moment]), ...queuesPicture(before, texts.queues, look)],
    questionBlock(step, facts, state, texts),
  ];
}

function questionBlock(step: DemoStep, facts: Facts, { look }: DemoState, texts: DemoTexts): Block {
  const { question, choices } = texts.steps[step.id];
  const columns = textColumns(look);
  const offered = choices(facts);
  return [
    look.style.bold(texts.page.question),
    ...wrapText(question(facts), columns).map(look.style.cyan),
    ...CHOICES.flatMap((choice) => hangingText(`  ${choice + 1}  `, offered[choice], columns)),
    ...(look.keys ? wrapText(texts.page.chooseNow, columns).map(look.style.dim) : []),
  ];
}
