/**
 * The same verdict every time? `npm run soak -- [RUNS] [--busy] [--jobs N] [SCENARIO ...]` runs each
 * scenario RUNS times and counts the different outcomes; --busy keeps every core busy meanwhile.
 * `incidents` means all five of them. Instead of scenarios `verify` may be named: the whole catalogue RUNS times, one after the other,
 * with the time it takes against its longest scenario. Ends with 1 when a scenario's verdicts differ from run to run.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import pLimit from 'p-limit';

const launcher = fileURLToPath(new URL('../../harness/launcher.mjs', import.meta.url));
const { values, positionals } = parseArgs({
  options: { busy: { type: 'boolean', default: false }, jobs: { type: 'string', default: '1' } },
  allowPositionals: true,
});
const [runs = '50', ...scenarios] = positionals;
const run = promisify(execFile);

async function repro(...options) {
  const child = run(process.execPath, [launcher, '--json', ...options], { maxBuffer: 1e9 });
  const { stdout } = await child.catch((failed) => failed);
  return JSON.parse(stdout);
}

const commandFor = (scenario) =>
  scenario === 'verify' ? ['verify', '--quiet'] : ['--scenario', scenario];

/** Of a catalogue the folder that holds all its runs. */
function folderOf({ runFolder, scenarios }) {
  return runFolder ?? path.dirname(scenarios?.find((each) => each.runFolder)?.runFolder ?? '');
}

const isOdd = ({ verdict, totals, error }) =>
  error ||
  verdict === 'inconclusive' ||
  verdict === 'contradicted' ||
  (totals && totals.inconclusive + totals.contradicted > 0);

function spread(times) {
  const sorted = times.toSorted((left, right) => left - right);
  const middle = sorted[Math.floor(sorted.length / 2)];
  return [sorted[0], middle, sorted.at(-1)].map((time) => time.toFixed(2)).join(' / ');
}

/** What must be the same in every run. */
function signature(report) {
  if (report.totals) return report.claims.map(({ id, verdict }) => `${id} ${verdict}`).join(', ');
  if (report.error) return `${report.error.code}: ${report.error.message}`;
  const claims = report.claims.map(({ id, verdict }) => `${id} ${verdict}`).join(', ');
  const why = report.verdict === 'inconclusive' || report.verdict === 'contradicted';
  return `${report.verdict} (${claims})${why ? ` ${report.reason}` : ''}`;
}

const burn = 'const end = Infinity; let x = 0; while (x < end) x += Math.sqrt(x) % 1;';
const burners = values.busy
  ? Array.from({ length: os.availableParallelism() }, () => new Worker(burn, { eval: true }))
  : [];
const runsDir = mkdtempSync(path.join(os.tmpdir(), 'backlog-lab-soak-'));
const limit = pLimit(Number(values.jobs));
let steady = true;
try {
  const known = await repro('list');
  const idsOf = (experiments) => experiments.map(({ id }) => id);
  const named = scenarios.flatMap((each) =>
    each === 'incidents' ? idsOf(known.incidents) : [each],
  );
  const wanted = named.length > 0 ? named : idsOf(known.scenarios);
  for (const scenario of wanted) {
    const outcomes = new Map();
    const times = [];
    const once = async () => {
      const report = await repro(...commandFor(scenario), '--runs-dir', runsDir);
      if (report.wallMs) times.push(report.wallMs / report.longestScenarioMs);
      const key = signature(report);
      outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
      if (isOdd(report)) console.log(`  kept for a look: ${folderOf(report)}`);
      else rmSync(path.resolve(folderOf(report)), { recursive: true, force: true });
    };
    await Promise.all(Array.from({ length: Number(runs) }, () => limit(once)));
    steady &&= outcomes.size === 1;
    if (times.length > 0) console.log(`${scenario}: wall time / longest run: ${spread(times)}`);
    for (const [key, count] of outcomes) console.log(`${scenario}: ${count} of ${runs}: ${key}`);
  }
} finally {
  for (const burner of burners) await burner.terminate();
  if (steady) rmSync(runsDir, { recursive: true, force: true });
}
process.exitCode = steady ? 0 : 1;
