import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * Makes a folder and those that lead to it. Node's own `recursive` never returns where a folder
 * that is there refuses with ENOENT to hold another one, as /proc does (seen in 20.20).
 */
export function makeFolders(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (isFolder(folder)) return;
    const parent = path.dirname(folder);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || isFolder(parent)) throw error;
    makeFolders(parent);
    makeFolders(folder);
  }
}

/** Follows links, as the kernel does on the way to a file. */
function isFolder(place: string): boolean {
  try {
    return statSync(place).isDirectory();
  } catch {
    return false;
  }
}
