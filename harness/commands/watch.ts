/** `--watch`: the run as it goes on, read from its growing run folder. */
import type { RunPlan } from '../domain/plan.ts';
import { changedLine, type LiveFacts, liveFacts } from '../live/live-changes.ts';
import { type LiveView, liveFrame } from '../live/live-frame.ts';
import { absorb, isWatched, type LiveState, NOTHING_SEEN } from '../live/live-state.ts';
import { LIVE_TEXTS, type LiveLanguage } from '../live/live-texts.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { drawingLanguage } from './drawing-language.ts';
import { showProgress } from './progress.ts';
import type { Shown } from './run.ts';
import { openScreen } from './screen.ts';
import { followFolder, type Tail } from './tail.ts';
import { terminalStyle } from './terminal.ts';
import { usage } from './values.ts';

export interface Watch extends Disposable {
  readonly step: (label: string) => void;
  /** The folder of a run is there, of which there may be several, one after the other. */
  readonly begin: (run: BegunRun) => void;
}

interface BegunRun {
  readonly title: string;
  readonly folder: string;
  readonly plan: RunPlan;
  readonly synQueueCapacity: number | undefined;
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
  readonly begin: (title: string) => void;
  readonly show: (state: LiveState, view: LiveView) => void;
}

/** Where a run shows how it comes along: `--watch` in a language, or else one line on stderr. */
export function showRun(
  language: LiveLanguage | undefined,
  shown: Shown,
  sandbox: Sandbox['kind'],
  hasDrawing: boolean,
): Watch {
  if (language !== undefined) {
    // Standard output may belong to the drawing as to one JSON object.
    return startWatch(language, { ...shown, json: shown.json || hasDrawing }, sandbox);
  }
  const progress = showProgress(!shown.quiet && !shown.json && !shown.verbose);
  return {
    step: progress.step,
    begin: () => undefined,
    [Symbol.dispose]: () => progress[Symbol.dispose](),
  };
}

/** With `json` standard output belongs to one object; with `verbose` the log goes to stderr. */
export const startWatch = (
  language: LiveLanguage,
  { json, verbose }: Shown,
  sandbox: Sandbox['kind'],
): Watch =>
  watchOn({ language, sandbox, terminal: json ? process.stderr : process.stdout, plain: verbose });

function watchOn(options: WatchOptions): Watch {
  const { terminal, language, sandbox } = options;
  const isScreen = !options.plain && terminal.isTTY === true && process.env['TERM'] !== 'dumb';
  const display = isScreen ? framesOn(terminal) : linesOn(terminal);
  let startedMs = performance.now();
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
  const endOfRun = (): void => {
    if (tail === undefined) return;
    show();
    tail[Symbol.dispose]();
    tail = undefined;
    state = NOTHING_SEEN;
  };
  return {
    step: (label) => {
      view = { ...view, step: label };
    },
    begin: ({ title, folder, plan, synQueueCapacity }) => {
      endOfRun();
      const { synQueueCapacity: _before, ...others } = view;
      const capacity = synQueueCapacity === undefined ? {} : { synQueueCapacity };
      view = { ...others, scenario: title, step: '', steps: plan.steps.length, ...capacity };
      startedMs = performance.now();
      display.begin(title);
      tail = followFolder(folder, isWatched);
    },
    [Symbol.dispose]: () => {
      clearInterval(timer);
      endOfRun();
      display[Symbol.dispose]();
    },
  };
}

function framesOn(terminal: NodeJS.WriteStream): Display {
  const screen = openScreen(terminal);
  return {
    everyMs: FRAME_MS,
    begin: () => undefined,
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
    begin: (title) => {
      told = new Map();
      terminal.write(`${title}\n`);
    },
    show: (state, view) => {
      const facts = liveFacts(state, view);
      const line = changedLine(told, facts, view);
      told = facts;
      if (line !== undefined) terminal.write(`${line}\n`);
    },
    [Symbol.dispose]: () => undefined,
  };
}

/** Undefined: no `--watch`. Throws `USAGE`, also for a language that nothing would be said in. */
export function watchLanguage(given: Readonly<Record<string, unknown>>): LiveLanguage | undefined {
  const { watch, ladder, lang } = given;
  if (watch === true) return drawingLanguage(lang);
  if (lang === undefined || ladder !== undefined) return undefined;
  throw usage(
    `The option --lang ${lang} says in which language --watch and --ladder speak, and there is neither.`,
    'add one; reports are in English, and a page of --report has both languages',
  );
}
