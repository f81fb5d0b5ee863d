import type { Writable } from 'node:stream';
import type { SwarmEvent } from '../harness/domain/wire.ts';
import { monotonicMs } from './monotonic.ts';

/** Whoever reads the lines is woken by each write, on a machine with one processor at our cost. */
const REST_MS = 10;

export type Emit = (event: SwarmEvent) => void;

export interface EventWriter {
  /** Costs no system call: lines are written together, at the end of a turn or after REST_MS. */
  readonly emit: Emit;
  /** Writes what is left and calls back when all of it is out; later events are ignored. */
  readonly end: (onWritten: () => void) => void;
}

export const createEventWriter = (output: Writable): EventWriter => {
  let lines = '';
  let ended = false;
  let writtenMs = Number.NEGATIVE_INFINITY;
  const flush = (): void => {
    output.write(lines);
    lines = '';
    writtenMs = monotonicMs();
  };
  const flushSoon = (): void => {
    const restMs = writtenMs + REST_MS - monotonicMs();
    if (restMs > 0) setTimeout(flush, restMs);
    else setImmediate(flush);
  };
  return {
    emit: (event) => {
      if (ended) {
        return;
      }
      if (lines === '') {
        flushSoon();
      }
      lines += `${JSON.stringify(event)}\n`;
    },
    end: (onWritten) => {
      ended = true;
      output.write(lines, () => onWritten());
      lines = '';
    },
  };
};
