import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import path from 'node:path';

/** What files of a folder have gained since the last look. Files that are not there yet may come. */
export interface Tail extends Disposable {
  readonly look: () => readonly (readonly [file: string, appended: Uint8Array])[];
}

/** So that one look at a flood of evidence does not hold the loop up; the rest comes next time. */
const MOST_BYTES_A_LOOK = 1_000_000;

interface Followed {
  readonly descriptor: number;
  atByte: number;
}

/** Follows the wanted files of a folder; the folder itself may be gone, too. */
export function followFolder(folder: string, isWanted: (file: string) => boolean): Tail {
  const followed = new Map<string, Followed>();
  const buffer = new Uint8Array(MOST_BYTES_A_LOOK);
  const appendedTo = (file: string): Uint8Array => {
    const one = followed.get(file) ?? {
      descriptor: openSync(path.join(folder, file), 'r'),
      atByte: 0,
    };
    followed.set(file, one);
    const length = readSync(one.descriptor, buffer, 0, buffer.length, one.atByte);
    one.atByte += length;
    return buffer.slice(0, length);
  };
  return {
    look: () =>
      filesIn(folder)
        .filter(isWanted)
        .map((file) => [file, whileThere(() => appendedTo(file))] as const)
        .filter(([, appended]) => appended.length > 0),
    [Symbol.dispose]: () => {
      for (const { descriptor } of followed.values()) closeSync(descriptor);
      followed.clear();
    },
  };
}

const filesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

/** Watching is no part of a run: what cannot be read is not shown, and judging will say so. */
function whileThere(read: () => Uint8Array): Uint8Array {
  try {
    return read();
  } catch {
    return new Uint8Array(0);
  }
}
