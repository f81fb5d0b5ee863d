/**
 * What a run costs besides the kernel's own timers: `npm run bench [-- RUNS]`. Runs the default
 * scenario with a short connect timeout and splits the time by the run folder's own clock, which is
 * the same monotonic clock as ours. Machines are noisy: read the medians and the ratios.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const RUNS = Number(process.argv[2] ?? 10);
const CONNECT_TIMEOUT_MS = 1_500;

const monotonicMs = () => Number(process.hrtime.bigint()) / 1e6;
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const jsonLines = (file) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

function measure(runsDir) {
  const startedMs = monotonicMs();
  const options = ['--quiet', '--runs-dir', runsDir, '--connect-timeout', `${CONNECT_TIMEOUT_MS}`];
  const result = spawnSync('npm', ['run', '--silent', 'repro', '--', ...options], {
    cwd: root,
    encoding: 'utf8',
  });
  const endedMs = monotonicMs();
  if (result.status !== 0) throw new Error(`The run failed:\n${result.stdout}${result.stderr}`);
  const folder = path.join(runsDir, readdirSync(runsDir).sort().at(-1));
  const steps = jsonLines(path.join(folder, 'timeline.jsonl'));
  const firstCommand = jsonLines(path.join(folder, 'commands.jsonl'))[0];
  const step = (kind, index = 0) => steps.filter((entry) => entry.kind === kind)[index];
  const waited = step('await').endedMonotonicMs - step('connect').startedMonotonicMs;
  return {
    'npm, launcher, sandbox, inside part': firstCommand.startedMonotonicMs - startedMs,
    'wire, sysctls, tcpdump, swarm, trace':
      steps[0].startedMonotonicMs - firstCommand.startedMonotonicMs,
    'server until it listens':
      step('start-server').endedMonotonicMs - step('start-server').startedMonotonicMs,
    'two snapshots':
      step('snapshot', 0).endedMonotonicMs -
      step('snapshot', 0).startedMonotonicMs +
      step('snapshot', 1).endedMonotonicMs -
      step('snapshot', 1).startedMonotonicMs,
    'clients beyond their connect timeout': waited - CONNECT_TIMEOUT_MS,
    'stopping, judging, report': endedMs - step('snapshot', 1).endedMonotonicMs,
    'whole run beyond the connect timeout': endedMs - startedMs - CONNECT_TIMEOUT_MS,
    'sampler, share of a core in %':
      100 * JSON.parse(readFileSync(path.join(folder, 'sampler.json'), 'utf8')).busyShare,
  };
}

const runsDir = mkdtempSync(path.join(os.tmpdir(), 'backlog-lab-bench-'));
try {
  measure(runsDir);
  const runs = Array.from({ length: RUNS }, () => measure(runsDir));
  const baselineMs = median(
    Array.from({ length: RUNS }, () => {
      const startedMs = monotonicMs();
      spawnSync(process.execPath, ['-e', '0']);
      return monotonicMs() - startedMs;
    }),
  );
  console.log(
    `${RUNS} runs, connect timeout ${CONNECT_TIMEOUT_MS} ms, ${os.cpus().length} cores, Node ${process.version}, Linux ${os.release()}`,
  );
  console.log(`starting an empty Node process here: ${baselineMs.toFixed(0)} ms`);
  console.log(`${'median ms'.padStart(10)}${'worst'.padStart(8)}${'ratio to Node'.padStart(15)}`);
  for (const part of Object.keys(runs[0])) {
    const values = runs.map((run) => run[part]);
    const ratio = part.includes('%') ? '' : (median(values) / baselineMs).toFixed(1);
    console.log(
      `${median(values).toFixed(1).padStart(10)}${Math.max(...values)
        .toFixed(1)
        .padStart(8)}${ratio.padStart(15)}  ${part}`,
    );
  }
} finally {
  rmSync(runsDir, { recursive: true, force: true });
}
