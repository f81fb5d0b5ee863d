/** The file that a machine starts from: its whole root file system, for one kernel. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { HarnessError } from '../../domain/harness-error.ts';
import type { Preparing } from './debian-kernels.ts';
import { ACCOUNTS, GUEST_INIT } from './guest-init.ts';
import { cacheFolder } from './kernel-cache.ts';
import type { Kernel } from './kernel-image.ts';
import { moduleFiles, modulesIn } from './kernel-modules.ts';
import { runTool } from './tools.ts';
import { type Placed, userland } from './userland.ts';

/**
 * The archive for this kernel: from the cache if nothing of what it is made of has changed since,
 * otherwise made anew. Machines that were started from the old one keep it open.
 */
export async function provideInitramfs(kernel: Kernel, preparing: Preparing): Promise<string> {
  const files = await userland(preparing.signal);
  const stamp = stampOf(kernel, files);
  const folder = cacheFolder('initramfs');
  const archive = path.join(folder, `${kernel.release}-${hashOf(kernel.image)}.cpio`);
  const stampFile = `${archive}.stamp`;
  if (existsSync(archive) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) {
    return archive;
  }
  preparing.notify(`puts the file system for ${kernel.name} together, until something changes`);
  const staging = mkdtempSync(path.join(folder, 'unfinished-'));
  try {
    const root = path.join(staging, 'root');
    for (const file of files) place(root, file);
    await addModules(root, kernel);
    addOwn(root);
    await pack(root, path.join(staging, 'archive'), preparing.signal);
    rmSync(stampFile, { force: true });
    renameSync(path.join(staging, 'archive'), archive);
    writeFileSync(stampFile, stamp);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  return archive;
}

const hashOf = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 12);

/** Contents by size and time: to read 120 MB before every run would take longer than to start it. */
function stampOf({ image, modules }: Kernel, files: readonly Placed[]): string {
  const hash = createHash('sha256').update(GUEST_INIT).update(JSON.stringify(ACCOUNTS));
  const drivers = modules === undefined ? [] : moduleFiles(modules);
  for (const file of [image, ...drivers, ...files.map(({ from }) => from)]) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function place(root: string, { from, to, executable }: Placed): void {
  const target = path.join(root, to);
  mkdirSync(path.dirname(target), { recursive: true });
  copyFileSync(from, target);
  chmodSync(target, executable ? 0o755 : 0o644);
}

async function addModules(root: string, { modules }: Kernel): Promise<void> {
  const loaded = modules === undefined ? [] : await modulesIn(modules);
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
