import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FILES } from '../../harness/domain/evidence.ts';
import { baseImage, dockerTest } from '../helpers/docker-available.ts';

// npm ci, a few kernel tests and the whole catalogue: about a minute on an idle machine.
vi.setConfig({ testTimeout: 300_000 });

const GITHUB = readFileSync('.github/workflows/ci.yml', 'utf8');
const GITLAB = readFileSync('.gitlab-ci.yml', 'utf8');
const SUMMARY = '/step-summary.md';

/** What a clone does not have: see .gitignore. */
const NOT_CLONED = ['.git', 'node_modules', 'dist', 'runs', 'coverage', '*.tgz'];

/** What this project gives a container where the engine cannot give it everything. */
const CAPABILITIES = [
  ...['--cap-add', 'SYS_ADMIN', '--cap-add', 'NET_ADMIN', '--cap-add', 'NET_RAW'],
  ...['--security-opt', 'systempaths=unconfined'],
];

/** In the container: takes the project from stdin, each step in a shell of its own as on GitHub. */
const JOB = `
mkdir /project
cd /project
tar -x
for step in "$@"; do
  printf '== %s\\n' "$step"
  bash --noprofile --norc -eo pipefail -c "$step" </dev/null
done >&2
exec tar -cz runs -C / ${path.basename(SUMMARY)}
`;

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'backlog-lab-ci-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The lines of a job without its name, from a file that indents its jobs by so many spaces. */
function job(yaml: string, name: string, indent: number): string {
  const margin = ' '.repeat(indent);
  const [, rest = ''] = yaml.split(`\n${margin}${name}:\n`);
  return rest.split(new RegExp(`^${margin}\\S`, 'm'))[0] ?? '';
}

const allOf = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map(([, found = '']) => found);

const GITHUB_JOB = job(GITHUB, 'container', 2);
const STEPS = allOf(GITHUB_JOB, /^ {6}(?:- | {2})run: (.+)$/gm);
const VARIABLES = allOf(GITHUB_JOB, /^ {6}([A-Z_]+: .+)$/gm).map((line) => line.replace(': ', '='));

function packProject(): Buffer {
  const without = NOT_CLONED.map((name) => `--exclude=./${name}`);
  return execFileSync('tar', ['-c', '--anchored', ...without, '.'], { maxBuffer: 2 ** 28 });
}

/** What the job asks of the engine; on some machines even root may not give it. */
function privileges(image: string): readonly string[] {
  const wanted = allOf(GITHUB_JOB, /^ {6}options: (.+)$/gm);
  try {
    execFileSync('docker', ['run', '--rm', '--network', 'none', ...wanted, image, 'true'], {
      stdio: 'ignore',
    });
    return wanted;
  } catch {
    return CAPABILITIES;
  }
}

interface JobEnd {
  readonly exitCode: number | null;
  readonly log: string;
}

/** Runs the steps in a container that is gone afterwards; what the job keeps comes into `folder`. */
async function runJob(
  image: string,
  steps: readonly string[],
  signal: AbortSignal,
): Promise<JobEnd> {
  const variables = ['CI=true', `GITHUB_STEP_SUMMARY=${SUMMARY}`, ...VARIABLES];
  const words = [
    ...['run', '--rm', '--interactive', '--init', '--log-driver', 'none', ...privileges(image)],
    ...variables.flatMap((variable) => ['--env', variable]),
    ...['--entrypoint', 'bash', image, '-euc', JOB, 'job', ...steps],
  ];
  const container = spawn('docker', words, { signal });
  const kept: Buffer[] = [];
  let log = '';
  container.stdout.on('data', (bytes: Buffer) => kept.push(bytes));
  container.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  // A container that could not start reads nothing, and its exit code says so.
  container.stdin.on('error', () => undefined).end(packProject());
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    container.on('error', reject).on('close', resolve);
  });
  if (exitCode === 0) {
    mkdirSync(path.join(folder, 'kept'));
    execFileSync('tar', ['-xz', '-C', path.join(folder, 'kept')], { input: Buffer.concat(kept) });
  }
  return { exitCode, log };
}

const keptFile = (...names: readonly string[]): string =>
  readFileSync(path.join(folder, 'kept', ...names), 'utf8');

/** The only folder, or the only one whose name has this end. */
function onlyFolder(end: string, ...names: readonly string[]): string {
  const found = readdirSync(path.join(folder, 'kept', ...names), { withFileTypes: true });
  const [only = '', ...others] = found
    .filter((entry) => entry.isDirectory() && entry.name.endsWith(end))
    .map(({ name }) => name);
  expect(others).toEqual([]);
  return only;
}

test('each action is pinned to a commit, and says its version', () => {
  const uses = allOf(GITHUB, /uses: (.+)$/gm);
  expect(uses.length).toBeGreaterThan(0);
  for (const action of uses) expect(action).toMatch(/^actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+/);
});

test('each job has a time limit and reads only', () => {
  const jobs = allOf(GITHUB.split('\njobs:\n')[1] ?? '', /^ {2}([a-z]+):$/gm);
  expect(jobs).toEqual(['check', 'kernel', 'container', 'docker']);
  for (const name of jobs) expect(job(GITHUB, name, 2)).toMatch(/^ {4}timeout-minutes: \d+$/m);
  expect(GITHUB).toMatch(/^permissions:\n {2}contents: read\n\n/m);
  expect(allOf(GITHUB, /(permissions):/g)).toHaveLength(1);
});

test('the job in a container is the same on GitHub and on GitLab', () => {
  // A command of several lines would not be found by this test's reading of the file.
  expect(allOf(GITHUB_JOB, /\brun: *([|>].*)$/gm)).toEqual([]);
  expect(STEPS).toHaveLength(3);
  expect(VARIABLES).toEqual(['REQUIRE_KERNEL=1']);
  expect(allOf(job(GITLAB, 'container', 0), /^ {4}- (.+)$/gm)).toEqual(STEPS);
});

dockerTest('the steps of the CI job succeed inside a container', async ({ signal }) => {
  const { exitCode, log } = await runJob(await baseImage(), STEPS, signal);
  expect(exitCode, log.slice(-10_000)).toBe(0);
  expect(log).toMatch(/^\d+ passed, 0 failed$/m);

  const summary = keptFile(path.basename(SUMMARY));
  expect(summary).toContain('001-a');
  expect(summary).toBe(keptFile('runs', 'container.md'));
  expect(keptFile('runs', 'container.xml')).toContain('<testsuites');
  const verify = onlyFolder('-verify', 'runs', 'container');
  const run = onlyFolder('accept-queue-overflow', 'runs', 'container', verify);
  expect(keptFile('runs', 'container', verify, run, FILES.status)).toContain('complete');
});

dockerTest('a step that fails fails the job, and none comes after it', async ({ signal }) => {
  const steps = ['echo first', 'exit 7', 'echo last'];
  const { exitCode, log } = await runJob(await baseImage(), steps, signal);
  expect(exitCode).toBe(7);
  expect(log).toBe('== echo first\nfirst\n== exit 7\n');
});
