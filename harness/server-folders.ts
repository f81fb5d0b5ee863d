/** Where other people's servers find their files, and leave what they write. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ServerStart } from './domain/real-server.ts';

export interface ServerFolders extends Disposable {
  /** Makes a folder with these files; returns its absolute path. */
  readonly make: (name: string, files: ServerStart['files']) => string;
}

/** All of them lie in one temporary folder, which is removed at the end. */
export function openServerFolders(): ServerFolders {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'backlog-lab-servers-'));
  return {
    make: (name, files = {}) => {
      const own = path.join(folder, name);
      mkdirSync(own);
      for (const [file, content] of Object.entries(files)) {
        writeFileSync(path.join(own, file), content);
      }
      return own;
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
