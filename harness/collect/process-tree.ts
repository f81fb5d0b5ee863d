/** A process and everything below it, as /proc shows them in this PID namespace. */
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  /** `T`: stopped by a signal; `Z`: ended, and not yet waited for. */
  readonly state: string;
}

/** The name stands in parentheses and may hold anything, so the last one ends it. */
export function readProcessRow(pid: number, stat: string): ProcessRow | undefined {
  const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === undefined || parent === undefined || !/^\d+$/.test(parent)) return undefined;
  return { pid, parent: Number(parent), state };
}

/** Processes that end while one looks are left out. */
function allProcesses(): readonly ProcessRow[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return readProcessRow(Number(name), readFileSync(`/proc/${name}/stat`, 'utf8')) ?? [];
      } catch {
        return [];
      }
    });
}

/** The process itself comes first; nobody is in it who has ended. */
export function treeOf(root: number, all: readonly ProcessRow[]): readonly ProcessRow[] {
  const living = all.filter(({ state }) => state !== 'Z' && state !== 'X');
  const tree = living.filter(({ pid }) => pid === root);
  // A list grows while one walks through it: each process brings its children.
  for (const { pid } of tree) tree.push(...living.filter(({ parent }) => parent === pid));
  return tree;
}

export const processTree = (root: number): readonly ProcessRow[] => treeOf(root, allProcesses());
