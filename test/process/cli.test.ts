/** The command line: what it refuses, and what it does without a kernel to try things on. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { FILES } from '../../harness/domain/evidence.ts';
import { SCENARIOS } from '../../harness/scenarios/catalogue.ts';
import { asOrdinaryUser } from '../helpers/as-ordinary-user.ts';
import { type Ended, useInstallation } from '../helpers/installation.ts';
import { jsonOf, type RunJson } from '../helpers/reproduction.ts';

const TIMEOUT_MS = 60_000;
const RUNS = path.join(import.meta.dirname, '..', 'fixtures', 'runs');
const ESCAPE = '\u001b[';

const installation = useInstallation();

const wordsOf = (line: string): readonly string[] => line.split(' ').filter((word) => word !== '');

interface ErrorJson {
  readonly error: { readonly code: string; readonly message: string; readonly remedy: string };
  readonly runFolder: string | null;
}

/** What is said on stderr: the code and one line, then the remedy. */
function expectErrorText({ stderr }: Ended, code: string, message: RegExp, remedy: RegExp): void {
  const [first = '', second = '', ...others] = stderr.split('\n');
  expect(first).toMatch(new RegExp(`^${code} {2}[A-Z].*\\.$`));
  expect(first).toMatch(message);
  expect(second).toMatch(/^ {2}Remedy: ./);
  expect(second).toMatch(remedy);
  expect(others).toEqual(['']);
}

