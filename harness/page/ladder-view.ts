/** The packets of a connection as a ladder: client left, server right, time downwards. */
import type { PageLadder, PageLadderRow } from '../report/page/page-model.ts';
import { svg } from './dom.ts';
import { gapText, isShortened, LONGEST_GAP_PX, ROW_PX, rowPositions } from './ladder-layout.ts';
import { fateText, longText, type Segment, segmentText, spoken } from './ladder-texts.ts';
import type { Language } from './language.ts';

export interface LadderLook {
  readonly widthPx: number;
  readonly pxPerSecond: number;
  readonly language: Language;
  /** What to say of a refused SYN where its cause is known. */
  readonly refusal?: string | undefined;
  /** The row that is chosen; undefined: none yet. */
  readonly chosen?: number | undefined;
  /** Absent on paper, where nothing can be chosen. */
  readonly choose?: (row: number, packet: number | undefined) => void;
}

/** The two lifelines, and where times and gaps stand. */
interface Frame {
  readonly leftPx: number;
  readonly rightPx: number;
  readonly widthPx: number;
}

function frameOf(widthPx: number): Frame {
  const margin = widthPx < 480 ? 62 : 96;
  return { leftPx: margin, rightPx: widthPx - (widthPx < 480 ? 46 : margin), widthPx };
}

export function ladderSvg({ client, rows }: PageLadder, look: LadderLook): SVGSVGElement {
  const { widthPx, language } = look;
  const frame = frameOf(widthPx);
  const positions = rowPositions(rows, look.pxPerSecond);
  const height = (positions.at(-1) ?? 0) + ROW_PX;
  // One of the segments is in the order of the Tab key; arrows lead from one to the next.
  const first = rows.findIndex(({ kind }) => kind === 'segment');
  const stop = { ...look, tabStop: look.chosen ?? first };
  return svg(
    'svg',
    {
      class: 'ladder',
      width: widthPx,
      height,
      viewBox: `0 0 ${widthPx} ${height}`,
      role: 'group',
      'aria-label': language.words.ladderOf(client),
    },
    ...lifelines(frame, height, language),
    ...rows.map((row, index) => rowGroup(row, { index, y: positions[index] ?? 0 }, frame, stop)),
    ...shortenedGaps(rows, positions, frame, look),
  );
}

/** A gap that would outgrow the page is drawn shorter, and says so. */
function shortenedGaps(
  rows: readonly PageLadderRow[],
  positions: readonly number[],
  { leftPx, rightPx }: Frame,
  { pxPerSecond, language }: LadderLook,
): readonly Node[] {
  return rows.flatMap(({ atMs }, index) => {
    const beforeMs = rows[index - 1]?.atMs ?? atMs;
    if (!isShortened(beforeMs, atMs, pxPerSecond)) return [];
    const y = (positions[index] ?? 0) - LONGEST_GAP_PX / 2;
    const text = language.words.shortened(gapText(atMs - beforeMs));
    const x = (leftPx + rightPx) / 2;
    return [svg('text', { class: 'shortened', x, y, 'text-anchor': 'middle' }, text)];
  });
}

function lifelines(
  { leftPx, rightPx }: Frame,
  height: number,
  { words }: Language,
): readonly Node[] {
  const line = (x: number, name: string): readonly Node[] => [
    svg('line', { class: 'life', x1: x, x2: x, y1: 22, y2: height }),
    svg('text', { class: 'host', x, y: 14, 'text-anchor': 'middle' }, name),
  ];
  return [...line(leftPx, words.client), ...line(rightPx, words.server)];
}

interface RowPlace {
  readonly index: number;
  readonly y: number;
}

function rowGroup(
  row: PageLadderRow,
  { index, y }: RowPlace,
  frame: Frame,
  look: LadderLook & { readonly tabStop: number },
): SVGElement {
  const time = svg('text', { class: 'time', x: 2, y: y + 4 }, (row.atMs / 1_000).toFixed(3));
  if (row.kind === 'note') return noteGroup(row, y, frame, look, time);
  const { language, choose, chosen, tabStop } = look;
  const label = isWide(frame) ? longText(row, language) : segmentText(row, language);
  const again = row.retransmission === true ? ' again' : '';
  const group = svg(
    'g',
    {
      class: `segment ${row.fate}${again}${index === chosen ? ' chosen' : ''}`,
      ...(choose === undefined
        ? {}
        : {
            tabindex: index === tabStop ? 0 : -1,
            role: 'button',
            'aria-label': spoken(row, look),
          }),
    },
    svg('rect', { class: 'touch', x: 0, y: y - ROW_PX / 2, width: frame.widthPx, height: ROW_PX }),
    time,
    ...arrow(row, y, frame),
    svg(
      'text',
      { class: 'what', x: (frame.leftPx + frame.rightPx) / 2, y: y - 5, 'text-anchor': 'middle' },
      label,
    ),
    ...fateMark(row, y, frame, look),
    ...gapMark(row, y, frame, language),
  );
  if (choose !== undefined) onChoose(group, () => choose(index, row.packet));
  return group;
}

