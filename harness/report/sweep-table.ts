import { isExact, isMeasured, isOff, type Sweep, type SweepCell } from '../domain/sweep.ts';
import { padded, paddedStart, wrap } from './layout.ts';
import type { Page } from './page.ts';
import type { Style } from './style.ts';
import { count, duration } from './words.ts';

/** Head, and what stands below it; numbers are set flush right. */
const COLUMNS: readonly (readonly [head: string, of: (cell: SweepCell) => string])[] = [
  ['backlog', (cell) => `${cell.backlog}`],
  ['somaxconn', (cell) => `${cell.somaxconn}`],
  ['max_syn', (cell) => `${cell.maxSynBacklog}`],
  ['cookies', (cell) => `${cell.syncookies}`],
  ['predict', (cell) => `${cell.acceptQueueCapacity.predicted}`],
  ['found', (cell) => figure(cell.acceptQueueCapacity.measured)],
  ['   old', (cell) => `${cell.synQueueCapacity.oldFormula}`],
  ['predict', (cell) => `${cell.synQueueCapacity.predicted}`],
  ['found', (cell) => figure(cell.synQueueCapacity.measured)],
];

const SETTINGS = 4;
const ACCEPT_QUEUE = 2;

const figure = (measured: number | null): string => (measured === null ? '?' : `${measured}`);

/** Prediction against measurement, a line for each cell. */
export function sweepTableReport(sweep: Sweep, page: Page): string {
  const { kernel, cells } = sweep;
  const { style } = page;
  return `${[
    style.bold('What both queues of a listener hold, predicted and measured'),
    style.dim(`kernel ${kernel.release} (${kernel.architecture}, ${kernel.distribution})`),
    '',
    style.bold(groupLine()),
    style.bold(headLine()),
    ...cells.map((cell) => cellLine(cell, page)),
    '',
    ...summary(sweep, page),
    ...remarks(cells, page),
  ].join('\n')}\n`;
}

const columnsFrom = (from: number, until: number): number =>
  COLUMNS.slice(from, until).reduce((sum, [head]) => sum + head.length + GAP.length, 0);

const GAP = '  ';

const groupLine = (): string =>
  [
    padded('listener', columnsFrom(0, SETTINGS)),
    padded('  accept queue', columnsFrom(SETTINGS, SETTINGS + ACCEPT_QUEUE)),
    '  SYN queue',
  ].join('');

const headLine = (): string => COLUMNS.map(([head]) => paddedStart(head, head.length)).join(GAP);

function cellLine(cell: SweepCell, { style }: Page): string {
  const figures = COLUMNS.map(([head, of]) => paddedStart(of(cell), head.length)).join(GAP);
  return `${figures}${GAP}${markOf(cell, style)}`.trimEnd();
}

function markOf(cell: SweepCell, style: Style): string {
  if (cell.problem !== null) return style.yellow('?');
  if (!isMeasured(cell)) return '';
  if (isExact(cell)) return style.green('ok');
  return isOff(cell) ? style.red('NO') : style.yellow('*');
}

function summary({ cells, wallMs }: Sweep, { style, widthColumns }: Page): readonly string[] {
  if (!cells.some(isMeasured)) {
    return cells.some(({ problem }) => problem !== null)
      ? [style.red(`None of ${count(cells.length, 'cell')} could be measured.`)]
      : ['Predicted only: nothing was measured.'];
  }
  const exact = cells.filter(isExact).length;
  const outdated = cells.filter(
    ({ synQueueCapacity: { oldFormula, measured } }) =>
      measured !== null && measured !== oldFormula,
  ).length;
  const words = `${exact} of ${count(cells.length, 'cell')} measured exactly as predicted, in ${duration(wallMs)}. The formula that documents quote for the SYN queue, roundup_pow_of_two(max(8, min(backlog, somaxconn, tcp_max_syn_backlog)) + 1), is wrong in ${outdated} of them.`;
  const colour = exact === cells.length ? style.green : style.red;
  return wrap(words, widthColumns).map((line, index) => (index === 0 ? colour(line) : line));
}

const remarks = (cells: readonly SweepCell[], page: Page): readonly string[] =>
  cells.flatMap((cell) => {
    const words = remarkOn(cell);
    const folder = page.verbose && cell.runFolder !== null ? [`evidence: ${cell.runFolder}`] : [];
    const all = [...(words === null ? [] : [words]), ...folder];
    return all.length === 0
      ? []
      : wrap(`${settingsWords(cell)}: ${all.join('; ')}`, page.widthColumns);
  });

function remarkOn({ problem, rule }: SweepCell): string | null {
  if (problem !== null) return problem;
  return rule === null
    ? null
    : `this kernel follows another rule than its release suggests: ${rule.statement} (Linux ${rule.since}, commit ${rule.commit ?? 'unknown'})`;
}

const settingsWords = ({ backlog, somaxconn, maxSynBacklog, syncookies }: SweepCell): string =>
  `backlog ${backlog}, somaxconn ${somaxconn}, tcp_max_syn_backlog ${maxSynBacklog}, tcp_syncookies ${syncookies}`;
