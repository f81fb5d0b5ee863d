import { monotonicMs } from './monotonic.ts';

export interface Deadline {
  readonly cancel: () => void;
}

/**
 * Calls back when `ms` milliseconds have passed and nothing that the kernel had reported by then
 * has cancelled the deadline: after the timer the loop turns once more, so that a socket's own
 * event beats the timer. A Node timer counts from the loop's cached time and may be early; then the
 * rest is waited for.
 */
export const startDeadline = (ms: number, onReached: () => void): Deadline => {
  const dueMs = monotonicMs() + ms;
  let lastTurn: NodeJS.Immediate | undefined;
  const check = (): void => {
    const leftMs = dueMs - monotonicMs();
    if (leftMs > 0) {
      timer = setTimeout(check, Math.ceil(leftMs));
    } else {
      lastTurn = setImmediate(onReached);
    }
  };
  let timer = setTimeout(check, ms);
  return {
    cancel: () => {
      clearTimeout(timer);
      clearImmediate(lastTurn);
    },
  };
};
