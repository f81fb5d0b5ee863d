/**
 * Makes the figures of README.md from real runs: `npm run figures`. A figure stands between
 * `<!-- figure: NAME -->` and `<!-- /figure -->`. `--from FOLDER` takes stored runs, one folder for
 * each scenario, instead of making them; `--readme FILE` is another file than README.md.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { withoutMachine } from './helpers/without-machine.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** By name in the README: the run, what is drawn of it, and the language of the code block. */
const FIGURES = new Map([
  [
    'default run',
    {
      scenario: 'accept-queue-overflow',
      options: ['--backlog', '2', '--clients', '4'],
      draw: [],
      block: '',
      of: excerpt,
    },
  ],
  [
    'ladder of a fooled client',
    {
      scenario: 'fooled-client',
      options: [],
      draw: ['--ladder', 'mermaid'],
      block: 'mermaid',
      of: (output) => output.trimEnd(),
    },
  ],
]);

/** What an excerpt keeps of a report: from the line that matches, so many lines, or to a blank one. */
const KEPT = [
  { from: /^A full accept queue/ },
  { from: /^Clients? \d/ },
  { from: /^(CONFIRMED|OUTDATED) / },
  { from: /^Prediction /, lines: 6 },
  { from: /^What each client saw/ },
  { from: /^Packets of client/ },
  { from: /^Kernel counters/, lines: 3 },
  { from: /^Ledger /, lines: 1 },
  { from: /^Documented claims/, until: /^ {2}\w+ +001-[c-z]/ },
  { from: /^Evidence /, lines: 1 },
];

/** The report with `[...]` for what is left out. Throws when a part of it is not there. */
function excerpt(report) {
  const all = report.trimEnd().split('\n');
  const kept = new Set();
  for (const part of KEPT) {
    const start = all.findIndex((line) => part.from.test(line));
    if (start < 0) throw new Error(`The report has no line like ${part.from}.`);
    const end = all.findIndex((line, index) => index > start && endsPart(part, line));
    const length = part.lines ?? (end < 0 ? all.length : end) - start;
    for (let index = start; index < start + length; index += 1) kept.add(index);
  }
  return all
    .flatMap((line, index) => {
      if (kept.has(index)) return [line];
      if (line === '') return kept.has(index - 1) && kept.has(index + 1) ? [''] : [];
      return isFirstLeftOut(all, kept, index) ? ['[...]'] : [];
    })
    .join('\n')
    .replace(/\n\[\.\.\.\]$/, '');
}

const endsPart = ({ until = /^$/ }, line) => until.test(line);

function isFirstLeftOut(all, kept, index) {
  let before = index - 1;
  while (before >= 0 && all[before] === '') before -= 1;
  return before < 0 || kept.has(before);
}

/** Starts the command as a user would. */
function harness(args) {
  const launcher = path.join(root, 'harness', 'launcher.mjs');
  const { status, stdout } = spawnSync(process.execPath, [launcher, ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // 1 is a verdict too, but no figure of a README.
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}.\n${stdout}`);
  return stdout;
}

function drawn({ scenario, options, draw, of }, from, runsDir) {
  const run = ['--scenario', scenario, ...options, '--runs-dir', runsDir];
  const output = harness([...(from ? ['judge', path.join(from, scenario)] : run), ...draw]);
  return withoutMachine(of(output));
}

const BLOCK = /(<!-- figure: (.+?) -->\n)[\s\S]*?(\n<!-- \/figure -->)/g;

const { values } = parseArgs({
  options: { from: { type: 'string' }, readme: { type: 'string', default: 'README.md' } },
});
const readme = path.resolve(values.readme);
const runsDir = mkdtempSync(path.join(os.tmpdir(), 'backlog-lab-figures-'));
try {
  const text = readFileSync(readme, 'utf8');
  const made = text.replaceAll(BLOCK, (_whole, begin, name, end) => {
    const figure = FIGURES.get(name);
    if (figure === undefined) throw new Error(`There is no figure '${name}'.`);
    const from = values.from && path.resolve(values.from);
    process.stdout.write(`${name}\n`);
    return `${begin}\n\`\`\`${figure.block}\n${drawn(figure, from, runsDir)}\n\`\`\`\n${end}`;
  });
  writeFileSync(readme, made);
} finally {
  rmSync(runsDir, { recursive: true, force: true });
}
