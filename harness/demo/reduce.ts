/** What a key, or news of a run, changes. Nothing happens here: effects are only named. */
import { type DemoEvent, type DemoState, type Trial, trialAt } from './demo-state.ts';
import { pageOf, screensBelow } from './draw.ts';
import type { Look } from './look.ts';
import { reduceAsking } from './reduce-asking.ts';
import { CHOICES, type Choice } from './step.ts';
import { STEPS } from './steps.ts';
import type { Language } from './texts/texts.ts';
import { isUnderWay, type Reduced, startRun, unchanged, withTrial } from './transitions.ts';

export function firstState(
  look: Look,
  language: Language,
  kernel: string,
  step: number,
): DemoState {
  return {
    look,
    language,
    kernel,
    step,
    view: 'introduction',
    screen: 0,
    help: false,
    asking: null,
    trials: STEPS.map((): Trial => ({ wishes: {}, chosen: null, outcome: null })),
    run: 0,
    elapsedMs: 0,
    leaving: false,
  };
}

export function reduce(state: DemoState, event: DemoEvent): Reduced {
  switch (event.kind) {
    case 'resized':
      return unchanged(resized(state, event));
    case 'progress':
      return unchanged(event.run === state.run ? { ...state, elapsedMs: event.elapsedMs } : state);
    case 'ended':
      return unchanged(event.run === state.run ? ended(state, event) : state);
    case 'key':
      return pressed(state, event.key);
  }
}

/** The screens are other ones now; the reader stays about where they were. */
function resized(
  state: DemoState,
  { columns, rows }: Extract<DemoEvent, { kind: 'resized' }>,
): DemoState {
  const share = state.screen / screensBelow(state);
  const next = { ...state, look: { ...state.look, columns, rows } };
  return { ...next, screen: Math.floor(share * screensBelow(next)) };
}

function ended(state: DemoState, { outcome }: Extract<DemoEvent, { kind: 'ended' }>): DemoState {
  if (state.view !== 'running') return state;
  return { ...withTrial(state, { outcome }), view: 'result', screen: 0 };
}

function pressed(state: DemoState, key: string): Reduced {
  if (key === 'ctrl-c') return left(state, true);
  if (state.leaving) return unchanged(state);
  if (key === 'q') return left(state, false);
  // Nobody is there to answer what a stray key asks.
  if (!state.look.keys && key !== 'n') return unchanged(state);
  if (state.asking !== null) return reduceAsking(state, state.asking, key);
  if (state.help) return unchanged({ ...state, help: false });
  return KEYS[key]?.(state) ?? unchanged(state);
}

/** Leaving twice ends a run that does not end politely, also one that was cancelled before. */
function left(state: DemoState, interrupted: boolean): Reduced {
  const cancels = isUnderWay(state) || state.leaving;
  return [
    { ...state, leaving: true, screen: 0 },
    [...(cancels ? [{ kind: 'cancel' } as const] : []), { kind: 'quit', interrupted }],
  ];
}

type Press = (state: DemoState) => Reduced;

const KEYS: Readonly<Record<string, Press>> = {
  n: forward,
  right: forward,
  enter: forward,
  ' ': forward,
  p: backward,
  left: backward,
  r: (state) =>
    trialAt(state, state.step).outcome === null || state.view !== 'result'
      ? unchanged(state)
      : startRun(state),
  e: (state) =>
    state.view === 'introduction' || state.view === 'result'
      ? unchanged({
          ...state,
          asking: {
            about: 'backlog',
            typed: '',
            refused: false,
            wishes: trialAt(state, state.step).wishes,
          },
        })
      : unchanged(state),
  g: (state) =>
    isUnderWay(state)
      ? unchanged(state)
      : unchanged({ ...state, asking: { about: 'step', typed: '', refused: false } }),
  l: (state) => unchanged(inOtherLanguage(state)),
  '?': (state) => unchanged({ ...state, help: true }),
  ...Object.fromEntries(
    CHOICES.flatMap((choice) => [
      [`${choice + 1}`, (state: DemoState) => answered(state, choice)],
      ['abc'.charAt(choice), (state: DemoState) => answered(state, choice)],
    ]),
  ),
};

/** A text of the other language may take more screens or fewer. */
function inOtherLanguage(state: DemoState): DemoState {
  const next: DemoState = { ...state, language: state.language === 'en' ? 'zh' : 'en' };
  return { ...next, screen: Math.min(next.screen, screensBelow(next) - 1) };
}

function answered(state: DemoState, chosen: Choice): Reduced {
  return state.view === 'introduction' ? startRun(withTrial(state, { chosen })) : unchanged(state);
}

function forward(state: DemoState): Reduced {
  if (state.view === 'running' || state.view === 'end') return unchanged(state);
  if (state.screen + 1 < pageOf(state).length) {
    return unchanged({ ...state, screen: state.screen + 1 });
  }
  if (state.view === 'introduction') {
    // What has been run need not be run again to be looked at.
    return trialAt(state, state.step).outcome === null
      ? startRun(state)
      : unchanged({ ...state, view: 'result', screen: 0 });
  }
  return unchanged(
    state.step + 1 < STEPS.length
      ? { ...state, step: state.step + 1, view: 'introduction', screen: 0 }
      : { ...state, view: 'end', screen: 0 },
  );
}

function backward(state: DemoState): Reduced {
  if (state.view === 'running') {
    return [
      lastScreen({ ...state, view: 'introduction', run: state.run + 1 }),
      [{ kind: 'cancel' }],
    ];
  }
  if (state.screen > 0) return unchanged({ ...state, screen: state.screen - 1 });
  return unchanged(pageBefore(state));
}

function pageBefore(state: DemoState): DemoState {
  if (state.view === 'result') return lastScreen({ ...state, view: 'introduction' });
  const step = state.view === 'end' ? state.step : state.step - 1;
  if (step < 0) return state;
  const view = trialAt(state, step).outcome === null ? 'introduction' : 'result';
  return lastScreen({ ...state, step, view });
}

const lastScreen = (state: DemoState): DemoState => ({
  ...state,
  screen: pageOf({ ...state, screen: 0 }).length - 1,
});
