/** What is going on, on one line of stderr that is rewritten; nothing at all without a terminal. */
export interface Progress extends Disposable {
  readonly step: (label: string) => void;
}

const REDRAW_MS = 200;
/** Work of under a second needs no progress line. */
const QUIET_FOR_MS = 700;

export function showProgress(enabled: boolean): Progress {
  if (!enabled || process.stderr.isTTY !== true) {
    return { step: () => undefined, [Symbol.dispose]: () => undefined };
  }
  const startedMs = performance.now();
  let label = 'starting';
  const draw = (): void => {
    const elapsedMs = performance.now() - startedMs;
    if (elapsedMs < QUIET_FOR_MS) return;
    const line = `${(elapsedMs / 1_000).toFixed(1)} s  ${label}`;
    process.stderr.write(`\r\u001b[K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
  };
  const timer = setInterval(draw, REDRAW_MS);
  return {
    step: (next) => {
      label = next;
    },
    [Symbol.dispose]: () => {
      clearInterval(timer);
      process.stderr.write('\r\u001b[K');
    },
  };
}
