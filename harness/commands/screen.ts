import { useTerminal } from './terminal-use.ts';

/** A terminal's alternate screen, redrawn in place, and the terminal as it was when all is over. */
export interface LiveScreen extends Disposable {
  readonly draw: (lines: readonly string[]) => void;
}

const ESCAPE = '\u001b[';
const ENTER = `${ESCAPE}?1049h${ESCAPE}?25l${ESCAPE}2J`;
const LEAVE = `${ESCAPE}?25h${ESCAPE}?1049l`;
/** Terminals that know it show a frame as a whole; others ignore it. */
const BEGIN_FRAME = `${ESCAPE}?2026h`;
const END_FRAME = `${ESCAPE}?2026l`;
const HOME = `${ESCAPE}H`;
const CLEAR_LINE_END = `${ESCAPE}K`;
const CLEAR_BELOW = `${ESCAPE}J`;

export function openScreen(terminal: NodeJS.WriteStream): LiveScreen {
  let drawn = '';
  let open = false;
  const write = (frame: string): void => {
    drawn = frame;
    terminal.write(`${BEGIN_FRAME}${HOME}${frame}${CLEAR_BELOW}${END_FRAME}`);
  };
  const use = useTerminal({
    take: () => {
      open = true;
      terminal.write(ENTER);
      if (drawn !== '') write(drawn);
    },
    release: () => {
      if (!open) return;
      open = false;
      terminal.write(LEAVE);
    },
  });
  return {
    draw: (lines) => {
      // In raw mode, too, Node lets a line feed return the carriage.
      const frame = lines.map((line) => `${line}${CLEAR_LINE_END}`).join('\n');
      if (open && frame !== drawn) write(frame);
    },
    [Symbol.dispose]: () => use[Symbol.dispose](),
  };
}
