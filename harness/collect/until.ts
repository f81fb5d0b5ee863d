import { HarnessError } from '../domain/harness-error.ts';

export interface Wait {
  /** What is waited for, as the end of the sentence `Waited for ...`. */
  readonly for: string;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** What is seen at the moment, for the message when the deadline passes. */
  readonly seen: () => string;
}

/** By how much longer everything may take than usual: an emulated machine is slower. */
let patience = 1;

/** For the whole process. A deadline ends what has gone wrong; it measures nothing. */
export const bePatient = (factor: number): void => {
  patience = factor;
};

export const patiently = (deadlineMs: number): number => deadlineMs * patience;

/** A timer of Node's that is set for longer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Waits for a promise with a deadline; the failure says what was seen instead. */
export async function within<Result>(promise: Promise<Result>, wait: Wait): Promise<Result> {
  wait.signal.throwIfAborted();
  let timer: NodeJS.Timeout | undefined;
  let onAbort = (): void => undefined;
  const end = new Promise<never>((_, reject) => {
    const deadlineMs = Math.min(patiently(wait.deadlineMs), LONGEST_TIMER_MS);
    timer = setTimeout(() => reject(notReached(wait)), deadlineMs);
    onAbort = () => reject(wait.signal.reason as Error);
    wait.signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, end]);
  } finally {
    clearTimeout(timer);
    wait.signal.removeEventListener('abort', onAbort);
  }
}

/** Looks every `everyMs` until `reached` says so: for kernel state that announces itself to nobody. */
export function until(reached: () => boolean, everyMs: number, wait: Wait): Promise<void> {
  if (reached()) return Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const looking = new Promise<void>((resolve, reject) => {
    timer = setInterval(() => {
      try {
        if (reached()) resolve();
      } catch (error) {
        reject(error as Error);
      }
    }, everyMs);
  });
  return within(looking, wait).finally(() => clearInterval(timer));
}

const notReached = (wait: Wait): HarnessError =>
  new HarnessError(
    'CONDITION_NOT_REACHED',
    `Waited ${patiently(wait.deadlineMs)} ms for ${wait.for} in vain; seen instead: ${wait.seen()}.`,
    {
      remedy:
        'if the machine is very busy try again when it is not; otherwise the run folder shows how far it came',
    },
  );
