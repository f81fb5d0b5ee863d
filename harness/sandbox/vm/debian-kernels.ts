/**
 * Kernels by name, such as `debian:6.1`: looked up and fetched by this machine's own package tools,
 * from the archive that it takes its packages from, with an apt configuration of our own. Nothing is
 * installed, and the machine's sources and lists are not touched.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { aptOf, openArchive, type Preparing, TRY_AGAIN, unavailable } from './debian-archive.ts';
import {
  cacheFolder,
  cachePlace,
  inCache,
  keepWhole,
  removeForsaken,
  unfinishedName,
} from './kernel-cache.ts';
import { type Kernel, readKernelIdentity } from './kernel-image.ts';
import { runTool } from './tools.ts';

/** Small kernels for virtual machines, with the drivers that these need. */
const IMAGE_PACKAGES = '^linux-image-[0-9].*-cloud-amd64$';

/** A kernel that can be fetched. */
export interface PackagedKernel {
  /** What `--kernel` is to be told: `debian:6.1.176`. */
  readonly name: string;
  readonly package: string;
  /** Of the package, for example `6.1.176-1`. */
  readonly version: string;
}

/** The list is fetched anew when it is older than a day. */
const LIST_LASTS_MS = 24 * 3_600_000;

/** All kernels that the archive has, the oldest first. Throws `KERNEL_UNAVAILABLE`, `TOOL_MISSING`. */
export async function listDebianKernels(preparing: Preparing): Promise<readonly PackagedKernel[]> {
  return inCache(async () => {
    if (listAgeMs() < LIST_LASTS_MS) return keptList();
    try {
      return await fetchList(preparing);
    } catch (error) {
      if (preparing.signal.aborted || listAgeMs() === Number.POSITIVE_INFINITY) throw error;
      preparing.notify('takes an older list of kernels, because no new one can be had');
      return keptList();
    }
  });
}

const listPlace = (): string => cachePlace('apt', 'kernels.json');

/** Infinity: there is none. */
function listAgeMs(): number {
  const kept = statSync(listPlace(), { throwIfNoEntry: false });
  return kept === undefined ? Number.POSITIVE_INFINITY : Date.now() - kept.mtimeMs;
}

const keptList = (): readonly PackagedKernel[] =>
  JSON.parse(readFileSync(listPlace(), 'utf8')) as readonly PackagedKernel[];

async function fetchList(preparing: Preparing): Promise<readonly PackagedKernel[]> {
  const apt = await openArchive(preparing);
  const search = await apt(['apt-cache', 'search', '--names-only', IMAGE_PACKAGES]);
  const names = search.stdout.split('\n').map((line) => line.split(' ')[0] ?? '');
  const madison = await apt(['apt-cache', 'madison', ...names.filter((name) => name !== '')]);
  const kernels = kernelsIn(madison.stdout);
  // An empty list would be believed for a day.
  if (kernels.length === 0) throw unavailable('The archive has no kernels', TRY_AGAIN);
  keepWhole(listPlace(), JSON.stringify(kernels, null, 1));
  return kernels;
}

/** Lines such as `linux-image-6.1.0-50-cloud-amd64 | 6.1.176-1 | (where from)`. */
export function kernelsIn(madison: string): readonly PackagedKernel[] {
  const found = madison.split('\n').flatMap((line) => {
    const [name = '', version = ''] = line.split('|').map((word) => word.trim());
    return version === ''
      ? []
      : [{ name: `debian:${upstreamOf(version)}`, package: name, version }];
  });
  return found
    .toSorted((one, other) => compareVersions(one.version, other.version))
    .filter((kernel, index, all) => all[index + 1]?.version !== kernel.version);
}

const upstreamOf = (version: string): string => version.replace(/-[^-]*$/, '');

function compareVersions(one: string, other: string): number {
  const numbers = (version: string): readonly number[] => (version.match(/\d+/g) ?? []).map(Number);
  const [ours, theirs] = [numbers(one), numbers(other)];
  const at = ours.findIndex((number, index) => number !== theirs[index]);
  return at < 0 ? ours.length - theirs.length : (ours[at] ?? 0) - (theirs[at] ?? 0);
}

