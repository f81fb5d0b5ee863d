import pc from 'picocolors';
import { withoutControls } from '../report/layout.ts';
import type { Style } from '../report/style.ts';

const WIDEST_COLUMNS = 110;
const WITHOUT_TERMINAL_COLUMNS = 100;

/** picocolors honours NO_COLOR, FORCE_COLOR, CI and whether stdout is a terminal. */
export function terminalStyle(): Style {
  const { bold, dim, green, yellow, red, cyan } = pc.createColors(coloured());
  return { bold, dim, green, yellow, red, cyan };
}

function coloured(): boolean {
  if (process.env['NO_COLOR']) return false;
  if (process.env['FORCE_COLOR'] !== undefined) return process.env['FORCE_COLOR'] !== '0';
  return process.stdout.isTTY === true && process.env['TERM'] !== 'dumb';
}

export const terminalWidth = (): number =>
  Math.min(process.stdout.columns ?? WITHOUT_TERMINAL_COLUMNS, WIDEST_COLUMNS);

export const print = (text: string): void => {
  const printed = withoutControls(text);
  process.stdout.write(printed.endsWith('\n') ? printed : `${printed}\n`);
};
