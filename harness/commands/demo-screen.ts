/** The terminal as the demo uses it: pages out, keys in. */
import { emitKeypressEvents } from 'node:readline';
import { type KeyPress, keyName } from '../demo/key-name.ts';

/** Where pages are shown. Disposed of, the terminal is as it was. */
export interface DemoScreen extends Disposable {
  readonly show: (lines: readonly string[]) => void;
}

const ESCAPE = '\u001b';
/** The terminal's second page, so that what was on it before comes back; no cursor. */
const ENTER = `${ESCAPE}[?1049h${ESCAPE}[?25l`;
const LEAVE = `${ESCAPE}[?25h${ESCAPE}[?1049l`;
const HOME = `${ESCAPE}[H`;
const TO_END_OF_LINE = `${ESCAPE}[K`;
const TO_END_OF_SCREEN = `${ESCAPE}[J`;

/** Redraws the whole terminal in one write, so that nothing flickers. */
export function fullScreen(): DemoScreen {
  const leave = (): void => void process.stdout.write(LEAVE);
  process.on('exit', leave);
  process.stdout.write(ENTER);
  return {
    show: (lines) => {
      const text = lines.map((line) => `${line}${TO_END_OF_LINE}`).join('\r\n');
      process.stdout.write(`${HOME}${text}${TO_END_OF_SCREEN}`);
    },
    [Symbol.dispose]: () => {
      process.off('exit', leave);
      leave();
    },
  };
}

/** One page below the other, each once: for files, recordings, and those who listen. */
export function pageByPage(): DemoScreen {
  let last = '';
  return {
    show: (lines) => {
      const text = `${lines.join('\n').trimEnd()}\n\n`;
      if (text !== last) process.stdout.write(text);
      last = text;
    },
    [Symbol.dispose]: () => undefined,
  };
}

/** Single keys without Enter; disposed of, the terminal reads lines again. */
export function listenForKeys(press: (key: string) => void, gone: () => void): Disposable {
  const { stdin } = process;
  const onKey = (_text: string | undefined, key: KeyPress): void => press(keyName(key));
  const restore = (): void => {
    if (stdin.isTTY) stdin.setRawMode(false);
  };
  process.on('exit', restore);
  emitKeypressEvents(stdin);
  stdin.setRawMode(true);
  stdin.on('keypress', onKey).on('end', gone).resume();
  return {
    [Symbol.dispose]: () => {
      process.off('exit', restore);
      stdin.off('keypress', onKey).off('end', gone).pause();
      restore();
    },
  };
}