const REFUSED: readonly (readonly [line: string, code: string, why: RegExp, remedy: RegExp])[] = [
  ['--backlogs 3', 'USAGE', /no option --backlogs/, /did you mean --backlog\?/],
  ['--conect-timeout=3s', 'USAGE', /no option --conect-timeout/, /did you mean --connect-timeout/],
  ['--nothing-like-it', 'USAGE', /no option --nothing-like-it/, /--help/],
  ['lst', 'USAGE', /no command 'lst'/, /did you mean list\?/],
  ['frobnicate', 'USAGE', /no command 'frobnicate'/, /--help/],
  ['--scenario tomcat-accept-count --ladder text', 'USAGE', /--ladder .* one run/, /leave it out/],
  [
    'verify --watch',
    'USAGE',
    /--watch with verify .* one run at a time/,
    /--scenario NAME --watch/,
  ],
  ['sweep --watch', 'USAGE', /--watch with sweep/, /--scenario NAME --watch/],
  ['--lang zh', 'USAGE', /--lang zh .* there is neither/, /add one/],
  ['--watch --lang fr', 'USAGE', /--lang fr/, /en or zh/],
  ['incident --lang zh', 'USAGE', /--lang zh .* there is neither/, /add one/],
  ['--scenario tomcat-accept-count --ladder svg', 'USAGE', /--ladder .* one run/, /one phase/],
  ['--scenario tomcat-accept-count --backlog 5', 'USAGE', /phases of an incident/, /--dry-run/],
  ['--backlog 0', 'BACKLOG_OUT_OF_RANGE', /replaces 0 by 511/, /--backlog 1/],
  ['--backlog -1', 'BACKLOG_OUT_OF_RANGE', /backlog -1/, /--backlog 1/],
  ['--backlog two', 'USAGE', /--backlog two/, /plain digits/],
  ['--backlog 1e9', 'USAGE', /--backlog 1e9/, /plain digits/],
  ['--backlog 2.5', 'USAGE', /--backlog 2\.5/, /plain digits/],
  ['--backlog 2147483648', 'USAGE', /from 1 to 2147483647/, /plain digits/],
  ['--backlog', 'USAGE', /--backlog needs a value/, /--backlog VALUE/],
  ['--backlog --clients 4', 'USAGE', /--backlog needs a value/, /--backlog VALUE/],
  ['-x', 'USAGE', /no option -x/, /--help/],
  ['--clients 0', 'USAGE', /--clients 0/, /plain digits/],
  ['--connect-timeout 0', 'USAGE', /at least 1 ms/, /300ms/],
  ['--connect-timeout soon', 'USAGE', /--connect-timeout soon/, /300ms/],
  ['--read-timeout -3s', 'USAGE', /--read-timeout -3s/, /300ms/],
  ['--keepalive 10ms', 'USAGE', /whole seconds/, /--keepalive 1s/],
  ['--clients 28233 --client-addresses 1', 'NOT_ENOUGH_PORTS', /28232 ports/, /-addresses 2/],
  ['--port 0', 'USAGE', /--port 0/, /./],
  ['--scenario nothing', 'SCENARIO_UNKNOWN', /no scenario 'nothing'/, /accept-queue-overflow/],
  ['--sandbox moon --dry-run', 'USAGE', /no sandbox 'moon'/, /auto/],
  ['--sandbox moon', 'USAGE', /no sandbox 'moon'/, /auto/],
  ['--sysctl kernel.hostname=x', 'USAGE', /--sysctl kernel\.hostname=x/, /--sysctl net\./],
  ['--sysctl net.netfilter.nf_conntrack_max=1', 'USAGE', /none of the machine/, /--sysctl net\./],
  ['--sysctl net.core.rmem_max=1', 'USAGE', /none of the machine/, /--sysctl net\./],
  ['--sysctl net.ipv4.tcp_congestion_control=bbr', 'USAGE', /kernel module/, /--sysctl net\./],
  ['--sysctl net.ipv4.tcp_timestamps', 'USAGE', /tcp_timestamps/, /tcp_timestamps=0/],
  ['--syncookies 3', 'USAGE', /from 0 to 2/, /./],
  ['--arrivals fast', 'USAGE', /--arrivals fast/, /burst.*sequential.*50\/s/],
  ['--arrivals 0/s', 'USAGE', /--arrivals 0\/s/, /burst/],
  ['judge', 'USAGE', /judge needs a folder/, /runs\//],
  ['servers --server ngnix', 'USAGE', /no server 'ngnix'/, /did you mean nginx\?/],
  ['servers --sandbox docker', 'USAGE', /the servers are on this machine/, /leave it out/],
];

describe.concurrent('bad input', { timeout: TIMEOUT_MS }, () => {
  test.for(REFUSED)('%s', async ([line, code, why, remedy]) => {
    const ended = await installation.run(wordsOf(line));
    expect(ended).toMatchObject({ exitCode: 2, signal: null, stdout: '' });
    expectErrorText(ended, code, why, remedy);
  });

  test('is told to programs as an object', async () => {
    const said = jsonOf<ErrorJson>(await installation.run(['--json', '--backlog', '0']), 2);
    expect(said).toEqual({
      schemaVersion: 1,
      error: {
        code: 'BACKLOG_OUT_OF_RANGE',
        message: expect.stringContaining('Cannot listen with backlog 0'),
        remedy: 'pass --backlog 1 or more',
      },
      runFolder: null,
    });
  });
});

describe.concurrent('without a run', { timeout: TIMEOUT_MS }, () => {
  test('--help shows the commands and every option', async () => {
    const { exitCode, stdout, stderr } = await installation.run(['--help']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    for (const word of [
      'list',
      'judge',
      'servers',
      'doctor',
      '--backlog',
      '--somaxconn',
      '--json',
    ]) {
      expect(stdout).toContain(word);
    }
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  test('--version is that of package.json', async () => {
    const manifest = readFileSync(path.join(installation.folder, 'package.json'), 'utf8');
    const { version } = JSON.parse(manifest) as { version: string };
    expect(await installation.run(['--version'])).toMatchObject({
      exitCode: 0,
      stdout: `${version}\n`,
    });
  });

  test('list names every scenario with its claims', async () => {
    const [text, json] = await Promise.all([
      installation.run(['list']),
      installation.run(['list', '--json']),
    ]);
    expect(text).toMatchObject({ exitCode: 0, stderr: '' });
    for (const { id, claims } of SCENARIOS) {
      expect(text.stdout).toContain(`${id}\n`);
      for (const claim of claims) expect(text.stdout).toContain(claim.id);
    }
    const listed = jsonOf<{ scenarios: readonly { id: string }[] }>(json, 0);
    expect(listed.scenarios.map(({ id }) => id)).toEqual(SCENARIOS.map(({ id }) => id));
  });

  test('--dry-run needs neither privileges nor tools, and starts nothing', async () => {
    const runsDir = path.join(installation.newFolder(), 'runs');
    const through = [...asOrdinaryUser(), 'env', 'PATH=/nowhere'];
    const args = ['--dry-run', '--runs-dir', runsDir];
    const [text, json] = await Promise.all([
      installation.run(args, { through }),
      installation.run([...args, '--json', '--backlog', '5'], { through }),
    ]);
    expect(text).toMatchObject({ exitCode: 0, stderr: '' });
    expect(text.stdout).toContain('nothing was started');
    expect(text.stdout).toMatch(/^ +unshare --user .*collect\/main\.js/m);
    const { plan, prediction, commandLines } = jsonOf<{
      plan: { parameters: object };
      prediction: object;
      commandLines: readonly (readonly string[])[];
    }>(json, 0);
    expect(plan.parameters).toMatchObject({ backlog: 5, clients: 4 });
    expect(prediction).toMatchObject({ acceptQueueCapacity: 6, connected: 4, timedOut: 0 });
    expect(commandLines[0]?.at(-1)).toContain('"privilege":"user-namespace"');
    expect(() => readFileSync(runsDir)).toThrow('ENOENT');
  });

  test('a reader that goes away early is no failure', async () => {
    const running = installation.start(['list', '--json']);
    running.child.stdout?.destroy();
    expect(await running.ended).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test('what nobody foresaw is a failure of the harness, not a verdict', async () => {
    const thrower = "process.once('beforeExit', () => { throw new Error('oh'); })";
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(thrower)}` };
    const ended = await installation.run(['list'], { env });
    expect(ended.exitCode).toBe(4);
    expect(ended.stderr).toMatch(/^PROGRAM_FAILED {2}The harness itself failed: Error: oh\n/);
  });
});

describe.concurrent('colours', { timeout: TIMEOUT_MS }, () => {
  test.for([
    ['none when nobody looks', { NO_COLOR: undefined }, false],
    ['when forced', { NO_COLOR: undefined, FORCE_COLOR: '1' }, true],
    ['not when switched off', { NO_COLOR: '1' }, false],
    ['not when forced off', { NO_COLOR: undefined, FORCE_COLOR: '0' }, false],
  ] as const)('%s', async ([, env, coloured]) => {
    const { exitCode, stdout } = await installation.run(['list'], { env });
    expect({ exitCode, coloured: stdout.includes(ESCAPE) }).toEqual({ exitCode: 0, coloured });
  });
});

/** A copy of a recorded run folder, to judge and to damage. */
function copyOfRun(name: string): string {
  const folder = installation.newFolder();
  cpSync(path.join(RUNS, name), folder, { recursive: true });
  return folder;
}

describe.concurrent('judging a stored run', { timeout: TIMEOUT_MS }, () => {
  test('finds the same again, however often, and keeps it in the folder', async () => {
    const folder = copyOfRun('accept-queue-overflow');
    const first = await installation.run(['judge', folder, '--json']);
    expect(jsonOf<RunJson>(first, 0)).toMatchObject({
      verdict: 'outdated',
      outcomes: { connected: 3, timedOut: 1 },
    });
    expect(readFileSync(path.join(folder, FILES.verdict), 'utf8')).toBe(first.stdout);
    expect((await installation.run(['judge', folder, '--json'])).stdout).toBe(first.stdout);
  });

  test.for([
    ['--quiet', /^OUTDATED accept-queue-overflow: /],
    ['--verbose', /ListenOverflows/],
  ] as const)('as text, %s', async ([option, says]) => {
    const folder = copyOfRun('accept-queue-overflow');
    const ended = await installation.run(['judge', folder, option]);
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ended.stdout).toMatch(says);
  });

  test('nothing but regular files is read, and no link is followed when it is written', async () => {
    const folder = copyOfRun('accept-queue-overflow');
    const elsewhere = path.join(installation.newFolder(), 'elsewhere');
    writeFileSync(elsewhere, 'untouched');
    spawnSync('mkfifo', [path.join(folder, 'pipe')]);
    rmSync(path.join(folder, FILES.verdict), { force: true });
    symlinkSync(elsewhere, path.join(folder, FILES.verdict));
    const ended = await installation.run(['judge', folder, '--json']);
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
    expect(readFileSync(path.join(folder, FILES.verdict), 'utf8')).toBe(ended.stdout);
    expect(readFileSync(elsewhere, 'utf8')).toBe('untouched');
  });

  test('a conclusion that cannot be kept is told, and the verdict stands', async () => {
    const folder = copyOfRun('accept-queue-overflow');
    rmSync(path.join(folder, FILES.verdict), { force: true });
    mkdirSync(path.join(folder, FILES.verdict));
    const ended = await installation.run(['judge', folder, '--quiet']);
    expect(ended.exitCode).toBe(0);
    expect(ended.stderr).toMatch(/^Cannot keep verdict\.json and report\.txt in .*\.\n$/);
    expect(readdirSync(folder).filter((file) => file.startsWith('verdict.'))).toHaveLength(1);
  });

  test('a folder that is none of a run is an error', async () => {
    const folder = installation.newFolder();
    const ended = await installation.run(['judge', folder, '--json']);
    expect(jsonOf<ErrorJson>(ended, 4).error.code).toBe('EVIDENCE_UNREADABLE');
    expectErrorText(ended, 'EVIDENCE_UNREADABLE', /no plan\.json/, /runs\//);
  });

  test.for([
    ['truncated', (file: string) => truncateSync(file, 100)],
    ['empty', (file: string) => truncateSync(file, 0)],
    ['garbage', (file: string) => writeFileSync(file, 'this was never a capture')],
    ['missing', (file: string) => rmSync(file)],
  ] as const)('%s capture: inconclusive, and the file is named', async ([, damage]) => {
    const folder = copyOfRun('accept-queue-overflow');
    damage(path.join(folder, FILES.capture));
    const ended = await installation.run(['judge', folder]);
    expect(ended).toMatchObject({ exitCode: 3, stderr: '' });
    expect(ended.stdout).toContain(FILES.capture);
  });
});

test('a dry run of an incident shows each phase once, by its name', async () => {
  const name = 'tomcat-accept-count';
  const { stdout } = await installation.run(['incident', name, name, '--dry-run']);
  expect(stdout.match(/^Plan of .*$/gm)).toEqual([
    `Plan of ${name}, phase fault (nothing was started)`,
    `Plan of ${name}, phase remedy (nothing was started)`,
  ]);
});
