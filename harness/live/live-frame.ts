import { displayWidth } from '../report/display-width.ts';
import { padded } from '../report/layout.ts';
import type { Style } from '../report/style.ts';
import { CLIENT_STATES, type Dots, dotsOf, type LiveClient, tally } from './live-clients.ts';
import type { LiveState } from './live-state.ts';
import type { LiveTexts } from './live-texts.ts';
import { packetLines } from './packet-words.ts';
import { lineOfPieces, type Piece } from './text-columns.ts';

/** What a frame shows besides the state. */
export interface LiveView {
  readonly scenario: string;
  /** What the inside part does now, in its own words. */
  readonly step: string;
  readonly steps: number;
  /** As the kernel's rules have it; absent where they cannot say. */
  readonly synQueueCapacity?: number;
  /** Evidence comes only when the run is over. */
  readonly blind: boolean;
  readonly elapsedMs: number;
  readonly texts: LiveTexts;
}

export interface Screen {
  readonly widthColumns: number;
  readonly heightRows: number;
  readonly style: Style;
}

/** Rows besides dots and packets. */
const OTHER_ROWS = 12;
const DOT_INDENT = '  ';

/** One frame: at most as many lines as the screen has rows, none wider than it. */
export function liveFrame(state: LiveState, view: LiveView, screen: Screen): readonly string[] {
  const { widthColumns, heightRows, style } = screen;
  const lines = view.blind
    ? [...headLines(state, view, screen), [], [[view.texts.atTheEnd, style.dim] as const]]
    : watchedLines(state, view, screen);
  return lines.slice(0, heightRows).map((pieces) => lineOfPieces(pieces, widthColumns));
}

type Line = readonly Piece[];

function watchedLines(state: LiveState, view: LiveView, screen: Screen): readonly Line[] {
  const { texts } = view;
  const free = Math.max(2, screen.heightRows - OTHER_ROWS);
  const dots = dotLines(state, view, screen, Math.max(1, Math.floor(free / 2)));
  const { packets } = state.capture;
  return [
    ...headLines(state, view, screen),
    [],
    ...queueLines(state, view, screen),
    [],
    clientsLine(state, view, screen),
    ...dots,
    [],
    countersLine(state, view, screen),
    [],
    [[packets === 0 ? texts.noPackets : texts.packets(packets), screen.style.bold]],
    ...packetLines(state.capture, free - dots.length + 1).map((line): Line => [[line]]),
  ];
}

function headLines(state: LiveState, view: LiveView, { style, widthColumns }: Screen): Line[] {
  const { texts, steps } = view;
  const name = `backlog-lab  ${view.scenario}`;
  const time = `${texts.elapsed((view.elapsedMs / 1_000).toFixed(1))}  ${texts.stop}`;
  const room = Math.max(2, widthColumns - displayWidth(name) - displayWidth(time));
  const number = Math.min(state.stepsDone + 1, steps);
  const where = view.blind || state.stepsDone === 0 ? '' : `${texts.step(number, steps)} `;
  return [
    [[name, style.bold], [' '.repeat(room)], [time, style.dim]],
    [
      [where, style.dim],
      [view.step === '' ? texts.starting : texts.stepName(view.step), style.cyan],
    ],
  ];
}

interface Queue {
  readonly name: string;
  readonly length: number | undefined;
  readonly capacity: number | undefined;
  readonly note: string;
}

function queueLines(state: LiveState, view: LiveView, screen: Screen): readonly Line[] {
  const { texts, synQueueCapacity } = view;
  const { acceptQueueLimit, acceptQueueLength, synQueueLength } = state;
  const queues: readonly Queue[] = [
    {
      name: texts.acceptQueue,
      length: acceptQueueLength,
      capacity: acceptQueueLimit === undefined ? undefined : acceptQueueLimit + 1,
      note: '',
    },
    {
      name: texts.synQueue,
      length: synQueueLength,
      capacity: synQueueCapacity,
      note: synQueueCapacity === undefined ? '' : ` (${texts.predicted})`,
    },
  ];
  const nameColumns = Math.max(...queues.map(({ name }) => displayWidth(name)));
  return queues.map((queue) => queueLine(queue, nameColumns, texts, screen));
}

