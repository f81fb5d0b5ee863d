/** Where kernels and what machines start from are kept: nothing in it is needed for ever. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { HarnessError } from '../../domain/harness-error.ts';

/** XDG_CACHE_HOME, or ~/.cache; its specification has a relative path ignored. Makes nothing. */
export function cachePlace(...names: readonly string[]): string {
  const wanted = process.env['XDG_CACHE_HOME'] ?? '';
  const base = path.isAbsolute(wanted) ? wanted : path.join(os.homedir(), '.cache');
  return path.join(base, 'backlog-lab', ...names);
}

/** The same, made if it is not there. */
export function cacheFolder(...names: readonly string[]): string {
  const folder = cachePlace(...names);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** What is being made, by a process that is known by it. */
export const unfinishedName = (of: string): string => `unfinished-${process.pid}-${of}`;

/** A command that was killed could not tidy up. */
export function removeForsaken(folder: string): void {
  for (const name of readdirSync(folder)) {
    const [, pid] = /^unfinished-(\d+)-/.exec(name) ?? [];
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    rmSync(path.join(folder, name), { recursive: true, force: true });
  }
}

/** Whoever reads the file at the same time finds the old text or the new one, never a part. */
export function keepWhole(file: string, text: string): void {
  const unfinished = `${file}.${process.pid}`;
  try {
    writeFileSync(unfinished, text);
    renameSync(unfinished, file);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/** What the disk refuses while a kernel is prepared is no defect. Throws `KERNEL_UNAVAILABLE` for it. */
export async function inCache<Prepared>(prepare: () => Promise<Prepared>): Promise<Prepared> {
  try {
    return await prepare();
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new HarnessError('KERNEL_UNAVAILABLE', `Cannot prepare a kernel: ${error.message}.`, {
      remedy: `free some disk space, or set XDG_CACHE_HOME to a folder that can be written and has room (it is ${cachePlace()} now)`,
      cause: error,
    });
  }
}
