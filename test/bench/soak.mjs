/**
 * The same verdict every time? `npm run soak -- [RUNS] [--busy] [--jobs N] [SCENARIO ...]` runs each
 * scenario RUNS times and counts the different outcomes; --busy keeps every core busy meanwhile.
 * Ends with 1 when a scenario's verdicts differ from run to run.
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

/** What must be the same in every run. */
function signature(report) {
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
  const wanted =
    scenarios.length > 0 ? scenarios : (await repro('list')).scenarios.map(({ id }) => id);
  for (const scenario of wanted) {
    const outcomes = new Map();
    const once = async () => {
      const report = await repro('--scenario', scenario, '--runs-dir', runsDir);
      const key = signature(report);
      outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
      const odd =
        report.verdict === 'inconclusive' || report.verdict === 'contradicted' || report.error;
      if (odd) console.log(`  kept for a look: ${report.runFolder}`);
      else rmSync(path.resolve(report.runFolder), { recursive: true, force: true });
    };
    await Promise.all(Array.from({ length: Number(runs) }, () => limit(once)));
    steady &&= outcomes.size === 1;
    for (const [key, count] of outcomes) console.log(`${scenario}: ${count} of ${runs}: ${key}`);
  }
} finally {
  for (const burner of burners) await burner.terminate();
  if (steady) rmSync(runsDir, { recursive: true, force: true });
}
process.exitCode = steady ? 0 : 1;
