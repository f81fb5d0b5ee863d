/** `kernels` on the command line, as far as it needs no kernel to try things on. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { KernelsVerdict } from '../../harness/domain/kernels.ts';
import { asOrdinaryUser } from '../helpers/as-ordinary-user.ts';
import { useInstallation } from '../helpers/installation.ts';
import { jsonOf } from '../helpers/reproduction.ts';

const TIMEOUT_MS = 60_000;

const installation = useInstallation();

interface PlanJson {
  readonly kernels: readonly {
    readonly name: string;
    readonly kernel: string;
    readonly runs: readonly { readonly parameters: { readonly family: number } }[];
  }[];
}

describe.concurrent('kernels', { timeout: TIMEOUT_MS }, () => {
  test('--help shows its own options with examples, and not the words of verify', async () => {
    const { exitCode, stdout, stderr } = await installation.run(['kernels', '--help']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    for (const word of ['--kernel', 'PATH:MODULES_DIR', '--only', '--reporter', 'Exit codes']) {
      expect(stdout).toContain(word);
    }
    expect(stdout).not.toContain('repro -- verify');
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
    expect((await installation.run(['--help'])).stdout).toContain(' kernels ');
  });

  test.for([
    ['', /needs a kernel/, /--kernel debian/],
    ['--kernel', /--kernel needs a value/, /--kernel VALUE/],
    ['--kernel host --kernel debian:6.1,host', /kernel host is there twice/, /once/],
    ['--kernel host,nowhere/bzImage', /no kernel nowhere\/bzImage/, /debian:6\.1/],
    ['--kernel a:b', /no folder 'b' of modules/, /PATH:MODULES_DIR/],
    ['--kernel host --modules b', /--modules/, /PATH:MODULES_DIR/],
    ['--kernel host --sandbox netns', /chooses the sandbox/, /--sandbox/],
    ['--kernel host --only 001-z', /no claim '001-z'/, /did you mean 001-/],
    ['--kernel host --onyl 001-a', /no option --onyl/, /did you mean --only\?/],
    ['--kernel host --reporter tap=/dev/null/tap', /report \/dev\/null\/tap/, /another place/],
    ['--kernel host --runs-dir /proc/nowhere', /make a run folder: ENOENT/, /--runs-dir DIR/],
  ] as const)('%s', async ([line, why, remedy]) => {
    const cwd = installation.newFolder();
    const words = line.split(' ').filter((word) => word !== '');
    const ended = await installation.run(['kernels', ...words], { cwd });
    expect(ended).toMatchObject({ signal: null, stdout: '' });
    expect([2, 4]).toContain(ended.exitCode);
    expect(ended.stderr).toMatch(why);
    expect(ended.stderr.split('Remedy:')[1]).toMatch(remedy);
    expect(existsSync(path.join(cwd, 'runs'))).toBe(false);
  });

  test('--dry-run prints what each kernel is put to; it needs neither privileges nor tools', async () => {
    const cwd = installation.newFolder();
    // Whoever has a list of kernels already is told the newest patch level.
    const noCache = `XDG_CACHE_HOME=${path.join(cwd, 'cache')}`;
    const through = [...asOrdinaryUser(), 'env', noCache, 'PATH=/nowhere'];
    const line = ['kernels', '--kernel', 'debian:6.1,host', '--dry-run', '--ipv6'];
    const [text, json] = await Promise.all([
      installation.run(line, { cwd, through }),
      installation.run([...line, '--json'], { cwd, through }),
    ]);
    expect(text).toMatchObject({ exitCode: 0, stderr: '' });
    const { kernels } = jsonOf<PlanJson>(json, 0);
    expect(kernels.map(({ name }) => name)).toEqual(['host', 'debian:6.1']);
    expect(kernels[1]?.kernel).toBe('6.1');
    for (const { name, runs } of kernels) {
      expect(text.stdout).toMatch(new RegExp(`^${name} {2}Linux \\d`, 'm'));
      expect(runs.length).toBeGreaterThanOrEqual(4);
      expect(new Set(runs.map(({ parameters }) => parameters.family))).toEqual(new Set([6]));
    }
    expect(existsSync(path.join(cwd, 'runs'))).toBe(false);
  });

  test('kernels that fail as a whole are columns that say why; none keeps another from its turn', async () => {
    const cwd = installation.newFolder();
    const line = ['kernels', '--kernel', 'debian:5.99,host', '--only', '001-a', '--json'];
    const ended = await installation.run(line, { cwd, through: ['env', 'PATH=/nowhere'] });
    const { kernels, claims, folder } = jsonOf<KernelsVerdict>(ended, 4);
    expect(kernels).toMatchObject([
      { kind: 'failed', name: 'host', error: { code: 'TOOL_MISSING' } },
      { kind: 'failed', name: 'debian:5.99', error: { code: 'TOOL_MISSING' } },
    ]);
    expect(claims).toEqual([]);
    expect(ended.stderr).toMatch(/^debian:5.99 {2}TOOL_MISSING {2}/m);
    const kept = readFileSync(path.join(cwd, folder, 'kernels.json'), 'utf8');
    expect(JSON.parse(kept)).toMatchObject({
      kernels: [{ name: 'host' }, { name: 'debian:5.99' }],
    });
    const [run = ''] = readdirSync(path.join(cwd, 'runs'));
    expect(run).toMatch(/-kernels$/);
    const page = await installation.run(['report', path.join('runs', run)], { cwd });
    expect(page.exitCode).toBe(0);
    const html = readFileSync(path.join(cwd, 'runs', run, 'report.html'), 'utf8');
    expect(html).toContain('"kind":"kernels"');
  });
});
