import { displayWidth } from '../report/display-width.ts';
import { padded } from '../report/layout.ts';
import { draws, type Look, textColumns } from './look.ts';
import type { QueueWords } from './texts/texts.ts';
import { wrapText } from './wrap-text.ts';

/** Both queues at one moment. */
export interface QueueLengths {
  /** Undefined where nobody looked. */
  readonly synQueue: number | undefined;
  readonly acceptQueue: number;
  /** Undefined where that is the question. */
  readonly places: number | undefined;
}

/** Inner columns of a box. */
const BOX = 19;
const SLOTS = 9;

/** The way of a connection from the client to the program, with what waits on it; or a sentence. */
export function queuesPicture(
  lengths: QueueLengths,
  words: QueueWords,
  look: Look,
): readonly string[] {
  const { synQueue, acceptQueue, places } = lengths;
  if (!draws(look)) {
    return wrapText(words.sentence(synQueue, acceptQueue, places), textColumns(look));
  }
  const full = acceptQueue >= (places ?? Infinity);
  const shown = (cells: string): string => (full ? look.style.red(cells) : look.style.green(cells));
  const syn = box(words.synQueue, words.held(synQueue));
  const accept = box(words.acceptQueue, words.heldOf(acceptQueue, places));
  const client = `  ${words.client} ─ SYN ▶ `;
  const blank = ' '.repeat(displayWidth(client));
  const synCells = padded(` ${cellsOf(synQueue ?? 0, SLOTS)}`, BOX);
  const acceptCells = padded(` ${placesOf(acceptQueue, places)}`, BOX);
  return [
    `${blank}${syn.top}       ${accept.top}`,
    `${client}│${look.style.yellow(synCells)}│─ ACK ▶│${shown(acceptCells)}│─▶ ${words.program}`,
    `${blank}${syn.bottom}       ${accept.bottom}`,
    look.style.dim(`${blank}  ${padded(words.requests, BOX + BOX_GAP)}${words.connections}`),
  ];
}

const placesOf = (length: number, places: number | undefined): string =>
  places === undefined ? cellsOf(length, SLOTS) : cellsOf(length, Math.min(SLOTS, places), places);

/** From the first character in one box to the first one in the other, without the box itself. */
const BOX_GAP = 9;

const box = (title: string, below: string) => ({
  top: `┌─ ${title} ${'─'.repeat(Math.max(0, BOX - 3 - displayWidth(title)))}┐`,
  bottom: `└─ ${below} ${'─'.repeat(Math.max(0, BOX - 3 - displayWidth(below)))}┘`,
});

/** All cells only for a full queue, and at least one for a queue that is not empty. */
function shareOf(length: number, places: number, slots: number): number {
  if (length >= places) return slots;
  return length === 0 ? 0 : Math.max(1, Math.floor((length / places) * slots));
}

/** One cell for each that waits while they are few; then as large a share of the cells. */
function cellsOf(length: number, slots: number, places = slots): string {
  const taken = places <= slots ? Math.min(length, slots) : shareOf(length, places, slots);
  return Array.from({ length: slots }, (_, slot) => (slot < taken ? '■' : '·')).join(' ');
}
