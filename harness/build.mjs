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
  'harness/collect/cluster-main',
  'harness/collect/agent',
  'harness/collect/timing-thread',
  'servers/never-accepts',
  'servers/never-accepts-thread',
  'servers/pausing-server',
  'servers/relay',
  'servers/blocking-workers',
  'servers/blocking-worker-thread',
  'servers/rpc-provider',
  'servers/websocket-server',
  'clients/relay-senders',
  'clients/short-connections',
  'clients/swarm',
  'clients/rpc-consumers',
  'clients/usual-clients',
  'clients/http-clients',
  'clients/websocket-clients',
  'clients/health-check',
];

/**
 * What others import. CommonJS, because every loader of tests takes it, jest's included, and an
 * import statement finds its names; the declarations are taken from the one file that exports them.
 */
const LIBRARY = 'servers/full-listener';

/** The program in a report page, for browsers: one script, and the styles beside it. */
const PAGE = 'harness/page/main';
const PAGE_STYLES = ['node_modules/uplot/dist/uPlot.min.css', 'harness/page/page.css'];

/** So that `await using` is known whatever lib its user has chosen. */
const DISPOSABLE = '/// <reference lib="esnext.disposable" />\n';

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

/** Moves a fresh build over the old one file by file. Each rename is atomic and no old file goes
 * before every new one is there: so a program that starts at this moment finds what it needs, and
 * two builds at once do not disturb each other. */
function install(from, to) {
  const fresh = readdirSync(from, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(from, path.join(entry.parentPath, entry.name)));
  for (const file of fresh) {
    mkdirSync(path.dirname(path.join(to, file)), { recursive: true });
    renameSync(path.join(from, file), path.join(to, file));
  }
  removeOthers(to, new Set(fresh.flatMap(withFoldersAbove)));
}

const withFoldersAbove = (file) =>
  file === '.' ? [] : [file, ...withFoldersAbove(path.dirname(file))];

/** Keeps what begins with a dot: the stamp, and builds that are under way. */
function removeOthers(folder, kept, relative = '') {
  for (const entry of readdirSync(path.join(folder, relative), { withFileTypes: true })) {
    const inner = path.join(relative, entry.name);
    if (entry.name.startsWith('.')) continue;
    if (!kept.has(inner)) rmSync(path.join(folder, inner), { recursive: true, force: true });
    else if (entry.isDirectory()) removeOthers(folder, kept, inner);
  }
}

async function bundle(entries, output) {
  const { build } = await import('rolldown');
  await build({
    cwd: root,
    logLevel: 'silent',
    platform: 'node',
    transform: { target: 'node20.19' },
    input: Object.fromEntries(entries.map((entry) => [entry, `${entry}.ts`])),
    output: { sourcemap: true, ...output },
  });
}

/** Nothing in it may look like the end of the element that a page puts it into. */
async function bundlePage(to) {
  const { build } = await import('rolldown');
  const { output } = await build({
    cwd: root,
    logLevel: 'silent',
    platform: 'browser',
    transform: { target: 'es2022' },
    input: `${PAGE}.ts`,
    output: { format: 'iife', minify: true },
    write: false,
  });
  mkdirSync(path.join(to, 'page'), { recursive: true });
  writeFileSync(
    path.join(to, 'page', 'page.js'),
    output[0].code.replaceAll('</script', '<\\/script'),
  );
  const styles = PAGE_STYLES.map((file) => readFileSync(path.join(root, file), 'utf8'));
  writeFileSync(path.join(to, 'page', 'page.css'), styles.join('\n'));
}

async function declare(entry, to) {
  const { isolatedDeclarationSync } = await import('rolldown/experimental');
  const source = `${entry}.ts`;
  const { code, errors } = isolatedDeclarationSync(
    source,
    readFileSync(path.join(root, source), 'utf8'),
  );
  if (errors.length > 0) {
    throw new Error(errors.map(({ message }) => `${source}: ${message}`).join('\n'));
  }
  writeFileSync(path.join(to, `${entry}.d.cts`), DISPOSABLE + code);
}

/** Types are not checked here (`npm run types` does), so that an edit runs at once. */
async function compile(stamp) {
  const next = path.join(dist, `.next-${process.pid}`);
  try {
    mkdirSync(next, { recursive: true });
    const chunkFileNames = 'chunks/[name]-[hash].js';
    await bundle(PROGRAMS, { dir: next, format: 'esm', chunkFileNames });
    await bundle([LIBRARY], { dir: next, format: 'cjs', entryFileNames: '[name].cjs' });
    await declare(LIBRARY, next);
    await bundlePage(next);
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
export function explainBuildFailure(error) {
  if (error.code === 'ERR_MODULE_NOT_FOUND') {
    return 'BUILD_FAILED  The packages are not installed.\n  Remedy: npm run setup\n';
  }
  if (typeof error.syscall === 'string') {
    return `BUILD_FAILED  Cannot write dist/: ${error.message}.\n  Remedy: run npm run build as the user to whom this folder belongs\n`;
  }
  return `BUILD_FAILED  The sources do not compile: ${error.message}\n  Remedy: mend the errors above\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.stdout.write((await buildIfStale()) ? 'Built dist/.\n' : 'dist/ is up to date.\n');
  } catch (error) {
    process.stderr.write(explainBuildFailure(error));
    process.exitCode = 4;
  }
}
