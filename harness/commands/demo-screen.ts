/** The terminal as the demo uses it: pages out, keys in. */
import { emitKeypressEvents } from 'node:readline';
import { type KeyPress, keyName } from '../demo/key-name.ts';
import { openScreen } from './screen.ts';
import { suspend, useTerminal } from './terminal-use.ts';

/** Where pages are shown. Disposed of, the terminal is as it was. */
export interface DemoScreen extends Disposable {
  readonly show: (lines: readonly string[]) => void;
}

/** Redraws the whole terminal in one write, so that nothing flickers. */
export function fullScreen(): DemoScreen {
  const screen = openScreen(process.stdout);
  return { show: screen.draw, [Symbol.dispose]: () => screen[Symbol.dispose]() };
}

/** One page below the other, each once: for files, recordings, and those who listen. */
export function pageByPage(): DemoScreen {
  let last = '';
  return {
    show: (lines) => {
      const text = `${lines.join('\n').trimEnd()}\n\n`;
      if (text !== last && text.trim() !== '') process.stdout.write(text);
      last = text;
    },
    [Symbol.dispose]: () => undefined,
  };
}

/** Single keys without Enter; disposed of, the terminal reads lines again. */
export function listenForKeys(press: (key: string) => void, gone: () => void): Disposable {
  const { stdin } = process;
  const onKey = (_text: string | undefined, key: KeyPress): void => {
    const name = keyName(key);
    if (name === 'ctrl-z') suspend();
    else press(name);
  };
  // A terminal that was closed cannot be read or set any more, and somebody else tells: SIGHUP.
  stdin.on('error', gone);
  emitKeypressEvents(stdin);
  const use = useTerminal({
    take: () => {
      // The shell has changed it behind Node's back, and what is set already Node does not set.
      stdin.setRawMode(false);
      stdin.setRawMode(true);
    },
    release: () => stdin.setRawMode(false),
    changesModes: true,
  });
  stdin.on('keypress', onKey).on('end', gone).resume();
  return {
    [Symbol.dispose]: () => {
      use[Symbol.dispose]();
      stdin.off('keypress', onKey).off('end', gone).pause();
    },
  };
}
