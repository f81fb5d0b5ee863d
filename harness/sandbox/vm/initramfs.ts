/** The file that a machine starts from: its whole root file system, for one kernel. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { HarnessError } from '../../domain/harness-error.ts';
import type { Preparing } from './debian-archive.ts';
import { ACCOUNTS, GUEST_INIT } from './guest-init.ts';
import { cacheFolder, removeForsaken, unfinishedName } from './kernel-cache.ts';
import type { Kernel } from './kernel-image.ts';
import { moduleFiles, modulesIn } from './kernel-modules.ts';
import { runTool } from './tools.ts';
import { type Placed, userland } from './userland.ts';

/** Of one kernel: checkouts side by side have one each, and old ones go. */
const MOST_ARCHIVES = 3;

/**
 * The archive for this kernel: from the cache if there is one of just these files, otherwise made
 * anew. Machines that were started from one that goes keep it open.
 */
export async function provideInitramfs(kernel: Kernel, preparing: Preparing): Promise<string> {
  const files = await userland(preparing.signal);
  const folder = cacheFolder('initramfs');
  const archive = path.join(folder, `${kernel.release}-${stampOf(kernel, files)}.cpio`);
  if (existsSync(archive)) {
    markAsUsed(archive);
    return archive;
  }
  removeForsaken(folder);
  preparing.notify(`puts the file system for ${kernel.name} together, until something changes`);
  const staging = mkdtempSync(path.join(folder, unfinishedName('')));
  try {
    const root = path.join(staging, 'root');
    for (const file of files) place(root, file);
    await addModules(root, kernel);
    addOwn(root);
    await pack(root, path.join(staging, 'archive'), preparing.signal);
    renameSync(path.join(staging, 'archive'), archive);
    removeOldest(folder, kernel.release);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  return archive;
}

/** A cache that may only be read is as good, as long as all is in it. */
function markAsUsed(archive: string): void {
  const now = new Date();
  try {
    utimesSync(archive, now, now);
  } catch {
    // Then it may be the first to go, and is made anew.
  }
}

function removeOldest(folder: string, release: string): void {
  const archives = readdirSync(folder)
    .filter((name) => name.startsWith(`${release}-`))
    .map((name) => path.join(folder, name))
    .toSorted((one, other) => usedMs(other) - usedMs(one));
  for (const archive of archives.slice(MOST_ARCHIVES)) rmSync(archive, { force: true });
}

/** Another command may have removed it by now. */
const usedMs = (archive: string): number =>
  statSync(archive, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Contents by size and time: to read 120 MB before every run would take longer than to start it. */
function stampOf({ image, modules, release }: Kernel, files: readonly Placed[]): string {
  const hash = createHash('sha256').update(GUEST_INIT).update(JSON.stringify(ACCOUNTS));
  const drivers = modules === undefined ? [] : moduleFiles(modules, release);
  for (const file of [image, ...drivers, ...files.map(({ from }) => from)]) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex').slice(0, 12);
}

function place(root: string, { from, to, executable }: Placed): void {
  const target = path.join(root, to);
  mkdirSync(path.dirname(target), { recursive: true });
  copyFileSync(from, target);
  chmodSync(target, executable ? 0o755 : 0o644);
}

async function addModules(root: string, { modules, release }: Kernel): Promise<void> {
  const loaded = modules === undefined ? [] : await modulesIn(modules, release);
  mkdirSync(path.join(root, 'modules'));
  for (const { name, bytes } of loaded) {
    writeFileSync(path.join(root, 'modules', `${name}.ko`), bytes);
  }
  writeFileSync(
    path.join(root, 'modules', 'order'),
    loaded.map(({ name }) => `${name}\n`).join(''),
  );
}

function addOwn(root: string): void {
  for (const [file, text] of Object.entries(ACCOUNTS)) {
    const target = path.join(root, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
  // Programs ask for these before anything is mounted or made.
  for (const folder of ['proc', 'sys', 'dev', 'tmp', 'run']) {
    mkdirSync(path.join(root, folder), { recursive: true });
  }
  const release = '/etc/os-release';
  if (existsSync(release)) copyFileSync(release, path.join(root, release));
  writeFileSync(path.join(root, 'init'), GUEST_INIT, { mode: 0o755 });
}

/** The format that kernels unpack, with everything root's. */
async function pack(root: string, archive: string, signal: AbortSignal): Promise<void> {
  const { failed, complaint } = await runTool(
    ['sh', '-c', 'find . | busybox cpio -o -H newc -R 0:0 > "$1"', 'sh', archive],
    { signal, folder: root },
  );
  if (!failed) return;
  throw new HarnessError('KERNEL_UNAVAILABLE', `Cannot pack the file system: ${complaint}.`, {
    remedy: 'free some disk space, or set XDG_CACHE_HOME to a folder that has room',
  });
}
