import type { ProgramLog } from './kit/program-log.ts';

/** Nobody else has it, so nobody can wake the loop before its time. */
const neverNotified = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/**
 * The event loop does nothing for so long: no accept, no read, no timer. That is told beforehand,
 * since later is too late for whoever waits for it.
 */
export const blockEventLoop = (forMs: number, why: string, log: ProgramLog): void => {
  log.tell(
    { event: 'blocking', forMs, why },
    `the event loop stands still for ${forMs} ms: ${why}`,
  );
  log.flush();
  Atomics.wait(neverNotified, 0, 0, forMs);
  log.tell({ event: 'unblocked' });
};
