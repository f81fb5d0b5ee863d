/** Who holds the terminal in a state of its own, and how it is given back in between and at the end. */

export interface TerminalUse {
  readonly take: () => void;
  /** The terminal as the shell wants it. */
  readonly release: () => void;
  /**
   * Releasing changes how the terminal reads, for which a process that the shell has put into the
   * background already is stopped in the middle of it.
   */
  readonly changesModes?: boolean;
}

const uses = new Set<TerminalUse>();

const release = (which: (use: TerminalUse) => boolean): void => {
  for (const use of [...uses].reverse()) if (which(use)) use.release();
};
const releaseAll = (): void => release(() => true);

/** Somebody else has asked for it, and the shell may have the terminal already: it sets its modes. */
function stop(): void {
  release(({ changesModes }) => changesModes !== true);
  process.kill(process.pid, 'SIGSTOP');
}

/** `fg`. */
const goOn = (): void => {
  for (const use of uses) use.take();
};

/** Takes it at once, and again after `fg`; gives it back when it is stopped, and however it ends. */
export function useTerminal(use: TerminalUse): Disposable {
  if (uses.size === 0) process.on('exit', releaseAll).on('SIGTSTP', stop).on('SIGCONT', goOn);
  uses.add(use);
  use.take();
  return {
    [Symbol.dispose]: () => {
      if (!uses.delete(use)) return;
      use.release();
      if (uses.size === 0)
        process.off('exit', releaseAll).off('SIGTSTP', stop).off('SIGCONT', goOn);
    },
  };
}

/** Ctrl-Z where it is a key like any other: the terminal first, then everybody in the foreground. */
export function suspend(): void {
  releaseAll();
  process.kill(0, 'SIGTSTP');
}
