/** The demo plays by itself: ten real runs, each with its answer and its verdict. */
import { readdirSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { STEPS } from '../../harness/demo/steps.ts';
import { LANGUAGES, TEXTS } from '../../harness/demo/texts/texts.ts';
import { useInstallation } from '../helpers/installation.ts';
import { kernelTest } from '../helpers/kernel-available.ts';
import { allGone } from '../helpers/run-processes.ts';
import { waitUntil } from '../helpers/wait-until.ts';

const TIMEOUT_MS = 240_000;

const installation = useInstallation();

const partsOf = (stdout: string, titles: readonly string[]): readonly string[] =>
  titles.map((title, index) => {
    const next = titles[index + 1];
    return stdout.slice(
      stdout.indexOf(title),
      next === undefined ? undefined : stdout.indexOf(next),
    );
  });

describe.concurrent('demo --auto', { timeout: TIMEOUT_MS }, () => {
  kernelTest.for(LANGUAGES)('--lang %s', async (language, { expect: check }) => {
    const temporary = installation.newFolder();
    const ended = await installation.run(['demo', '--auto', '--lang', language], {
      env: { TMPDIR: temporary },
    });
    check(ended, ended.stdout).toMatchObject({ exitCode: 0, signal: null, stderr: '' });
    const { page, steps, result, end } = TEXTS[language];
    const titles = STEPS.map(({ id }, index) =>
      page.stepOf(index + 1, STEPS.length, steps[id].title),
    );
    const parts = partsOf(ended.stdout, [...titles, end.title]);
    const verdicts = [result.verdict.confirmed, result.verdict.outdated];
    for (const [index, step] of STEPS.entries()) {
      const [verdictLine = ''] = parts[index]?.match(new RegExp(result.ofThisStep('.*'))) ?? [];
      check(
        verdicts.some((verdict) => verdictLine.endsWith(verdict)),
        titles[index],
      ).toBe(true);
      for (const claim of step.claims) check(parts[index]).toContain(claim);
    }
    check(ended.stdout).not.toContain(result.undecided);
    check(parts[STEPS.length]).not.toContain(end.notRun);
    check(readdirSync(temporary)).toEqual([]);
  });
});

describe('one step alone', { timeout: TIMEOUT_MS }, () => {
  kernelTest('plain, in sentences', async () => {
    const args = ['demo', '--auto', '--step', '3', '--plain', '--lang', 'en'];
    const { exitCode, stdout } = await installation.run(args);
    expect(exitCode, stdout).toBe(0);
    expect(stdout).toContain('s: the client sends SYN to the server. It is refused');
    expect(stdout).not.toMatch(/[\u2500-\u25ff]/u);
    expect(stdout).not.toContain('Step 4');
  });

  kernelTest('a signal ends it, with nothing left', async () => {
    const temporary = installation.newFolder();
    const running = installation.start(['demo', '--auto', '--step', '5'], {
      env: { TMPDIR: temporary },
    });
    await waitUntil(
      'its run folder',
      () => (readdirSync(temporary).length > 0 ? true : undefined),
      {
        deadlineMs: 30_000,
      },
    );
    running.child.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ exitCode: 143, signal: null });
    await allGone(running);
    expect(readdirSync(temporary)).toEqual([]);
  });
});
