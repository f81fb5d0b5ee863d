/** `explain`: what a claim is about, and what the last run found. */
import { cpSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { useInstallation } from '../helpers/installation.ts';
import { jsonOf } from '../helpers/reproduction.ts';

const TIMEOUT_MS = 60_000;
const FIXTURES = path.join(import.meta.dirname, '..', 'fixtures', 'runs');

const installation = useInstallation();

/** A runs folder with two recorded runs. */
function storedRuns(): string {
  const runsDir = installation.newFolder();
  for (const fixture of ['accept-queue-overflow', 'fooled-client']) {
    const folder = path.join(runsDir, `20261121-100000.000-${fixture}`);
    cpSync(path.join(FIXTURES, fixture), folder, { recursive: true });
  }
  return runsDir;
}

const explain = (...args: readonly string[]) => installation.run(['explain', ...args]);

test('both parts of a row with the packets of their last runs', {
  timeout: TIMEOUT_MS,
}, async () => {
  const { exitCode, stdout, stderr } = await explain('001-b', '--runs-dir', storedRuns());
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const [first = '', second = '', ...others] = stdout.split(/^─+$/m);
  expect(others).toEqual([]);
  expect(first).toMatch(
    /^001-b \(i\) .*commit 5ea8ea2cb7f1.*verdict +OUTDATED.*refused: accept queue full/s,
  );
  expect(second).toMatch(/001-b \(ii\) .*verdict +CONFIRMED.*dropped: the queue is full/s);
});

test('one part, for programs', { timeout: TIMEOUT_MS }, async () => {
  const ended = await explain('001-B(ii)', '--json', '--runs-dir', storedRuns());
  expect(jsonOf<object>(ended, 0)).toMatchObject({
    schemaVersion: 1,
    claims: [
      {
        id: '001-b (ii)',
        document: '001',
        rules: [{ id: 'syn-refused-on-full-accept-queue' }, { id: 'initial-rto-one-second' }],
        lastRun: { runFolder: expect.stringMatching(/fooled-client$/), verdict: 'confirmed' },
      },
    ],
  });
});

test('a document as a list', { timeout: TIMEOUT_MS }, async () => {
  const { exitCode, stdout } = await explain('001');
  expect(exitCode).toBe(0);
  expect(stdout.match(/^ {2}001-[a-k]\b/gm)?.map((id) => id.trim())).toEqual(
    expect.arrayContaining([...'abcdefghijk'].map((letter) => `001-${letter}`)),
  );
  expect(stdout).not.toContain('002-');
});

test('without a stored run it names the command that makes one', {
  timeout: TIMEOUT_MS,
}, async () => {
  const { exitCode, stdout } = await explain('001-a', '--runs-dir', installation.newFolder());
  expect(exitCode).toBe(0);
  expect(stdout).toContain('npm run repro -- --scenario accept-queue-overflow\n');
});

const WRONG: readonly (readonly [what: string, words: RegExp])[] = [
  ['001-z', /^USAGE {2}There is no claim '001-z'\.\n {2}Remedy: did you mean 001-a\?\n$/],
  ['005', /did you mean 00\d\?/],
  ['backlog', /no claim 'backlog'.*\n.*such as 001-b/],
];

test.for(WRONG)('there is no %s', { timeout: TIMEOUT_MS }, async ([what, words]) => {
  const { exitCode, stdout, stderr } = await explain(what);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(words);
});
