/** Lines of a fixed width. Colours take no room, so a width is always that of the visible text. */
import { displayWidth } from './display-width.ts';

const ONE_COLOUR = `${String.fromCharCode(27)}\\[[0-9;]*m`;
const COLOUR = new RegExp(ONE_COLOUR, 'g');
const CONTROL = new RegExp(`(?!${ONE_COLOUR}|[\\n\\t])\\p{Cc}`, 'gu');

/**
 * Without the control characters that a run folder from elsewhere may hold: printed, they would
 * clear the screen or rename the window. Line ends, tabs and colours stay.
 */
export const withoutControls = (text: string): string => text.replaceAll(CONTROL, '');

export const visibleWidth = (text: string): number => displayWidth(text.replaceAll(COLOUR, ''));

export const padded = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - visibleWidth(text)));

export const paddedStart = (text: string, width: number): string =>
  ' '.repeat(Math.max(0, width - visibleWidth(text))) + text;

/** Breaks at spaces, but not between a number and its unit. A word longer than a line stays whole. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/ (?!m?s\b)/)) {
    if (line !== '' && visibleWidth(line) + 1 + visibleWidth(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** The text behind `before`, and below its own beginning when it takes several lines. */
export function hanging(before: string, text: string, widthColumns: number): readonly string[] {
  const indent = visibleWidth(before);
  return wrap(text, widthColumns - indent).map((line, index) =>
    index === 0 ? `${before}${line}` : `${' '.repeat(indent)}${line}`,
  );
}

export const widest = (texts: readonly string[]): number =>
  texts.reduce((most, text) => Math.max(most, visibleWidth(text)), 0);
