import { type DemoEffect, type DemoState, type Trial, trialAt } from './demo-state.ts';

/** A new state, and what has to be done. */
export type Reduced = readonly [DemoState, readonly DemoEffect[]];

export const unchanged = (state: DemoState): Reduced => [state, []];

export const isUnderWay = ({ view }: DemoState): boolean => view === 'running';

/** What is known of the step at hand is no longer what it was. */
export const withTrial = (state: DemoState, trial: Partial<Trial>): DemoState => ({
  ...state,
  trials: state.trials.map((old, index) => (index === state.step ? { ...old, ...trial } : old)),
});

/** The run of the step at hand; what an earlier one came to is forgotten. */
export function startRun(state: DemoState): Reduced {
  const run = state.run + 1;
  const { wishes } = trialAt(state, state.step);
  const started = withTrial(state, { outcome: null });
  return [
    { ...started, view: 'running', screen: 0, run, elapsedMs: 0 },
    [{ kind: 'run', run, step: state.step, wishes }],
  ];
}
