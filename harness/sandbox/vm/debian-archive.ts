/**
 * The archive of Debian that this machine takes its packages from, by an apt with a configuration,
 * lists and a cache of its own: the machine's are not touched.
 */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { HarnessError } from '../../domain/harness-error.ts';
import { cacheFolder, keepWhole } from './kernel-cache.ts';
import { assertTools, runTool } from './tools.ts';

/** By age, so that the names are the same when a new release comes. Not every archive has them all. */
const SUITES = [
  'oldoldstable',
  'oldstable',
  'oldstable-backports',
  'stable',
  'stable-backports',
  'testing',
  'unstable',
];
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

export interface Preparing {
  readonly signal: AbortSignal;
  /** Says what takes long. */
  readonly notify: (what: string) => void;
}

export const TRY_AGAIN =
  'look whether the archive can be reached and the disk has room, and try again';

export const unavailable = (why: string, remedy: string): HarnessError =>
  new HarnessError('KERNEL_UNAVAILABLE', `${why.replace(/\.$/, '')}.`, { remedy });

export type Apt = (command: readonly string[], folder?: string) => ReturnType<typeof runTool>;

/** With the configuration that `openArchive` has made. */
export const aptOf =
  (folder: string, signal: AbortSignal): Apt =>
  (command, place) =>
    runTool(command, {
      signal,
      environment: { APT_CONFIG: path.join(folder, 'apt.conf') },
      ...(place === undefined ? {} : { folder: place }),
    });

/** With lists that were fetched just now, or older ones if the archive cannot be reached. */
export async function openArchive({ signal, notify }: Preparing): Promise<Apt> {
  assertTools(['apt-get', 'apt-cache', 'dpkg-deb', 'flock'], 'look kernels up by name');
  const folder = cacheFolder('apt');
  const apt = aptOf(folder, signal);
  notify('fetches the list of kernels, once a day');
  const archive = await archiveOfThisMachine(signal);
  configure(folder, archive);
  // Two commands at once: apt itself would refuse the second one.
  const update = await apt([
    'flock',
    '--no-fork',
    path.join(folder, 'update.lock'),
    'apt-get',
    'update',
    '-qq',
  ]);
  const lists = readdirSync(path.join(folder, 'lists')).filter((name) =>
    name.includes('_Packages'),
  );
  // Not every archive has every suite, and apt complains of those that are missing.
  if (lists.length === 0) throw unavailable(update.complaint, TRY_AGAIN);
  return apt;
}

/** The archive that holds this Debian itself, as apt knows it. */
async function archiveOfThisMachine(signal: AbortSignal): Promise<string> {
  const { stdout } = await runTool(
    ['apt-get', 'indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages'],
    { signal },
  );
  const archive = stdout.split('\n').find((uri) => /\/debian\/?$/.test(uri));
  if (archive !== undefined && existsSync(KEYRING)) return archive;
  throw unavailable(
    'This machine does not take its packages from an archive of Debian',
    'fetch a kernel yourself and name its image: --kernel ./vmlinuz --modules ./lib/modules',
  );
}

function configure(folder: string, archive: string): void {
  const inside = (...names: readonly string[]): string => path.join(folder, ...names);
  for (const name of ['lists/partial', 'state', 'cache/archives/partial']) {
    mkdirSync(inside(name), { recursive: true });
  }
  keepWhole(
    inside('sources.list'),
    SUITES.map((suite) => `deb [arch=amd64 signed-by=${KEYRING}] ${archive} ${suite} main\n`).join(
      '',
    ),
  );
  keepWhole(inside('status'), '');
  const settings = {
    'Dir::Etc::SourceList': inside('sources.list'),
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::State': inside('state'),
    'Dir::State::Lists': inside('lists'),
    'Dir::State::status': inside('status'),
    'Dir::Cache': inside('cache'),
    'APT::Sandbox::User': '',
    'APT::Get::List-Cleanup': 'true',
    'Acquire::Languages': 'none',
    'APT::Architecture': 'amd64',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} "${value}";\n`);
  keepWhole(inside('apt.conf'), lines.join(''));
}
