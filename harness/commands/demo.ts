/** `demo`: a guided workshop in the terminal, with a real run at every step. */
import { setTimeout as pause } from 'node:timers/promises';
import { answerOf } from '../demo/answer.ts';
import type { DemoState } from '../demo/demo-state.ts';
import { farewell, played } from '../demo/farewell.ts';
import type { Look } from '../demo/look.ts';
import { factsOf, parametersOf, scenarioOf } from '../demo/parameters.ts';
import { firstState } from '../demo/reduce.ts';
import { STEPS } from '../demo/steps.ts';
import { HarnessError } from '../domain/harness-error.ts';
import type { FindingKind } from '../domain/verdict.ts';
import { plainStyle } from '../report/style.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { DemoSettings } from './demo-options.ts';
import { fullScreen, listenForKeys, pageByPage } from './demo-screen.ts';
import { type DemoShowing, isOver, startShowing } from './demo-showing.ts';
import { EXIT, exitCodeOfVerdict } from './exit-code.ts';
import { type Interruption, watchForInterruption } from './interruption.ts';
import { startRecording } from './recording.ts';
import type { RunFailure } from './run.ts';
import { openChosenSandbox } from './sandbox-options.ts';
import { terminalStyle } from './terminal.ts';
import { usage } from './values.ts';

const INTERRUPTED_BY_KEY = 130;

export async function demo(settings: DemoSettings): Promise<number | RunFailure> {
  if (!settings.auto && !isTerminal()) {
    throw usage(
      'The demo needs a terminal: it is led by keys.',
      'pass --auto, with which it plays by itself',
    );
  }
  using interruption = watchForInterruption();
  using _recording = startRecording(settings.record, 'backlog-lab: the demo');
  try {
    const sandbox = await openChosenSandbox(settings.sandbox, interruption.signal);
    assertAllFit(sandbox, settings);
    return await play(settings, sandbox, interruption);
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return { error, folder: undefined, exitCode: interruption.exitCode() };
  }
}

const isTerminal = (): boolean => process.stdin.isTTY === true && process.stdout.isTTY === true;

/** What is missing is better said before the room is full. */
function assertAllFit(sandbox: Sandbox, { auto, only, step }: DemoSettings): void {
  const steps = auto && only ? STEPS.slice(step, step + 1) : STEPS;
  for (const each of steps) sandbox.assertFit(scenarioOf(each).plan(parametersOf(each, {})));
}

async function play(
  settings: DemoSettings,
  sandbox: Sandbox,
  interruption: Interruption,
): Promise<number | RunFailure> {
  const look = lookOf(settings);
  const first = firstState(look, settings.language, sandbox.kernelRelease, settings.step);
  const [last, result] = await untilOver(first, settings, sandbox, interruption);
  for (const line of remaining(last, settings)) process.stdout.write(`${line}\n`);
  return result;
}

/** The last state, and what the command comes to. The terminal is as it was. */
async function untilOver(
  first: DemoState,
  settings: DemoSettings,
  sandbox: Sandbox,
  interruption: Interruption,
): Promise<readonly [DemoState, number | RunFailure]> {
  using screen = first.look.redraws ? fullScreen() : pageByPage();
  using showing = startShowing(first, sandbox, screen);
  using _keys = listenTo(showing, first.look, interruption);
  if (settings.auto) await playByItself(showing, settings);
  if (settings.auto && !showing.state().leaving) {
    return [showing.state(), conclusionOf(showing, settings)];
  }
  const interrupted = await showing.left;
  await showing.runs.idle();
  const code = interruption.exitCode() ?? (interrupted ? INTERRUPTED_BY_KEY : EXIT.good);
  return [showing.state(), code];
}

/** Pages that took each other's place are gone with their screen; others are still there. */
function remaining(last: DemoState, { auto }: DemoSettings): readonly string[] {
  if (last.look.rows === null) return [];
  const summary = auto && last.look.redraws ? played(last) : [];
  return last.leaving ? [...summary, ...farewell(last)] : summary;
}

