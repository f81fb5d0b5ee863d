import type { RunPlan, Step } from '../domain/plan.ts';
import type { Prediction } from '../domain/prediction.ts';
import { HOSTS } from '../domain/tcp.ts';
import { describeRange } from '../verdict/prediction-check.ts';
import { padded, widest } from './layout.ts';
import { shellQuoted } from './shell-quoted.ts';
import { behaviourWords, stepWords } from './step-words.ts';
import type { Style } from './style.ts';
import { duration, seconds } from './words.ts';

export interface PlannedRun {
  readonly plan: RunPlan;
  /** Null: the server's backlog, from which it follows, is known only when it listens. */
  readonly prediction: Prediction | null;
  /** Each command as its arguments. */
  readonly commandLines: readonly (readonly string[])[];
}

/** The phases of an incident have one scenario, and plans that look alike. */
const nameOf = ({ scenario, parameters: { phase } }: PlannedRun['plan']): string =>
  phase === undefined ? scenario : `${scenario}, phase ${phase}`;

/** What a run would do, in the order in which it would do it. */
export function planReport({ plan, prediction, commandLines }: PlannedRun, style: Style): string {
  const sections = [
    [style.bold(`Plan of ${nameOf(plan)} (nothing was started)`), ...plan.steps.map(stepLine)],
    [style.bold('Kernel settings (sysctls), inside the sandbox only'), ...sysctlLines(plan)],
    [style.bold('Prediction for this kernel'), ...predictionLines(prediction)],
    [style.bold('Commands'), ...commandLines.map((argv) => `  ${argv.map(shellQuoted).join(' ')}`)],
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const stepLine = (step: Step, index: number): string =>
  `${`${index + 1}`.padStart(4)}. ${stepWords(step)}${stepDetail(step)}`;

function stepDetail(step: Step): string {
  if (step.kind === 'connect') return `; ${behaviourWords(step.behaviour)}`;
  return step.kind === 'await' ? `, at most ${duration(step.deadlineMs)}` : '';
}

const sysctlLines = ({ sysctls: { required, pinned } }: RunPlan): readonly string[] =>
  HOSTS.flatMap((host) => [
    ...Object.entries(required[host]).map(
      ([key, value]) => `  ${host}  ${key} = ${value}  (asked for: the run fails without it)`,
    ),
    ...Object.entries(pinned[host]).map(([key, value]) => `  ${host}  ${key} = ${value}`),
  ]);

const predictionLines = (prediction: Prediction | null): readonly string[] =>
  prediction === null
    ? [
        '  as many places as the backlog that your server asks for (at most somaxconn), and one more',
      ]
    : aligned(predictedFigures(prediction));

const predictedFigures = (prediction: Prediction): readonly (readonly [string, string])[] => [
  ['accept-queue limit', `${prediction.acceptQueueLimit}`],
  ['accept-queue capacity', `${prediction.acceptQueueCapacity}`],
  ['SYN-queue capacity', `${prediction.synQueueCapacity}`],
  ['clients connected', open(prediction.connected)],
  ['clients timed out', open(prediction.timedOut)],
  [
    'clients fooled',
    `${open(prediction.fooled)} (connected, but the server has no such connection)`,
  ],
  [
    'refused SYNs',
    prediction.refusedSyns === null ? open(null) : describeRange(prediction.refusedSyns),
  ],
  ['accept-queue length', `${open(prediction.acceptQueueLength)} in the end`],
  ['SYN-queue length', `${open(prediction.synQueueLength)} in the end`],
  ['SYNs of a refused client', schedule(prediction.synTimesMs, prediction.connectGivesUpMs)],
  ['SYN-ACKs to a fooled one', schedule(prediction.synAckTimesMs, prediction.synAckGivesUpMs)],
];

const open = (figure: number | null): string => (figure === null ? 'not fixed' : `${figure}`);

const schedule = (timesMs: readonly number[], givesUpMs: number): string =>
  `at ${timesMs.map(seconds).join(', ')} s; the kernel gives up at ${seconds(givesUpMs)} s`;

function aligned(entries: readonly (readonly [string, string])[]): readonly string[] {
  const columns = widest(entries.map(([figure]) => figure));
  return entries.map(([figure, value]) => `  ${padded(figure, columns)}  ${value}`);
}
