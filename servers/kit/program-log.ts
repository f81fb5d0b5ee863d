import type { Writable } from 'node:stream';
import pino from 'pino';

/** CLOCK_MONOTONIC in milliseconds, the one axis of all processes of a machine. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** What a program tells: an event's name and its fields. The log adds `monotonicMs`. */
export interface Told {
  readonly event: string;
  readonly [field: string]: unknown;
}

/** Leaves out the field that the log adds itself, of each of a union's members. */
export type Telling<Event extends { readonly monotonicMs: number }> = Event extends unknown
  ? Omit<Event, 'monotonicMs'>
  : never;

/**
 * The log of a program: pino's JSON lines on standard output, with the program's name, a level and
 * `monotonicMs`. The same lines are the evidence of a run, so that nothing is said twice.
 */
export interface ProgramLog {
  /** `words` is for people who read the log. */
  readonly tell: (told: Told, words?: string) => void;
  /** The same at level `warn`: something went wrong for somebody. */
  readonly warn: (told: Told, words?: string) => void;
  /** Writes at once what waits for the end of this turn: before the loop is blocked, or the end. */
  readonly flush: () => void;
  /** Writes what is left and calls back when all of it is out. */
  readonly end: (onWritten: () => void) => void;
}

/** The lines of one turn of the loop are written together at its end, which costs one system call. */
const inTurns = (output: Writable) => {
  let lines = '';
  const flush = (): void => {
    if (lines !== '') output.write(lines);
    lines = '';
  };
  return {
    flush,
    write: (line: string): void => {
      if (lines === '') setImmediate(flush);
      lines += line;
    },
    end: (onWritten: () => void): void => {
      output.write(lines, () => onWritten());
      lines = '';
    },
  };
};

export const openLog = (name: string, output: Writable): ProgramLog => {
  const writer = inTurns(output);
  const log = pino(
    {
      base: { name },
      timestamp: () => `,"monotonicMs":${monotonicMs()}`,
      formatters: { level: (label) => ({ level: label }) },
    },
    writer,
  );
  return {
    tell: (told, words) => log.info(told, words),
    warn: (told, words) => log.warn(told, words),
    flush: writer.flush,
    end: writer.end,
  };
};