/** `wanted`: what follows `debian:`. Throws `KERNEL_UNAVAILABLE`. */
export function assertVersion(wanted: string): void {
  if (/^\d+\.\d+(\.\d+)?$/.test(wanted)) return;
  throw unavailable(
    `The kernel debian:${wanted} names no version`,
    'write debian:6.1 or debian:6.1.176',
  );
}

const newestOf = (wanted: string, all: readonly PackagedKernel[]): PackagedKernel | undefined =>
  all.findLast(({ name }) => `${name}.`.startsWith(`debian:${wanted}.`));

/** The version that would be taken, by the list that is there; without one as it was asked for. */
export function knownVersion(wanted: string): string {
  const version = newestOf(wanted, listIfReadable())?.version;
  return version === undefined ? wanted : upstreamOf(version);
}

/** A plan must not fail for a cache that this user may not read. */
function listIfReadable(): readonly PackagedKernel[] {
  try {
    return keptList();
  } catch {
    return [];
  }
}

/** The newest kernel of that version, from the cache or the archive. `wanted`: what follows `debian:`. */
export async function provideDebianKernel(wanted: string, preparing: Preparing): Promise<Kernel> {
  assertVersion(wanted);
  const all = await listDebianKernels(preparing);
  const chosen = newestOf(wanted, all);
  if (chosen === undefined) {
    const names = [...new Set(all.map(({ name }) => seriesOf(name)))].join(', ');
    throw unavailable(`The archive has no kernel ${wanted}`, `choose one of ${names}`);
  }
  const folder = cachePlace('kernels', `${chosen.package}_${chosen.version}`);
  if (!existsSync(folder)) await fetchInto(folder, chosen, preparing);
  return kernelIn(folder, `debian:${wanted}`, `${chosen.package} ${chosen.version}`);
}

/** `debian:6.1` of `debian:6.1.176`. */
const seriesOf = (name: string): string => name.split('.').slice(0, 2).join('.');

function kernelIn(folder: string, name: string, fromPackage: string): Kernel {
  // In boot/, and in newer releases beside the modules.
  const image = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((file) =>
    path.basename(file).startsWith('vmlinuz'),
  );
  if (image === undefined) {
    throw unavailable(`${fromPackage} holds no image`, `remove ${folder} and try again`);
  }
  const file = path.join(folder, image);
  return { name, image: file, modules: folder, package: fromPackage, ...readKernelIdentity(file) };
}

/** Newer releases split an image into packages: those of the same version that it depends on. */
async function fetchInto(
  folder: string,
  chosen: PackagedKernel,
  preparing: Preparing,
): Promise<void> {
  preparing.notify(`fetches ${chosen.package} ${chosen.version}, once`);
  const apt = aptOf(cacheFolder('apt'), preparing.signal);
  const exact = `${chosen.package}=${chosen.version}`;
  const { stdout } = await apt(['apt-cache', 'show', exact]);
  const parts = [...stdout.matchAll(/(linux-(?:binary|modules)-\S+) \(= ([^)]+)\)/g)].map(
    ([, name, version]) => `${name}=${version}`,
  );
  removeForsaken(cacheFolder('kernels'));
  const unfinished = cachePlace('kernels', unfinishedName(chosen.package));
  mkdirSync(unfinished, { recursive: true });
  try {
    const download = await apt(['apt-get', 'download', exact, ...new Set(parts)], unfinished);
    if (download.failed) throw unavailable(download.complaint, TRY_AGAIN);
    for (const archive of readdirSync(unfinished).filter((name) => name.endsWith('.deb'))) {
      const place = path.join(unfinished, archive);
      const unpacked = await runTool(['dpkg-deb', '-x', place, unfinished], preparing);
      if (unpacked.failed) throw unavailable(unpacked.complaint, TRY_AGAIN);
      rmSync(place);
    }
    keepUnlessThere(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Another command may have fetched the same meanwhile. */
function keepUnlessThere(unfinished: string, folder: string): void {
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}
