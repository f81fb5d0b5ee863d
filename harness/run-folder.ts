import { randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { type Evidence, FILES } from './domain/evidence.ts';
import { HarnessError } from './domain/harness-error.ts';
import type { RunPlan } from './domain/plan.ts';
import { makeFolders } from './make-folders.ts';

/** Makes `<runsDir>/<time>-<scenario>/` with its plan.json. Returns its absolute path. */
export const createRunFolder = (runsDir: string, plan: RunPlan, now: Date): string =>
  createFolder(path.resolve(runsDir, `${timestamp(now)}-${plan.scenario}`), plan);

/** Makes `<runsDir>/<time>-verify/`, `-sweep/` or the like for many runs. Returns its absolute path. */
export const createCatalogueFolder = (runsDir: string, now: Date, what: string): string =>
  createFolder(path.resolve(runsDir, `${timestamp(now)}-${what}`));

/** Makes the folder of one run of a catalogue, such as `fooled-client-abort` for its label. */
export const createRunFolderIn = (catalogueFolder: string, label: string, plan: RunPlan): string =>
  createFolder(path.join(catalogueFolder, label.replaceAll('/', '-')), plan);

/** Makes the folder of one catalogue among several, such as `debian-6.1` for `debian:6.1`. */
export const createFolderIn = (folder: string, name: string): string => {
  const plain = name.replaceAll(/[^\w.+-]+/g, '-').slice(-LONGEST_NAME);
  return createFolder(path.join(folder, plain.replace(/^[-.]+/, '')));
};

/** A path may be longer than a name may be. */
const LONGEST_NAME = 100;

const timestamp = (now: Date): string =>
  now.toISOString().replaceAll(/[-:]/g, '').replace('T', '-').replace(/Z$/, '');

function createFolder(wanted: string, plan?: RunPlan): string {
  try {
    makeFolders(path.dirname(wanted));
    const own = makeUnused(wanted);
    if (plan) writeFileSync(path.join(own, FILES.plan), `${JSON.stringify(plan, null, 2)}\n`);
    return own;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HarnessError('RUN_FOLDER_UNWRITABLE', `Cannot make a run folder: ${why}.`, {
      remedy: `${remedyFor(cause)}, or choose another place with --runs-dir DIR`,
      cause,
    });
  }
}

function remedyFor(cause: unknown): string {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') return 'make the folder writable for this user';
  return code === 'EROFS' ? 'mount something writable there' : 'free some disk space';
}

/** Two runs of one scenario may start in the same millisecond. */
function makeUnused(folder: string): string {
  let name = folder;
  for (let number = 2; !isMade(name); number += 1) name = `${folder}-${number}`;
  return name;
}

/** False when there is such a folder already. */
function isMade(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Every regular file of the folder, by relative path. Throws `EVIDENCE_UNREADABLE`. */
export function readEvidence(folder: string): Evidence {
  if (!existsSync(folder)) {
    throw new HarnessError('EVIDENCE_UNREADABLE', `There is no folder ${folder}.`, {
      remedy: 'name a folder below runs/; that of a container is where it was mounted',
    });
  }
  if (!existsSync(path.join(folder, FILES.plan))) {
    throw new HarnessError(
      'EVIDENCE_UNREADABLE',
      `Cannot judge ${folder} because it is not a run folder: it has no ${FILES.plan}.`,
      { remedy: 'name a folder below runs/; npm run repro -- makes one' },
    );
  }
  try {
    return new Map(
      filesBelow(folder, '').map((file) => [file, readFileSync(path.join(folder, file))]),
    );
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HarnessError('EVIDENCE_UNREADABLE', `Cannot read ${folder}: ${why}.`, {
      remedy: 'look at the permissions of the folder',
      cause,
    });
  }
}

/** A link may lead out of the folder, and a FIFO would be waited for without end: neither is evidence. */
function filesBelow(folder: string, relative: string): readonly string[] {
  return readdirSync(path.join(folder, relative), { withFileTypes: true }).flatMap((entry) => {
    const inner = relative === '' ? entry.name : `${relative}/${entry.name}`;
    if (entry.isDirectory()) return filesBelow(folder, inner);
    return entry.isFile() ? [inner] : [];
  });
}

/**
 * Adds what was concluded to the folder, as a new file: one that is there may be a link to
 * elsewhere. Returns whether it was kept; judging a read-only folder again is no error.
 */
export function keepConclusion(folder: string, file: string, content: string): boolean {
  const unfinished = path.join(folder, `${file}.${randomUUID()}`);
  try {
    writeFileSync(unfinished, content, { flag: 'wx' });
    renameSync(unfinished, path.join(folder, file));
    return true;
  } catch {
    rmSync(unfinished, { force: true });
    return false;
  }
}
