import os from 'node:os';
import { HarnessError } from '../domain/harness-error.ts';

/** What interrupts a command: politely first, at once the second time. */
export interface Interruption extends Disposable {
  /** Aborted by the first signal: stop, keep the evidence so far. */
  readonly signal: AbortSignal;
  /** Aborted by the second: end at once. */
  readonly force: AbortSignal;
  /** 130 for SIGINT, 143 for SIGTERM, 129 for SIGHUP; undefined: nothing interrupted. */
  readonly exitCode: () => number | undefined;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * npm hands a terminal's Ctrl-C on to its child, which has had it from the terminal already: two
 * signals within this time are one.
 */
const ONE_KEYSTROKE_MS = 300;

export function watchForInterruption(): Interruption {
  const polite = new AbortController();
  const force = new AbortController();
  let code: number | undefined;
  let firstMs = 0;
  const onSignal = (name: NodeJS.Signals): void => {
    if (code === undefined) {
      code = 128 + os.constants.signals[name];
      firstMs = performance.now();
      polite.abort(interrupted(name));
    } else if (performance.now() - firstMs > ONE_KEYSTROKE_MS) {
      force.abort(interrupted(name));
    }
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return {
    signal: polite.signal,
    force: force.signal,
    exitCode: () => code,
    [Symbol.dispose]: () => {
      for (const name of SIGNALS) process.off(name, onSignal);
    },
  };
}

const interrupted = (name: string): HarnessError =>
  new HarnessError('ABORTED', `The run was interrupted by ${name}.`, {
    remedy: 'the evidence so far is kept; start it again for a whole run',
  });
