/** The pages that are not about one step's content: waiting, keys, questions, the end. */
import { colouredVerdict } from '../report/headline-section.ts';
import { padded } from '../report/layout.ts';
import { answerOf } from './answer.ts';
import { type Asking, type DemoState, trialAt } from './demo-state.ts';
import { verdictOf } from './document-blocks.ts';
import { textColumns } from './look.ts';
import { commandOf, factsOf, MOST_WISHED, parametersOf } from './parameters.ts';
import type { Block } from './screens.ts';
import type { DemoStep } from './step.ts';
import { STEPS } from './steps.ts';
import type { DemoTexts } from './texts/texts.ts';
import { hangingText, wrapText } from './wrap-text.ts';

export function runningPage(step: DemoStep, state: DemoState, texts: DemoTexts): readonly Block[] {
  const { look, kernel, elapsedMs } = state;
  const columns = textColumns(look);
  const { wishes, chosen } = trialAt(state, state.step);
  const facts = factsOf(parametersOf(step, wishes));
  const words = texts.page;
  // Where pages are not redrawn, a number that changes would be a page of its own each time.
  const elapsed = look.redraws ? [words.elapsed((elapsedMs / 1_000).toFixed(1))] : [];
  return [
    chosen === null
      ? []
      : wrapText(texts.result.youSaid(texts.steps[step.id].choices(facts)[chosen]), columns),
    wrapText(words.running(step.scenario, kernel), columns).map(look.style.bold),
    wrapText(commandOf(step, wishes), columns - 2).map((line) => `  ${line}`),
    [...elapsed, ...(look.keys ? [words.cancelHint] : [])].flatMap((text) =>
      wrapText(text, columns),
    ),
  ];
}

export const leavingPage = ({ look }: DemoState, texts: DemoTexts): readonly Block[] => [
  wrapText(texts.page.stopping, textColumns(look)),
];

export function helpPage({ look }: DemoState, { keys }: DemoTexts): readonly Block[] {
  return [
    [
      look.style.bold(keys.helpTitle),
      ...keys.help.flatMap(([key, does]) =>
        hangingText(`  ${padded(key, KEY_COLUMNS)}`, does, textColumns(look)),
      ),
    ],
  ];
}

const KEY_COLUMNS = 24;

export function askingPage(
  asking: Asking,
  step: DemoStep | undefined,
  { look }: DemoState,
  texts: DemoTexts,
): readonly Block[] {
  const words = texts.ask;
  const columns = textColumns(look);
  const prompt = `${promptOf(asking, step, texts)}: ${asking.typed}${look.plain ? '' : '_'}`;
  if (asking.about === 'step') {
    return [
      [look.style.bold(words.jumpTitle), ...wrapText(prompt, columns)],
      asking.refused ? wrapText(words.jumpOutOfRange(STEPS.length), columns) : [],
      STEPS.flatMap(({ id }, index) =>
        hangingText(`  ${padded(`${index + 1}`, 4)}`, texts.steps[id].title, columns),
      ),
    ];
  }
  return [
    [look.style.bold(words.title)],
    wrapText(prompt, columns),
    asking.refused ? wrapText(words.outOfRange(MOST_WISHED[asking.about]), columns) : [],
    wrapText(words.hint, columns).map(look.style.dim),
  ];
}

function promptOf(asking: Asking, step: DemoStep | undefined, { ask }: DemoTexts): string {
  if (asking.about === 'step' || step === undefined) return ask.jump;
  const now = parametersOf(step, asking.wishes);
  return ask[asking.about](now[asking.about], MOST_WISHED[asking.about]);
}

/** One line for each step: what its run answered, and the verdict. */
export function endPage(state: DemoState, texts: DemoTexts): readonly Block[] {
  const columns = textColumns(state.look);
  return [
    wrapText(texts.end.introduction, columns),
    STEPS.flatMap((step, index) => summaryLines(step, index, state, texts)),
    texts.end.next.flatMap((text) => wrapText(text, columns)),
  ];
}

/** What its run answered, and the verdict. */
export function summaryLines(
  step: DemoStep,
  index: number,
  state: DemoState,
  texts: DemoTexts,
): readonly string[] {
  const { style } = state.look;
  const { outcome } = trialAt(state, index);
  const begin = `${`${index + 1}`.padStart(2)}  `;
  const { title } = texts.steps[step.id];
  const columns = textColumns(state.look);
  if (outcome?.kind !== 'judged') {
    return hangingText(begin, texts.end.line(title, texts.end.notRun, ''), columns).map((line) =>
      style.dim(line.trimEnd()),
    );
  }
  const { seen, verdict } = outcome.input;
  const facts = factsOf(seen.plan.parameters);
  const { choice } = answerOf(step, seen, facts);
  const did =
    choice === null ? texts.result.noStatement : texts.steps[step.id].choices(facts)[choice];
  const kind = verdictOf(step, verdict);
  const word = texts.result.verdict[kind];
  return hangingText(begin, texts.end.line(title, did, word), columns).map((line) =>
    // The last word is the verdict; the words before it may be on another line.
    line.replace(/[A-Z]{4,}$/, (last) => colouredVerdict(last, kind, style)),
  );
}
