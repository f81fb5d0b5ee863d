import { viewClients } from '../report/client-views.ts';
import { answerOf, isRight } from './answer.ts';
import { type DemoState, type Outcome, type Trial, trialAt } from './demo-state.ts';
import { documentBlocks } from './document-blocks.ts';
import { evidenceBlocks } from './evidence-blocks.ts';
import { tallyOf } from './facts-of-run.ts';
import { textColumns } from './look.ts';
import { commandOf, factsOf, parametersOf } from './parameters.ts';
import type { Result } from './result.ts';
import type { Block } from './screens.ts';
import type { DemoStep } from './step.ts';
import type { DemoTexts } from './texts/texts.ts';
import { hangingText, wrapText } from './wrap-text.ts';

/** What the run answered, why, what shows it, and which document says so. */
export function resultPage(
  step: DemoStep,
  outcome: Outcome,
  state: DemoState,
  texts: DemoTexts,
): readonly Block[] {
  const columns = textColumns(state.look);
  const trial = trialAt(state, state.step);
  if (outcome.kind === 'failed') {
    return [
      wrapText(texts.result.failed(outcome.message), columns).map(state.look.style.red),
      wrapText(texts.result.remedy(outcome.remedy), columns),
    ];
  }
  const { input } = outcome;
  const facts = factsOf(input.seen.plan.parameters);
  const answer = answerOf(step, input.seen, facts);
  const result: Result = { step, facts, input, answer, state, texts, columns };
  return [
    ...warningBlocks(result),
    answerBlock(trial, result),
    ...explanationBlocks(result),
    ...evidenceBlocks(result),
    ...documentBlocks(result),
    [
      state.look.style.bold(texts.result.again),
      ...wrapText(commandOf(step, trial.wishes), columns - 2).map((line) => `  ${line}`),
    ],
  ];
}

/** A run that decides nothing must not look as if it did. */
function warningBlocks({ input: { verdict }, state, texts, columns }: Result): readonly Block[] {
  if (verdict.kind !== 'inconclusive') return [];
  const { yellow } = state.look.style;
  return [wrapText(texts.result.inconclusive(verdict.reason), columns).map(yellow)];
}

function answerBlock({ chosen }: Trial, result: Result): Block {
  const { step, facts, input, answer, state, texts, columns } = result;
  const { bold, green, red } = state.look.style;
  const choices = texts.steps[step.id].choices(facts);
  const words = texts.result;
  const right = isRight(step, facts, chosen, answer);
  const judged = answer.choice === null ? '' : right ? green(words.right) : red(words.wrong);
  const said =
    chosen === null ? [] : [...wrapText(words.youSaid(choices[chosen]), columns), judged];
  const kernel = input.seen.surroundings.kernelRelease;
  const did =
    answer.choice === null
      ? undecidedLines(result)
      : [
          ...wrapText(words.kernelDid(kernel, choices[answer.choice]), columns).map(bold),
          ...wrapText(words.soSay(answer.witnesses.map((each) => words.witness[each])), columns),
        ];
  const tally = words.tally(tallyOf(input.seen, viewClients(input.seen)));
  return [...said.filter((line) => line !== ''), ...did, ...wrapText(tally, columns)];
}

/** Who says what, where they do not say the same. */
function undecidedLines({ step, facts, answer, state, texts, columns }: Result): Block {
  const choices = texts.steps[step.id].choices(facts);
  const words = texts.result;
  return [
    ...wrapText(words.undecided, columns).map(state.look.style.yellow),
    ...answer.said.flatMap(({ witness, says }) => {
      const heard =
        says === undefined
          ? words.noStatement
          : says === 'something else'
            ? words.somethingElse
            : choices[says];
      return hangingText('  ', words.saysChoice(words.witness[witness], heard), columns);
    }),
  ];
}

/** The explanation stands for what the step expects; on a kernel that does otherwise it says so. */
function explanationBlocks({
  step,
  facts,
  answer,
  state,
  texts,
  columns,
}: Result): readonly Block[] {
  const { explanation, choices } = texts.steps[step.id];
  const expected = step.expects(facts);
  const paragraphs = explanation.map((text) => wrapText(text, columns));
  const words = texts.result;
  if (answer.choice === expected) {
    const own = factsOf(parametersOf(step, {}));
    const isAboutThese = step.expects(own) === expected;
    const about = wrapText(words.otherNumbers(own.backlog, own.clients), columns);
    return [isAboutThese ? [] : about.map(state.look.style.yellow), ...paragraphs];
  }
  const otherwise =
    answer.choice === null
      ? []
      : wrapText(words.otherwise(choices(facts)[expected]), columns).map(state.look.style.yellow);
  return [otherwise, [state.look.style.dim(words.expectedBecause)], ...paragraphs];
}
