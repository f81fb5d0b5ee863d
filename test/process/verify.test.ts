/** `verify` on the command line, as far as it needs no kernel to try things on. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { asOrdinaryUser } from '../helpers/as-ordinary-user.ts';
import { useInstallation } from '../helpers/installation.ts';
import { jsonOf } from '../helpers/reproduction.ts';

const TIMEOUT_MS = 60_000;

const installation = useInstallation();

interface WorkListJson {
  readonly runs: readonly {
    readonly label: string;
    readonly lastsMs: number;
    readonly claims: readonly string[];
    readonly parameters: { readonly family: number };
  }[];
}

describe.concurrent('verify', { timeout: TIMEOUT_MS }, () => {
  test('--help shows its own options with examples, and none of a single run', async () => {
    const { exitCode, stdout, stderr } = await installation.run(['verify', '--help']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    for (const word of ['--only', '--reporter', '--strict', '--jobs', '--sandbox', 'Exit codes']) {
      expect(stdout).toContain(word);
    }
    expect(stdout).toContain('npm run repro -- verify --only 001-a,003-*');
    for (const word of ['--backlog', '--scenario', '--syncookies']) {
      expect(stdout).not.toContain(word);
    }
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  test.for([
    ['--only 001-z', /no claim '001-z'/, /did you mean 001-/],
    ['--only 001-a --only 007-*', /no claim '007-\*'/, /./],
    ['--document 005', /no document '005'/, /./],
    ['--onyl 001-a', /no option --onyl/, /did you mean --only\?/],
    ['--backlog 2', /no option --backlog/, /--help/],
    ['--only', /--only needs a value/, /--only VALUE/],
    ['--reporter tap --reporter json', /tap and json to stdout/, /tap=FILE/],
    ['--reporter tap=/dev/null/tap', /report \/dev\/null\/tap/, /another place/],
    ['--reporter tap=/proc/nowhere/tap', /report \/proc\/nowhere\/tap/, /another place/],
    ['--runs-dir /proc/nowhere', /make a run folder: ENOENT/, /--runs-dir DIR/],
    ['--sandbox moon', /no sandbox 'moon'/, /auto/],
  ] as const)('%s', async ([line, why, remedy]) => {
    const cwd = installation.newFolder();
    const ended = await installation.run(['verify', ...line.split(' ')], { cwd });
    expect(ended).toMatchObject({ signal: null, stdout: '' });
    expect([2, 4]).toContain(ended.exitCode);
    expect(ended.stderr).toMatch(why);
    expect(ended.stderr.split('Remedy:')[1]).toMatch(remedy);
    expect(existsSync(path.join(cwd, 'runs'))).toBe(false);
  });

  test('--dry-run prints the work list; it needs neither privileges nor tools', async () => {
    const cwd = installation.newFolder();
    const through = [...asOrdinaryUser(), 'env', 'PATH=/nowhere'];
    const [text, json] = await Promise.all([
      installation.run(['verify', '--dry-run'], { cwd, through }),
      installation.run(['verify', '--dry-run', '--json', '--ipv6'], { cwd, through }),
    ]);
    expect(text).toMatchObject({ exitCode: 0, stderr: '' });
    const { runs } = jsonOf<WorkListJson>(json, 0);
    expect(runs.length).toBeGreaterThanOrEqual(4);
    for (const { label } of runs) expect(text.stdout).toContain(`  ${label} `);
    const lastsMs = runs.map((run) => run.lastsMs);
    expect(lastsMs).toEqual(lastsMs.toSorted((left, right) => right - left));
    expect(new Set(runs.map(({ parameters }) => parameters.family))).toEqual(new Set([6]));
    expect(existsSync(path.join(cwd, 'runs'))).toBe(false);
  });

  test('an option that may be repeated counts each time, of others the last', async () => {
    const line =
      '--dry-run --json --only 003-c --only 000-b --profile documented --profile default';
    const ended = await installation.run(['verify', ...line.split(' ')]);
    const { runs } = jsonOf<WorkListJson & { profile: string }>(ended, 0);
    expect(jsonOf<{ profile: string }>(ended, 0).profile).toBe('default');
    const claims = new Set(runs.flatMap((run) => run.claims));
    expect([claims.has('003-c'), claims.has('000-b')]).toEqual([true, true]);
  });

  test('--sysctl of a run may be repeated too', async () => {
    const line = '--dry-run --json --sysctl net.ipv4.tcp_sack=0 --sysctl net.ipv4.tcp_dsack=0';
    const ended = await installation.run(line.split(' '));
    const { plan } = jsonOf<{ plan: { sysctls: { required: { server: object } } } }>(ended, 0);
    expect(plan.sysctls.required.server).toEqual({
      'net.ipv4.tcp_sack': '0',
      'net.ipv4.tcp_dsack': '0',
    });
  });

  test('without the commands that every run needs it ends at once, and says so once', async () => {
    const cwd = installation.newFolder();
    const through = ['env', 'PATH=/nowhere'];
    const ended = await installation.run(['verify', '--only', '001-a'], { cwd, through });
    expect(ended).toMatchObject({ exitCode: 4, stdout: '' });
    expect(ended.stderr.match(/^TOOL_MISSING /gm)).toHaveLength(1);
  });
});
