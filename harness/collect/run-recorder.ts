import { mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { HarnessError } from '../domain/harness-error.ts';

/** Writes evidence into the run folder. Writes are synchronous: what was recorded survives a kill. */
export interface RunRecorder {
  write(file: string, content: string | Uint8Array): void;
  append(file: string, text: string): void;
  appendLine(file: string, value: unknown): void;
  /** The absolute path of a file that a program writes itself, such as tcpdump. */
  place(file: string): string;
}

/** Files are named relative to the folder. Throws `RUN_FOLDER_UNWRITABLE`. */
export function recordInto(folder: string): RunRecorder {
  const appending = new Map<string, number>();
  const place = (file: string): string => {
    const absolute = path.join(folder, file);
    mkdirSync(path.dirname(absolute), { recursive: true });
    return absolute;
  };
  const open = (file: string): number => {
    const descriptor = appending.get(file) ?? openSync(place(file), 'a');
    appending.set(file, descriptor);
    return descriptor;
  };
  const attempt = (file: string, action: () => void): void => {
    try {
      action();
    } catch (cause) {
      throw unwritable(path.join(folder, file), cause);
    }
  };
  const append: RunRecorder['append'] = (file, text) =>
    attempt(file, () => writeSync(open(file), text));
  return {
    write: (file, content) => attempt(file, () => writeFileSync(place(file), content)),
    append,
    appendLine: (file, value) => append(file, `${JSON.stringify(value)}\n`),
    place,
  };
}

export function unwritable(file: string, cause: unknown): HarnessError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new HarnessError('RUN_FOLDER_UNWRITABLE', `Cannot write ${file}: ${why}.`, {
    remedy: 'free some disk space, or choose another place with --runs-dir DIR',
    cause,
  });
}
