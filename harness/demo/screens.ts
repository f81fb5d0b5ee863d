import { displayWidth } from '../report/display-width.ts';
import { padded, visibleWidth } from '../report/layout.ts';
import { clipped, type Look, textColumns } from './look.ts';

/** Lines that belong together: a page is not broken within them while they fit on a screen. */
export type Block = readonly string[];

/** What surrounds each screen of a page. */
export interface Frame {
  readonly title: string;
  readonly place: (screen: number, screens: number) => string;
  /** The keys in words, two spaces between them, the ones that must not be missing last. */
  readonly keys: string;
  readonly heading: (title: string, place: string | undefined) => string;
  /** For those who hear a page after others of its step; null: nothing need be said. */
  readonly heard: string | null;
  readonly more: string;
}

/** Title and rule above, an empty line and the keys below. */
const FRAME_ROWS = 4;
const LEAST_ROWS = 3;

/** A page as screens that fit: no line is wider, and none has more lines. */
export function screensOf(
  blocks: readonly Block[],
  frame: Frame,
  look: Look,
): readonly (readonly string[])[] {
  const bodies = packed(
    blocks.filter((block) => block.length > 0),
    look.rows === null ? null : Math.max(LEAST_ROWS, look.rows - FRAME_ROWS),
  );
  return bodies.map((body, screen) => framed(body, frame, look, [screen, bodies.length]));
}

const joined = (blocks: readonly Block[]): Block =>
  blocks.flatMap((block, index) => (index === 0 ? block : ['', ...block]));

/** As many blocks on a screen as fit, an empty line between them. */
function packed(blocks: readonly Block[], rows: number | null): readonly Block[] {
  if (rows === null) return [joined(blocks)];
  const screens: Block[] = [[]];
  for (const part of blocks.flatMap((block) => slices(block, rows))) {
    const current = screens.pop() ?? [];
    const together = joined([current, part].filter(({ length }) => length > 0));
    if (together.length <= rows) screens.push(together);
    else screens.push(current, part);
  }
  return screens;
}

const slices = (block: Block, rows: number): readonly Block[] =>
  Array.from({ length: Math.ceil(block.length / rows) }, (_, index) =>
    block.slice(index * rows, (index + 1) * rows),
  );

function framed(
  body: Block,
  frame: Frame,
  look: Look,
  [screen, screens]: readonly [number, number],
): readonly string[] {
  const { columns, rows, plain, style } = look;
  const head = headOf(frame, look, [screen, screens]);
  if (rows === null) return [...head, ...body, ''].map((line) => clipped(line, columns));
  const filled = [...head, ...body];
  const more = screen + 1 < screens ? style.dim(frame.more) : '';
  const below = Math.max(0, rows - filled.length - 2);
  const gap = plain || !look.redraws ? [] : Array.from({ length: below }, () => '');
  return [...filled, ...gap, more, style.dim(fittingKeys(frame.keys, columns))]
    .map((line) => clipped(line, columns))
    .slice(-rows);
}

/** How many keys at the end are kept: for help and for leaving. */
const KEPT_KEYS = 2;

/** On a narrow terminal the keys in the middle are left out; help has them all. */
function fittingKeys(keys: string, columns: number): string {
  const all = keys.split('  ');
  while (displayWidth(all.join('  ')) > columns && all.length > KEPT_KEYS) {
    all.splice(-KEPT_KEYS - 1, 1);
  }
  return all.join('  ');
}

function headOf(
  frame: Frame,
  look: Look,
  [screen, screens]: readonly [number, number],
): readonly string[] {
  const { plain, style } = look;
  const place = frame.place(screen + 1, screens);
  if (plain) {
    const { heard } = frame;
    return heard === null ? [] : [frame.heading(heard, screens === 1 ? undefined : place), ''];
  }
  const columns = textColumns(look);
  const room = columns - visibleWidth(place);
  const title = padded(clipped(frame.title, Math.max(0, room - 1)), room);
  return [`${style.bold(title)}${style.dim(place)}`, style.dim('─'.repeat(columns))];
}
