/**
 * Records terminal sessions of real runs as asciicasts: `npm run casts`. `script` of util-linux
 * plays a terminal of 80 columns and 24 rows. Play one with `asciinema play test/fixtures/casts/...`.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { withoutMachine } from './helpers/without-machine.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const CASTS = path.join(root, 'test', 'fixtures', 'casts');

/** By name of the file. */
const SESSIONS = new Map([['watch', ['--watch', '--backlog', '2', '--clients', '4']]]);

const IN_TERMINAL = 'exec script -qefc "stty rows 24 cols 80; exec $*" /dev/null';

function record(args, file, runsDir) {
  const launcher = path.join(root, 'harness', 'launcher.mjs');
  const command = [process.execPath, launcher, ...args, '--runs-dir', runsDir, '--record', file];
  const { status, stdout } = spawnSync('sh', ['-c', IN_TERMINAL, 'sh', ...command], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, TERM: 'xterm-256color', FORCE_COLOR: '1', NO_COLOR: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}.\n${stdout}`);
}

/** Line by line, since a line is one JSON value. */
const fitForRepository = (cast) =>
  cast
    .trimEnd()
    .split('\n')
    .map((line) => {
      const value = JSON.parse(line);
      if (!Array.isArray(value)) return line;
      const [seconds, kind, text] = value;
      return JSON.stringify([seconds, kind, withoutMachine(text)]);
    })
    .join('\n');

const runsDir = mkdtempSync(path.join(os.tmpdir(), 'backlog-lab-casts-'));
try {
  mkdirSync(CASTS, { recursive: true });
  for (const [name, args] of SESSIONS) {
    const recorded = path.join(runsDir, 'session.cast');
    record(args, recorded, runsDir);
    writeFileSync(
      path.join(CASTS, `${name}.cast`),
      `${fitForRepository(readFileSync(recorded, 'utf8'))}\n`,
    );
    process.stdout.write(`test/fixtures/casts/${name}.cast\n`);
  }
} finally {
  rmSync(runsDir, { recursive: true, force: true });
}
