import { type DemoState, trialAt } from './demo-state.ts';
import { introductionPage } from './introduction-page.ts';
import { askingPage, endPage, helpPage, leavingPage, runningPage } from './other-pages.ts';
import { resultPage } from './result-page.ts';
import { type Block, type Frame, screensOf } from './screens.ts';
import { STEPS } from './steps.ts';
import { type DemoTexts, TEXTS } from './texts/texts.ts';
import { isUnderWay } from './transitions.ts';

/** The whole page of a state, split into screens of its terminal. At least one. */
export function pageOf(state: DemoState): readonly (readonly string[])[] {
  const texts = TEXTS[state.language];
  return screensOf(blocksOf(state, texts), frameOf(state, texts), state.look);
}

/** How many screens the page has that may lie below help or a question. */
export const screensBelow = (state: DemoState): number =>
  pageOf({ ...state, help: false, asking: null }).length;

/** What the terminal shows now. */
export function draw(state: DemoState): readonly string[] {
  // Only a run takes a while to end; otherwise there is nothing to say.
  if (state.leaving && !isUnderWay(state)) return [];
  const screens = pageOf(state);
  const overlaid = state.help || state.asking !== null;
  const screen = overlaid ? 0 : Math.min(state.screen, screens.length - 1);
  return screens[screen] ?? [];
}

function blocksOf(state: DemoState, texts: DemoTexts): readonly Block[] {
  const step = STEPS[state.step];
  if (state.leaving) return leavingPage(state, texts);
  if (state.help) return helpPage(state, texts);
  if (state.asking !== null) return askingPage(state.asking, step, state, texts);
  if (step === undefined || state.view === 'end') return endPage(state, texts);
  if (state.view === 'running') return runningPage(step, state, texts);
  const { outcome } = trialAt(state, state.step);
  return state.view === 'result' && outcome !== null
    ? resultPage(step, outcome, state, texts)
    : introductionPage(step, state, texts);
}

function frameOf(state: DemoState, texts: DemoTexts): Frame {
  const { page } = texts;
  const step = STEPS[state.step];
  const title =
    step === undefined || state.view === 'end'
      ? texts.end.title
      : page.stepOf(state.step + 1, STEPS.length, texts.steps[step.id].title);
  return {
    title,
    place: (screen, screens) => (screens === 1 ? page.demo : page.screenOf(screen, screens)),
    keys: keysOf(state, texts),
    heading: page.heading,
    heard: heardTitle(state, texts, title),
    more: page.more,
  };
}

/** The title was said when the step began. */
function heardTitle(
  { view, help, asking, leaving }: DemoState,
  { page }: DemoTexts,
  title: string,
) {
  if (help || asking !== null || leaving) return title;
  if (view === 'running') return null;
  return view === 'result' ? page.resultTitle : title;
}

function keysOf({ look, leaving, help, asking, view }: DemoState, { keys }: DemoTexts): string {
  if (leaving || !look.keys) return '';
  if (help) return keys.helpPage;
  return asking === null ? keys[view] : keys.ask;
}