function onChoose(group: SVGElement, chosen: () => void): void {
  const choose = (): void => {
    for (const other of group.parentElement?.querySelectorAll('.chosen') ?? [])
      other.classList.remove('chosen');
    group.classList.add('chosen');
    chosen();
  };
  group.addEventListener('click', choose);
  group.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' || event.key === ' ') choose();
    else if (event.key === 'ArrowDown') focusNext(group, 'nextElementSibling');
    else if (event.key === 'ArrowUp') focusNext(group, 'previousElementSibling');
    else return;
    event.preventDefault();
  });
}

function focusNext(
  from: Element,
  direction: 'nextElementSibling' | 'previousElementSibling',
): void {
  let next = from[direction];
  while (next !== null && !next.classList.contains('segment')) next = next[direction];
  if (!(next instanceof SVGElement)) return;
  from.setAttribute('tabindex', '-1');
  next.setAttribute('tabindex', '0');
  next.focus();
}

/** Room for a sentence between the lifelines. */
const isWide = ({ leftPx, rightPx }: Frame): boolean => rightPx - leftPx >= 400;

/** A refused SYN ends in a cross: it reached the server, and nothing came back. */
function arrow({ from, fate }: Segment, y: number, { leftPx, rightPx }: Frame): readonly Node[] {
  const [start, end] = from === 'client' ? [leftPx, rightPx] : [rightPx, leftPx];
  const back = from === 'client' ? -1 : 1;
  const tip = end + back * 3;
  const line = svg('line', { class: 'arrow', x1: start, x2: tip, y1: y, y2: y });
  if (fate === 'taken') {
    return [line, svg('path', { class: 'tip', d: `M${tip} ${y}l${back * 9} -5v10z` })];
  }
  return [
    line,
    svg('path', { class: 'cross', d: `M${tip + back * 8} ${y - 5}l10 10m0 -10l-10 10` }),
  ];
}

function fateMark(
  { fate }: Segment,
  y: number,
  { leftPx, rightPx }: Frame,
  { language: { words }, refusal }: LadderLook,
): readonly Node[] {
  return fate === 'taken'
    ? []
    : [
        svg(
          'text',
          { class: 'fate', x: (leftPx + rightPx) / 2, y: y + 14, 'text-anchor': 'middle' },
          fateText(fate, words, refusal),
        ),
      ];
}

/** How long the sender waited, beside its lifeline. */
function gapMark(
  { gapMs, from }: Segment,
  y: number,
  { leftPx, rightPx, widthPx }: Frame,
  { words }: Language,
): readonly Node[] {
  if (gapMs === undefined) return [];
  const text = words.afterGap(gapText(gapMs));
  return from === 'client'
    ? [svg('text', { class: 'gap', x: leftPx - 6, y: y - 9, 'text-anchor': 'end' }, text)]
    : [
        svg(
          'text',
          {
            class: 'gap',
            x: Math.min(widthPx - 2, rightPx + 6),
            y: y - 9,
            'text-anchor': widthPx < 480 ? 'end' : 'start',
          },
          text,
        ),
      ];
}

function noteGroup(
  { at, says }: Extract<PageLadderRow, { kind: 'note' }>,
  y: number,
  { leftPx, rightPx }: Frame,
  { language }: LadderLook,
  time: Node,
): SVGElement {
  const isClient = at === 'client';
  const x = isClient ? leftPx : rightPx;
  return svg(
    'g',
    { class: 'note' },
    time,
    svg('circle', { cx: x, cy: y, r: 4 }),
    svg(
      'text',
      { x: x + (isClient ? 10 : -10), y: y + 4, 'text-anchor': isClient ? 'start' : 'end' },
      language.sentence(says),
    ),
  );
}
