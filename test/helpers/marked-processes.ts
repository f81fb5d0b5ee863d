import { readdirSync, readFileSync } from 'node:fs';

/** What is inherited by every process of a command, so that they can be found without any doubt. */
export const MARK = 'BACKLOG_LAB_TEST';

export interface MarkedProcess {
  readonly pid: number;
  readonly parentPid: number;
  /** The command line, word by word. */
  readonly argv: readonly string[];
}

/** Every living process in whose environment MARK has this value. */
export const processesMarked = (mark: string): readonly MarkedProcess[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      if (!wordsOf(name, 'environ').includes(`${MARK}=${mark}`)) return [];
      return [{ pid: Number(name), parentPid: parentOf(name), argv: wordsOf(name, 'cmdline') }];
    });

/** 0 for a process that has ended. */
function parentOf(pid: string): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^PPid:\t(\d+)/m.exec(status)?.[1]);
  } catch {
    return 0;
  }
}

/** Empty for a process that has ended, and for one that is not ours to look at. */
function wordsOf(pid: string, file: 'environ' | 'cmdline'): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0').slice(0, -1);
  } catch {
    return [];
  }
}

export function killMarked(mark: string): void {
  for (const { pid } of processesMarked(mark)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended with another one.
    }
  }
}