/** Beside the bar stand the figures. */
const FIGURES_COLUMNS = 26;

function queueLine(queue: Queue, nameColumns: number, texts: LiveTexts, screen: Screen): Line {
  const { style, widthColumns } = screen;
  const { length, capacity, note } = queue;
  const name = `${padded(queue.name, nameColumns)}  `;
  if (length === undefined) return [[name], [texts.notSeen, style.dim]];
  const barColumns = Math.max(4, widthColumns - nameColumns - 4 - FIGURES_COLUMNS);
  // Without a capacity the bar has no end to measure against: a queue that holds anything fills it.
  const share = Math.min(1, length / (capacity ?? Math.max(1, length)));
  const filled = length === 0 ? 0 : Math.max(1, Math.round(share * barColumns));
  const full = capacity !== undefined && length >= capacity;
  const figures = capacity === undefined ? `${length}` : `${texts.of(length, capacity)}${note}`;
  return [
    [name],
    ['█'.repeat(filled), full ? style.red : style.green],
    ['░'.repeat(barColumns - filled), style.dim],
    [`  ${figures}`],
    [full ? `  ${texts.full}` : '', style.red],
  ];
}

/** Told apart without colours too. */
const SIGNS: Readonly<Record<LiveClient, string>> = {
  unknown: '·',
  waiting: '○',
  connected: '●',
  closed: '-',
  'timed-out': '✗',
  refused: '#',
  reset: '!',
  failed: '?',
};

function painterOf(state: LiveClient, style: Style): (text: string) => string {
  switch (state) {
    case 'connected':
      return style.green;
    case 'waiting':
      return style.yellow;
    case 'unknown':
    case 'closed':
      return style.dim;
    case 'timed-out':
    case 'refused':
    case 'reset':
    case 'failed':
      return style.red;
  }
}

function clientsLine({ clients }: LiveState, { texts }: LiveView, { style }: Screen): Line {
  const counts = tally(clients);
  const states = CLIENT_STATES.filter((state) => counts[state] > 0);
  return [
    [texts.clients(clients.length), style.bold],
    ...states.map(
      (state): Piece => [
        `  ${SIGNS[state]} ${counts[state]} ${texts.states[state]}`,
        painterOf(state, style),
      ],
    ),
  ];
}

function dotLines(
  { clients }: LiveState,
  { texts }: LiveView,
  { style, widthColumns }: Screen,
  mostRows: number,
): readonly Line[] {
  const columns = Math.max(1, widthColumns - 2 * DOT_INDENT.length);
  const fits = clients.length <= columns * mostRows;
  const dots = dotsOf(clients, columns * Math.max(1, fits ? mostRows : mostRows - 1));
  const rows = chunks(dots, columns).map(
    (row): Line => [
      [DOT_INDENT],
      ...runsOf(row).map(
        ([state, length]): Piece => [SIGNS[state].repeat(length), painterOf(state, style)],
      ),
    ],
  );
  return dots.each === 1
    ? rows
    : [...rows, [[`${DOT_INDENT}${texts.oneDot(dots.each)}`, style.dim]]];
}

function chunks({ states }: Dots, size: number): readonly (readonly LiveClient[])[] {
  const rows = Array.from({ length: Math.ceil(states.length / size) }, (_, row) => row * size);
  return rows.map((from) => states.slice(from, from + size));
}

/** Neighbours in the same state are coloured together. */
function runsOf(row: readonly LiveClient[]): readonly (readonly [LiveClient, number])[] {
  const runs: [LiveClient, number][] = [];
  for (const state of row) {
    const current = runs.at(-1);
    if (current?.[0] === state) current[1] += 1;
    else runs.push([state, 1]);
  }
  return runs;
}

function countersLine(state: LiveState, { texts }: LiveView, { style }: Screen): Line {
  const moved = [...state.counters].map(
    ([name, { first, last }]): Piece => [
      `   ${name} ${last - first}`,
      last > first ? style.red : style.dim,
    ],
  );
  const accepted: Piece = [state.accepted > 0 ? `   ${texts.accepted} ${state.accepted}` : ''];
  const nothing: Piece = [`   ${texts.notSeen}`, style.dim];
  return [[texts.counters, style.bold], ...(moved.length === 0 ? [nothing] : moved), accepted];
}
