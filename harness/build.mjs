/**
 * Compiles the sources to dist/ when, and only when, they have changed since the last build, so that
 * `npm run repro` after an edit runs the edited code and otherwise starts at once. Plain JavaScript,
 * because it runs before anything is compiled.
 */
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
const SOURCES = ['harness', 'servers', 'clients', 'package-lock.json'];

/** One bundle for each program that is started: reading one file is much faster than hundreds. */
const PROGRAMS = [
  'harness/cli',
  'harness/collect/main',
  'harness/collect/sampler-thread',
  'servers/never-accepts',
  'servers/never-accepts-thread',
  'clients/swarm',
];

/** An installed package carries dist/ and no sources: there is nothing to build. */
const hasSources = () => existsSync(path.join(root, 'harness', 'cli.ts'));

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

/** Types are not checked here (`npm run types` does), so that an edit runs at once. */
async function compile(stamp) {
  const next = path.join(dist, `.next-${process.pid}`);
  try {
    const { build } = await import('rolldown');
    await build({
      cwd: root,
      logLevel: 'silent',
      platform: 'node',
      transform: { target: 'node20.19' },
      input: Object.fromEntries(PROGRAMS.map((program) => [program, `${program}.ts`])),
      output: {
        dir: next,
        format: 'esm',
        sourcemap: true,
        chunkFileNames: 'chunks/[name]-[hash].js',
      },
    });
    install(next, dist);
    writeFileSync(stampFile, stamp);
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
}

/** Resolves to whether anything had to be compiled; rejects with the compiler's words when it failed. */
export async function buildIfStale() {
  if (!hasSources()) return false;
  const stamp = sourceStamp();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return false;
  await compile(stamp);
  return true;
}

/** The compiler's words, with what to do. */
export const explainBuildFailure = (error) =>
  error.code === 'ERR_MODULE_NOT_FOUND'
    ? 'BUILD_FAILED  The packages are not installed.\n  Remedy: npm run setup\n'
    : `BUILD_FAILED  The sources do not compile: ${error.message}\n  Remedy: mend the errors above\n`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.stdout.write((await buildIfStale()) ? 'Built dist/.\n' : 'dist/ is up to date.\n');
  } catch (error) {
    process.stderr.write(explainBuildFailure(error));
    process.exitCode = 4;
  }
}
