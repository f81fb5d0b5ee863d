/** The demo's steps with recorded runs as what their runs came to. */
import fc from 'fast-check';
import type { DemoState } from '../../harness/demo/demo-state.ts';
import type { Look } from '../../harness/demo/look.ts';
import { firstState, reduce } from '../../harness/demo/reduce.ts';
import type { DemoStep, StepId } from '../../harness/demo/step.ts';
import { STEPS } from '../../harness/demo/steps.ts';
import type { Language } from '../../harness/demo/texts/texts.ts';
import type { Evidence } from '../../harness/domain/evidence.ts';
import type { ReportInput } from '../../harness/report/report-input.ts';
import { plainStyle } from '../../harness/report/style.ts';
import { judgeEvidence } from '../../harness/reproduce.ts';
import { fixture } from './fixtures.ts';

export const RECORDED: Readonly<Record<StepId, string>> = {
  'two-queues': 'fits',
  'one-more-than-backlog': 'accept-queue-overflow',
  'refused-syn': 'accept-queue-overflow',
  'one-second-connect': 'drained-queue',
  'fooled-client': 'fooled-client',
  'abort-on-overflow': 'abort-on-overflow',
  'syn-queue-and-cookies': 'syn-queue-cookies',
  somaxconn: 'somaxconn-needs-a-new-listen',
  counters: 'accept-queue-overflow',
  'connection-cap': 'connection-cap',
};

export function stepNamed(id: StepId): DemoStep {
  const step = STEPS.find((each) => each.id === id);
  if (step === undefined) throw new Error(`There is no step ${id}.`);
  return step;
}

const judged = new Map<Evidence, ReportInput>();

/** Judging takes a while, and the same recorded run is looked at often. */
export function inputOf(evidence: Evidence): ReportInput {
  const input = judged.get(evidence) ?? { ...judgeEvidence(evidence), runFolder: '' };
  judged.set(evidence, input);
  return input;
}

export const TERMINAL: Look = {
  columns: 80,
  rows: 24,
  plain: false,
  keys: true,
  redraws: true,
  style: plainStyle,
};

export const beginning = (
  language: Language = 'en',
  look: Partial<Look> = {},
  step = 0,
): DemoState => firstState({ ...TERMINAL, ...look }, language, '6.18.44', step);

export const pressing = (state: DemoState, ...keys: readonly string[]): DemoState =>
  keys.reduce((current, key) => reduce(current, { kind: 'key', key })[0], state);

/** The run that is under way has ended with the recorded one of its step. */
export function withRecordedRun(state: DemoState, evidence?: Evidence): DemoState {
  const step = STEPS[state.step];
  if (step === undefined) return state;
  const input = inputOf(evidence ?? fixture(RECORDED[step.id]));
  return reduce(state, { kind: 'ended', run: state.run, outcome: { kind: 'judged', input } })[0];
}

/** A step whose run has ended. */
export const afterRun = (
  index: number,
  language: Language = 'en',
  look: Partial<Look> = {},
  evidence?: Evidence,
): DemoState => withRecordedRun(pressing(beginning(language, look, index), '1'), evidence);

/** Keys that mean something, and some that do not. */
export const anyKey = fc.constantFrom(
  ...['n', 'p', 'r', 'e', 'g', 'l', '?', '1', '2', '3', '0', '9', 'a', 'b', 'c', 'x', '中'],
  ...['right', 'left', 'enter', 'escape', 'backspace', 'q', 'ctrl-c', ' ', ''],
);
