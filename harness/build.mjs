/**
 * Compiles the sources to dist/ when, and only when, they have changed since the last build, so that
 * `npm run repro` after an edit runs the edited code and otherwise starts at once. Plain JavaScript,
 * because it runs before anything is compiled.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const dist = path.join(root, 'dist');
const stampFile = path.join(dist, '.stamp');
const SOURCES = ['harness', 'servers', 'clients', 'tsconfig.json', 'tsconfig.build.json'];

/** An installed package carries dist/ and no sources: there is nothing to build. */
const hasSources = () => existsSync(path.join(root, 'tsconfig.build.json'));

function filesBelow(relative) {
  const absolute = path.join(root, relative);
  if (!statSync(absolute).isDirectory()) return [relative];
  return readdirSync(absolute).flatMap((name) => filesBelow(path.join(relative, name)));
}

/** Changes whenever a source file is edited, added, removed or renamed. */
function sourceStamp() {
  const hash = createHash('sha256').update(process.version);
  for (const file of SOURCES.flatMap(filesBelow).sort()) {
    const { size, mtimeMs } = statSync(path.join(root, file));
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** Moves a fresh build over the old one file by file: each rename is atomic, so a program that
 * starts at this moment reads a whole file, and two builds at once do not disturb each other. */
function install(from, to) {
  mkdirSync(to, { recursive: true });
  const fresh = readdirSync(from, { withFileTypes: true });
  for (const entry of fresh) {
    const source = path.join(from, entry.name);
    const target = path.join(to, entry.name);
    if (entry.isDirectory()) install(source, target);
    else renameSync(source, target);
  }
  const names = new Set(fresh.map((entry) => entry.name));
  for (const old of readdirSync(to)) {
    if (!names.has(old) && !old.startsWith('.')) rmSync(path.join(to, old), { recursive: true });
  }
}

function compile(stamp) {
  const next = path.join(dist, `.next-${process.pid}`);
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  if (!existsSync(tsc)) {
    throw new Error('The TypeScript compiler is not installed.\n  Remedy: run npm run setup.');
  }
  try {
    const built = spawnSync(
      process.execPath,
      [tsc, '-p', path.join(root, 'tsconfig.build.json'), '--outDir', next, '--pretty', 'false'],
      { cwd: root, encoding: 'utf8' },
    );
    if (built.status !== 0) {
      throw new Error(
        `The sources do not compile:\n${built.stdout}${built.stderr}  Remedy: mend the errors above.`,
      );
    }
    install(next, dist);
    writeFileSync(stampFile, stamp);
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
}

/** Returns whether anything had to be compiled; throws with the compiler's words when it failed. */
export function buildIfStale() {
  if (!hasSources()) return false;
  const stamp = sourceStamp();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return false;
  compile(stamp);
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.stdout.write(buildIfStale() ? 'Built dist/.\n' : 'dist/ is up to date.\n');
  } catch (error) {
    process.stderr.write(`BUILD_FAILED  ${error.message}\n`);
    process.exitCode = 4;
  }
}
