/**
 * Writes KERNELS.md: the catalogue on several kernels, measured. `npm run kernels` makes the runs, in
 * virtual machines and on this machine's own kernel, which takes about ten minutes for each kernel;
 * `--from FOLDER` takes a stored folder of the command `kernels` instead. Other kernels than the usual
 * ones are named as that command has them: `npm run kernels -- debian:6.16,host`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { rolldown } from 'rolldown';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const USUAL = 'debian:5.10,debian:6.1,debian:6.12,debian:7.2,host';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { from: { type: 'string' } },
});

/** The command's own reporter, bundled: Node 20 reads no TypeScript. */
async function markdownReporter() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'backlog-lab-kernels-'));
  try {
    const file = path.join(folder, 'reporter.mjs');
    const bundle = await rolldown({ input: path.join(root, 'harness/report/kernels-markdown.ts') });
    await bundle.write({ file });
    return (await import(pathToFileURL(file).href)).kernelsMarkdownReport;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Makes the runs; returns the folder that holds kernels.json. */
function measure(kernels) {
  const line = ['harness/launcher.mjs', 'kernels', '--kernel', kernels, '--json', '--report'];
  const { status, stdout } = spawnSync(process.execPath, line, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0 && status !== 1 && status !== 3) process.exit(status ?? 4);
  return path.resolve(root, JSON.parse(stdout).folder);
}

/** What a run folder of the kernel says of the machine; undefined for this machine's own kernel. */
function machineOf(folder) {
  const [file] = readdirSync(folder)
    .map((run) => path.join(folder, run, 'machine.json'))
    .filter((each) => existsSync(each));
  return file === undefined ? undefined : JSON.parse(readFileSync(file, 'utf8'));
}

function packageLine({ name, folder, uname }, at) {
  const machine = folder === null ? undefined : machineOf(path.join(at, path.basename(folder)));
  if (machine === undefined) return `- \`${name}\`: Linux ${uname ?? 'unknown'}`;
  const { qemu, accelerator } = machine;
  return `- \`${name}\`: package \`${machine.package ?? name}\`; ${qemu}, ${accelerator === 'kvm' ? 'KVM' : 'emulated'}`;
}

const at = values.from === undefined ? measure(positionals[0] ?? USUAL) : path.resolve(values.from);
const verdict = JSON.parse(readFileSync(path.join(at, 'kernels.json'), 'utf8'));
const report = await markdownReporter();
const table = report({ ...verdict, folder: path.basename(at) }).replace(/^## .*\n\n/, '');

writeFileSync(
  path.join(root, 'KERNELS.md'),
  `# Measured kernels

Made by \`npm run kernels\`: the catalogue of \`verify\`, profile ${verdict.profile}, on each of these.
How to read it: [README.md](README.md#one-table-for-several-kernels).

${verdict.kernels.map((kernel) => packageLine(kernel, at)).join('\n')}

${table}`,
);
process.stdout.write('Wrote KERNELS.md.\n');
