/** What stays on the terminal when the demo is over. */
import { type DemoState, trialAt } from './demo-state.ts';
import { textColumns } from './look.ts';
import { summaryLines } from './other-pages.ts';
import { factsOf, parametersOf } from './parameters.ts';
import { STEPS } from './steps.ts';
import { type DemoTexts, TEXTS } from './texts/texts.ts';
import { hangingText, wrapText } from './wrap-text.ts';

/** Where somebody left, and how to go on. */
export function farewell(state: DemoState): readonly string[] {
  const { end } = TEXTS[state.language];
  const columns = textColumns(state.look);
  const runs = state.trials.filter(({ outcome }) => outcome?.kind === 'judged').length;
  const step = state.step + 1;
  const isOver = state.view === 'end';
  return [
    ...wrapText(end.left(step, STEPS.length, runs), columns),
    ...(isOver ? [] : wrapText(end.goOn(`npm run demo -- --step ${step}`), columns)),
  ];
}

/** Of each step that was played: the question, what happened, and the verdict. */
export function played(state: DemoState): readonly string[] {
  const texts = TEXTS[state.language];
  const indexes = [...STEPS.keys()].filter((index) => trialAt(state, index).outcome !== null);
  return [
    ...wrapText(texts.end.introduction, textColumns(state.look)),
    ...indexes.flatMap((index) => playedStep(index, state, texts)),
  ];
}

function playedStep(index: number, state: DemoState, texts: DemoTexts): readonly string[] {
  const step = STEPS[index];
  if (step === undefined) return [];
  const { wishes } = trialAt(state, index);
  const question = texts.steps[step.id].question(factsOf(parametersOf(step, wishes)));
  const below = hangingText('    ', question, textColumns(state.look));
  return [...summaryLines(step, index, state, texts), ...below.map(state.look.style.dim)];
}
