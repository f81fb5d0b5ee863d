/** Where kernels and what machines start from are kept: nothing in it is needed for ever. */
import { mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** XDG_CACHE_HOME, or ~/.cache as its specification has it. */
export function cacheFolder(...names: readonly string[]): string {
  const base = process.env['XDG_CACHE_HOME'] || path.join(os.homedir(), '.cache');
  const folder = path.join(base, 'backlog-lab', ...names);
  mkdirSync(folder, { recursive: true });
  return folder;
}
