/**
 * Records a run of this kernel as a fixture: `npm run fixture -- NAME [run options]`. The run folder
 * is made fit for a repository: what tells of this machine is cut, the samples are thinned, and the
 * conclusions are left out, since the tests draw them anew. A fixture that is judged otherwise than
 * its run is not kept. `--as-ordinary-user` gives up root first. `npm run fixture -- incident NAME`
 * records the phases of an incident.
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const FIXTURES = path.join('test', 'fixtures', 'runs');
const INCIDENT_FIXTURES = path.join('test', 'fixtures', 'incidents');
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

/** A sample is of interest when a figure differs from the last one read, or during the closing snapshot. */
function thinSamples(text, run) {
  const timeline = linesOf(fs.readFileSync(path.join(run, 'timeline.jsonl'), 'utf8'));
  const closing = timeline.map((line) => JSON.parse(line)).find(({ label }) => label === 'closing');
  const isDuringClosing = (atMs) =>
    closing.startedMonotonicMs <= atMs && atMs <= closing.endedMonotonicMs;
  const last = new Map();
  const lines = linesOf(text);
  const kept = lines.filter((line, index) => {
    const { monotonicMs, ...figures } = JSON.parse(line);
    const changed = Object.entries(figures).filter(([name, value]) => last.get(name) !== value);
    for (const [name, value] of changed) last.set(name, value);
    const regular = index % KEEP_EVERY === 0 || index === lines.length - 1;
    return changed.length > 0 || regular || isDuringClosing(monotonicMs);
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

/** Judging writes them. */
const CONCLUSIONS = ['verdict.json', 'report.txt'];

/** By file name. A file not named here is kept as it is. */
const REWRITE = new Map([
  ['samples.jsonl', thinSamples],
  ['surroundings.json', cutSurroundings],
  ['trace.txt', cutTrace],
]);

function filesBelow(folder) {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}

/** Starts the command as a user would; the JSON that it prints is everything said to programs. */
function harness(args, prefix = []) {
  const launcher = path.join(root, 'harness', 'launcher.mjs');
  const [file, ...words] = [...prefix, process.execPath, launcher, ...args, '--json'];
  const { status, stdout } = spawnSync(file, words, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // 0 and 1 are verdicts; a run that decided nothing is no fixture.
  if (status !== 0 && status !== 1) throw new Error(`No verdict: exit code ${status}.\n${stdout}`);
  const { runFolder, ...judgement } = JSON.parse(stdout);
  return { runFolder: runFolder && path.resolve(root, runFolder), judgement };
}

/** Its phases, each as a run that is judged by itself. */
function recordIncident(incident, runsDir) {
  const { judgement } = harness(['incident', incident, '--runs-dir', runsDir]);
  return judgement.phases.map((phase) => ({
    name: phase.name,
    run: harness(['judge', path.resolve(root, phase.runFolder)]),
  }));
}

function record(runOptions, asOrdinaryUser, runsDir) {
  if (asOrdinaryUser) fs.chownSync(runsDir, ORDINARY_ID, ORDINARY_ID);
  return harness(['--runs-dir', runsDir, ...runOptions], asOrdinaryUser ? AS_ORDINARY_USER : []);
}

function copyFit(from, to) {
  for (const file of filesBelow(from).filter((name) => !CONCLUSIONS.includes(name))) {
    const content = fs.readFileSync(path.join(from, file));
    const rewrite = REWRITE.get(file);
    fs.mkdirSync(path.dirname(path.join(to, file)), { recursive: true });
    fs.writeFileSync(path.join(to, file), rewrite?.(content.toString('utf8'), from) ?? content);
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

function keep({ runFolder, judgement }, kept, runsDir) {
  const fit = path.join(runsDir, 'fit');
  fs.rmSync(fit, { recursive: true, force: true });
  copyFit(runFolder, fit);
  const bytes = assertFit(fit, runsDir);
  if (!isDeepStrictEqual(harness(['judge', fit]).judgement, judgement)) {
    throw new Error('The fixture is judged otherwise than its run: nothing was kept.');
  }
  for (const conclusion of CONCLUSIONS) fs.rmSync(path.join(fit, conclusion));
  fs.rmSync(path.join(root, kept), { recursive: true, force: true });
  fs.cpSync(fit, path.join(root, kept), { recursive: true });
  process.stdout.write(
    `${kept}: ${bytes} bytes, ${judgement.verdict} like the run it was made from.\n`,
  );
}

const [name, ...rest] = process.argv.slice(2);
if (name === undefined || !/^[a-z0-9-]+$/.test(name)) {
  throw new Error('Usage: npm run fixture -- NAME [--as-ordinary-user] [run options]');
}
const runsDir = fs.mkdtempSync(path.join(os.tmpdir(), 'backlog-lab-fixture-'));
try {
  if (name === 'incident') {
    const [incident = ''] = rest;
    for (const phase of recordIncident(incident, runsDir)) {
      keep(phase.run, path.join(INCIDENT_FIXTURES, incident, phase.name), runsDir);
    }
  } else {
    const runOptions = rest.filter((option) => option !== '--as-ordinary-user');
    keep(
      record(runOptions, runOptions.length < rest.length, runsDir),
      path.join(FIXTURES, name),
      runsDir,
    );
  }
} finally {
  fs.rmSync(runsDir, { recursive: true, force: true });
}
