/**
 * Records a run of this kernel as a fixture: `npm run fixture -- NAME [run options]`. The run folder
 * is made fit for a repository: what tells of this machine is cut, the samples are thinned, and the
 * conclusions are left out, since the tests draw them anew. A fixture that is judged otherwise than
 * its run is not kept. `--as-ordinary-user` gives up root first.
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const FIXTURES = path.join('test', 'fixtures', 'runs');
const LARGEST_FIXTURE_BYTES = 150_000;
/** One sample of so many is kept even when the queues stood still. */
const KEEP_EVERY = 20;

/** Nobody, in every /etc/passwd. */
const ORDINARY_ID = 65_534;
const AS_ORDINARY_USER = [
  'setpriv',
  `--reuid=${ORDINARY_ID}`,
  `--regid=${ORDINARY_ID}`,
  '--clear-groups',
  '--',
];

const linesOf = (text) => text.split('\n').filter((line) => line !== '');

/** A sample is of interest when a figure in it differs from the last one read of it. */
function thinSamples(text) {
  const last = new Map();
  const lines = linesOf(text);
  const kept = lines.filter((line, index) => {
    const { monotonicMs: _, ...figures } = JSON.parse(line);
    const changed = Object.entries(figures).filter(([name, value]) => last.get(name) !== value);
    for (const [name, value] of changed) last.set(name, value);
    return changed.length > 0 || index % KEEP_EVERY === 0 || index === lines.length - 1;
  });
  return `${kept.join('\n')}\n`;
}

/** Where the run stood on this machine: nobody judges it. */
function cutSurroundings(text) {
  const { folder: _f, callerNetworkNamespace: _c, traceInstance: _t, ...kept } = JSON.parse(text);
  return `${JSON.stringify(kept, null, 1)}\n`;
}

/** A trace is of the whole machine: other programs' events on the same port are cut. */
function cutTrace(text, run) {
  const swarm = filesBelow(run).filter((file) => /^swarm-\d+\.jsonl$/.test(file));
  const events = swarm.flatMap((file) => linesOf(fs.readFileSync(path.join(run, file), 'utf8')));
  const ports = new Set(events.map((line) => String(JSON.parse(line).localPort)));
  const isOwn = (line) => {
    const named = [...line.matchAll(/ (?:sport=|dport=|src=\S+:|dest=\S+:)(\d+)/g)];
    return named.length === 0 || named.some(([, port]) => port === '0' || ports.has(port));
  };
  return `${linesOf(text).filter(isOwn).join('\n')}\n`;
}

/** By file name; undefined leaves the file out, and a file not named here is kept as it is. */
const REWRITE = new Map([
  ['samples.jsonl', thinSamples],
  ['surroundings.json', cutSurroundings],
  ['trace.txt', cutTrace],
  ['verdict.json', undefined],
  ['report.txt', undefined],
]);

function filesBelow(folder) {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}

function record(runOptions, asOrdinaryUser, runsDir) {
  if (asOrdinaryUser) fs.chownSync(runsDir, ORDINARY_ID, ORDINARY_ID);
  const command = [process.execPath, path.join(root, 'harness/launcher.mjs'), '--quiet'];
  const [file, ...args] = [
    ...(asOrdinaryUser ? AS_ORDINARY_USER : []),
    ...command,
    ...['--runs-dir', runsDir],
    ...runOptions,
  ];
  const { status } = spawnSync(file, args, { cwd: root, stdio: 'inherit' });
  const [folder] = fs.readdirSync(runsDir);
  // 0 and 1 are verdicts; a run that decided nothing is no fixture.
  if (folder === undefined || status === null || status > 1) {
    throw new Error(`The run gave no verdict: exit code ${status}.`);
  }
  return path.join(runsDir, folder);
}

function copyFit(from, to) {
  for (const file of filesBelow(from)) {
    const content = fs.readFileSync(path.join(from, file));
    const rewrite = REWRITE.has(file) ? REWRITE.get(file) : (text) => text;
    if (rewrite === undefined) continue;
    fs.mkdirSync(path.dirname(path.join(to, file)), { recursive: true });
    const fit = file.endsWith('.pcap') ? content : rewrite(content.toString('utf8'), from);
    fs.writeFileSync(path.join(to, file), fit);
  }
}

/** Throws when the folder names a place of this machine, or is too large. */
function assertFit(folder, runsDir) {
  const ofThisMachine = [root, runsDir, os.homedir()];
  let bytes = 0;
  for (const file of filesBelow(folder)) {
    const content = fs.readFileSync(path.join(folder, file));
    bytes += content.length;
    const named = ofThisMachine.find((name) => content.includes(name));
    if (named !== undefined) throw new Error(`${file} still names ${named}.`);
  }
  if (bytes > LARGEST_FIXTURE_BYTES) {
    throw new Error(`The fixture has ${bytes} bytes, more than ${LARGEST_FIXTURE_BYTES}.`);
  }
  return bytes;
}

/** Everything that is said to programs, which is all but the drawings. */
async function judged(folder) {
  const { judgeEvidence } = await import('../dist/harness/reproduce.js');
  const { readEvidence } = await import('../dist/harness/run-folder.js');
  const { jsonReport } = await import('../dist/harness/report/json.js');
  const judgement = judgeEvidence(readEvidence(folder));
  return jsonReport({ ...judgement, runFolder: '' });
}

const [name, ...rest] = process.argv.slice(2);
if (name === undefined || !/^[a-z0-9-]+$/.test(name)) {
  throw new Error('Usage: npm run fixture -- NAME [--as-ordinary-user] [run options]');
}
const runsDir = fs.mkdtempSync(path.join(os.tmpdir(), 'backlog-lab-fixture-'));
try {
  const runOptions = rest.filter((option) => option !== '--as-ordinary-user');
  const run = record(runOptions, runOptions.length < rest.length, runsDir);
  const fit = path.join(runsDir, 'fit');
  copyFit(run, fit);
  const bytes = assertFit(fit, runsDir);
  if (!isDeepStrictEqual(await judged(run), await judged(fit))) {
    throw new Error('The fixture is judged otherwise than its run: nothing was kept.');
  }
  const kept = path.join(FIXTURES, name);
  fs.rmSync(path.join(root, kept), { recursive: true, force: true });
  fs.cpSync(fit, path.join(root, kept), { recursive: true });
  process.stdout.write(`${kept}: ${bytes} bytes, judged as the run it was made from.\n`);
} finally {
  fs.rmSync(runsDir, { recursive: true, force: true });
}
