/** `--watch`: the run as it goes on, read from its growing run folder. */
import type { RunPlan } from '../domain/plan.ts';
import { changedLine, type LiveFacts, liveFacts } from '../live/live-changes.ts';
import { type LiveView, liveFrame } from '../live/live-frame.ts';
import { absorb, isWatched, type LiveState, NOTHING_SEEN } from '../live/live-state.ts';
import { LIVE_LANGUAGES, LIVE_TEXTS, type LiveLanguage } from '../live/live-texts.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { showProgress } from './progress.ts';
import type { Shown } from './run.ts';
import { openScreen } from './screen.ts';
import { followFolder, type Tail } from './tail.ts';
import { terminalStyle } from './terminal.ts';
import { usage } from './values.ts';

export interface Watch extends Disposable {
  readonly step: (label: string) => void;
  /** The run folder is there. */
  readonly begin: (folder: string, plan: RunPlan, synQueueCapacity: number | undefined) => void;
}

interface WatchOptions {
  readonly language: LiveLanguage;
  readonly sandbox: Sandbox['kind'];
  /** Where it is drawn. */
  readonly terminal: NodeJS.WriteStream;
  /** Others write to the terminal too, so that nothing on it may be redrawn. */
  readonly plain: boolean;
}

const FRAME_MS = 100;
const LINE_MS = 1_000;

/** What shows a moment of the run. */
interface Display extends Disposable {
  readonly everyMs: number;
  readonly show: (state: LiveState, view: LiveView) => void;
}

/** Where a run shows how it comes along: `--watch`, or else one line on stderr. */
export function showRun(
  given: Readonly<Record<string, unknown>>,
  shown: Shown,
  sandbox: Sandbox['kind'],
): Watch {
  const language = liveLanguage(given['lang']);
  if (given['watch'] !== true) {
    const progress = showProgress(!shown.quiet && !shown.json && !shown.verbose);
    return {
      step: progress.step,
      begin: () => undefined,
      [Symbol.dispose]: () => progress[Symbol.dispose](),
    };
  }
  // Standard output may belong to one JSON object or one drawing; the log goes to stderr.
  const hasOutput = shown.json || given['ladder'] !== undefined;
  const terminal = hasOutput ? process.stderr : process.stdout;
  return startWatch({ language, sandbox, terminal, plain: shown.verbose });
}

function startWatch(options: WatchOptions): Watch {
  const { terminal, language, sandbox } = options;
  const isScreen = !options.plain && terminal.isTTY === true && process.env['TERM'] !== 'dumb';
  const display = isScreen ? framesOn(terminal) : linesOn(terminal);
  const startedMs = performance.now();
  let state = NOTHING_SEEN;
  let tail: Tail | undefined;
  let view: Omit<LiveView, 'elapsedMs'> = {
    scenario: '',
    step: '',
    steps: 0,
    // Their evidence leaves the containers when they end.
    blind: sandbox !== 'netns',
    texts: LIVE_TEXTS[language],
  };
  const show = (): void => {
    for (const [file, appended] of tail?.look() ?? []) state = absorb(state, file, appended);
    display.show(state, { ...view, elapsedMs: performance.now() - startedMs });
  };
  const timer = setInterval(show, display.everyMs);
  return {
    step: (label) => {
      view = { ...view, step: label };
    },
    begin: (folder, { scenario, steps }, synQueueCapacity) => {
      const capacity = synQueueCapacity === undefined ? {} : { synQueueCapacity };
      view = { ...view, scenario, steps: steps.length, ...capacity };
      tail = followFolder(folder, isWatched);
    },
    [Symbol.dispose]: () => {
      clearInterval(timer);
      if (tail) show();
      tail?.[Symbol.dispose]();
      tail = undefined;
      display[Symbol.dispose]();
    },
  };
}

function framesOn(terminal: NodeJS.WriteStream): Display {
  const screen = openScreen(terminal);
  return {
    everyMs: FRAME_MS,
    show: (state, view) => {
      // A terminal that nobody has told its size says 0.
      const widthColumns = terminal.columns || 80;
      const heightRows = terminal.rows || 24;
      screen.draw(liveFrame(state, view, { widthColumns, heightRows, style: terminalStyle() }));
    },
    [Symbol.dispose]: () => screen[Symbol.dispose](),
  };
}

/** One line a second at most, and only what is new. */
function linesOn(terminal: NodeJS.WriteStream): Display {
  let told: LiveFacts = new Map();
  return {
    everyMs: LINE_MS,
    show: (state, view) => {
      const facts = liveFacts(state, view);
      const line = changedLine(told, facts, view);
      told = facts;
      if (line !== undefined) terminal.write(`${line}\n`);
    },
    [Symbol.dispose]: () => undefined,
  };
}

/** Throws `USAGE`. */
function liveLanguage(text: unknown): LiveLanguage {
  const language = LIVE_LANGUAGES.find((known) => known === (text ?? 'en'));
  if (language !== undefined) return language;
  throw usage(`Cannot use --lang ${text}.`, `choose ${LIVE_LANGUAGES.join(' or ')}`);
}
