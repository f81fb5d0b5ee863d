import type { Writable } from 'node:stream';
import type { SwarmEvent } from '../harness/domain/wire.ts';

export type Emit = (event: SwarmEvent) => void;

export interface EventWriter {
  /** Costs no system call: the lines of one turn of the loop are written together at its end. */
  readonly emit: Emit;
  /** Writes what is left and calls back when all of it is out; later events are ignored. */
  readonly end: (onWritten: () => void) => void;
}

export const createEventWriter = (output: Writable): EventWriter => {
  let lines = '';
  let ended = false;
  const flush = (): void => {
    output.write(lines);
    lines = '';
  };
  return {
    emit: (event) => {
      if (ended) {
        return;
      }
      if (lines === '') {
        setImmediate(flush);
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
