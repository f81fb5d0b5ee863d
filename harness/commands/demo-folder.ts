/**
 * Where the demo's runs keep their evidence for a while. A demo that was killed cannot remove its
 * folder: the next one does, which tells by the folder's name whose it was.
 */
import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { HarnessError } from '../domain/harness-error.ts';

const PREFIX = 'backlog-lab-demo-';
/** Boot and pid namespace in which a process id means something, the id, and its start in ticks. */
const OWNED = /^backlog-lab-demo-(?<place>[\w.]+)-(?<pid>\d+)-(?<start>\d+)-\w+$/;

/** Throws `RUN_FOLDER_UNWRITABLE`. */
export function makeDemoFolder(): string {
  const parent = os.tmpdir();
  removeLeftovers(parent);
  const owner = `${placeOfProcesses()}-${process.pid}-${startOf(process.pid) ?? 0}`;
  try {
    return mkdtempSync(path.join(parent, `${PREFIX}${owner}-`));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HarnessError('RUN_FOLDER_UNWRITABLE', `Cannot make a temporary folder: ${why}.`, {
      remedy: 'free some disk space, or name a folder that is writable: TMPDIR=DIR',
      cause,
    });
  }
}

/** Those of other users, and of machines that share the folder with this one, are left alone. */
function removeLeftovers(parent: string): void {
  for (const name of namesIn(parent)) {
    const { place, pid, start } = OWNED.exec(name)?.groups ?? {};
    const folder = path.join(parent, name);
    if (place !== placeOfProcesses() || isRunning(Number(pid), Number(start))) continue;
    if (isOwnFolder(folder)) removed(folder);
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isOwnFolder(folder: string): boolean {
  try {
    const found = lstatSync(folder);
    return found.isDirectory() && found.uid === process.getuid?.();
  } catch {
    return false;
  }
}

/** Another demo may be removing it, too. */
function removed(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // It is in nobody's way.
  }
}

/** Without /proc, as on macOS, there is one place only. */
function placeOfProcesses(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
    return `${boot}.${readlinkSync('/proc/self/ns/pid').replaceAll(/\D/g, '')}`;
  } catch {
    return 'here';
  }
}

/** A process id is used again; with its start it names one process. */
function isRunning(pid: number, start: number): boolean {
  const found = startOf(pid);
  if (found !== undefined) return found === start;
  if (placeOfProcesses() !== 'here') return false;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Clock ticks from boot to its start: field 22 of proc_pid_stat(5), behind a name with spaces. */
function startOf(pid: number): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ');
    return Number(fields?.[19]);
  } catch {
    return undefined;
  }
}
