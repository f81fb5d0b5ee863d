import type { DemoEffect, DemoEvent, DemoState } from '../demo/demo-state.ts';
import { draw, pageOf } from '../demo/draw.ts';
import { reduce } from '../demo/reduce.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { type DemoRuns, demoRuns } from './demo-runs.ts';
import type { DemoScreen } from './demo-screen.ts';

/** The demo while it lasts: events in, pages and effects out. */
export interface DemoShowing extends Disposable {
  readonly state: () => DemoState;
  readonly dispatch: (event: DemoEvent) => void;
  readonly runs: DemoRuns;
  /** Resolves when somebody leaves: whether by Ctrl-C. */
  readonly left: Promise<boolean>;
}

export function startShowing(first: DemoState, sandbox: Sandbox, screen: DemoScreen): DemoShowing {
  let leave: (interrupted: boolean) => void = () => undefined;
  const left = new Promise<boolean>((resolve) => {
    leave = resolve;
  });
  let state = first;
  const dispatch = (event: DemoEvent): void => {
    const [next, effects] = reduce(state, event);
    state = next;
    screen.show(draw(state));
    effects.forEach(carryOut);
  };
  const runs = demoRuns(sandbox, {
    progress: (run, elapsedMs) => dispatch({ kind: 'progress', run, elapsedMs }),
    ended: (run, outcome) => dispatch({ kind: 'ended', run, outcome }),
  });
  const carryOut = (effect: DemoEffect): void => {
    if (effect.kind === 'run') runs.start(effect);
    else if (effect.kind === 'cancel') runs.cancel();
    else leave(effect.interrupted);
  };
  screen.show(draw(state));
  return {
    state: () => state,
    dispatch,
    runs,
    left,
    [Symbol.dispose]: () => runs[Symbol.dispose](),
  };
}

/** Nothing follows: the end of the workshop, or of the only step that is played. */
export function isOver(state: DemoState, only: boolean): boolean {
  if (state.leaving || state.view === 'end') return true;
  return only && state.view === 'result' && state.screen + 1 >= pageOf(state).length;
}