/** Keys, sizes and signals; a signal is as good as Ctrl-C, which in raw mode is a key. */
function listenTo(showing: DemoShowing, { rows }: Look, interruption: Interruption): Disposable {
  const press = (): void => showing.dispatch({ kind: 'key', key: 'ctrl-c' });
  if (interruption.signal.aborted) press();
  interruption.signal.addEventListener('abort', press);
  interruption.force.addEventListener('abort', press);
  const keys = isTerminal() ? keysOf(showing) : undefined;
  const size = rows === null ? undefined : sizeOf(showing);
  return {
    [Symbol.dispose]: () => {
      keys?.[Symbol.dispose]();
      size?.[Symbol.dispose]();
    },
  };
}

function keysOf(showing: DemoShowing): Disposable {
  return listenForKeys(
    (key) => showing.dispatch({ kind: 'key', key }),
    () => showing.dispatch({ kind: 'key', key: 'q' }),
  );
}

function sizeOf(showing: DemoShowing): Disposable {
  const onResize = (): void => {
    showing.dispatch({ kind: 'resized', ...terminalSize() });
  };
  process.stdout.on('resize', onResize);
  return { [Symbol.dispose]: () => process.stdout.off('resize', onResize) };
}

const WITHOUT_TERMINAL_COLUMNS = 80;

/** A terminal that nobody has told its size says 0. */
const terminalSize = (): { readonly columns: number; readonly rows: number } => ({
  columns: process.stdout.columns || WITHOUT_TERMINAL_COLUMNS,
  rows: process.stdout.rows || 24,
});

/** Without a terminal pages have no end: nothing is scrolled off a file. */
function lookOf({ plain, auto }: DemoSettings): Look {
  const isTTY = process.stdout.isTTY === true;
  const { columns, rows } = isTTY
    ? terminalSize()
    : { columns: WITHOUT_TERMINAL_COLUMNS, rows: null };
  return {
    columns,
    rows,
    plain,
    keys: !auto,
    redraws: isTTY && !plain && process.env['TERM'] !== 'dumb',
    style: plain ? plainStyle : terminalStyle(),
  };
}

const PACE_MS = 6_000;

/** Turns the pages as a reader would, and waits for each run. */
async function playByItself(showing: DemoShowing, settings: DemoSettings): Promise<void> {
  const paceMs = settings.paceMs ?? (process.stdout.isTTY ? PACE_MS : 0);
  const stop = new AbortController();
  void showing.left.then(() => stop.abort());
  const stay = (): Promise<void> =>
    pause(paceMs, undefined, { signal: stop.signal }).catch(() => undefined);
  while (!isOver(showing.state(), settings.only)) {
    await stay();
    if (showing.state().leaving) return;
    showing.dispatch({ kind: 'key', key: 'n' });
    await showing.runs.idle();
  }
  await stay();
}

/** As bad as the worst run; a question that the evidence leaves open is as bad as an open verdict. */
function conclusionOf(showing: DemoShowing, { step, only }: DemoSettings): number | RunFailure {
  const [error] = showing.runs.failures;
  if (error !== undefined) return { error, folder: undefined, exitCode: undefined };
  const steps = STEPS.map((_, index) => index).filter((index) => !only || index === step);
  const kinds = steps.map((index) => findingOf(showing.state(), index));
  const worst = (['contradicted', 'inconclusive'] as const).find((kind) => kinds.includes(kind));
  return exitCodeOfVerdict(worst ?? 'confirmed');
}

function findingOf({ trials }: DemoState, index: number): FindingKind {
  const outcome = trials[index]?.outcome;
  const step = STEPS[index];
  if (outcome?.kind !== 'judged' || step === undefined) return 'inconclusive';
  const { seen, verdict } = outcome.input;
  const { choice } = answerOf(step, seen, factsOf(seen.plan.parameters));
  return choice === null && verdict.kind !== 'contradicted' ? 'inconclusive' : verdict.kind;
}
