/** The demo that is stopped, killed, or whose terminal is closed; and what stays on the screen. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { TEXTS } from '../../harness/demo/texts/texts.ts';
import { useInstallation } from '../helpers/installation.ts';
import { kernelTest } from '../helpers/kernel-available.ts';
import { processesMarked } from '../helpers/marked-processes.ts';
import { type Demo, expectNothingLeft, openDemo, titleOf } from '../helpers/open-demo.ts';
import { isTmuxInstalled } from '../helpers/tmux.ts';
import { waitUntil } from '../helpers/wait-until.ts';

const TIMEOUT_MS = 120_000;
const installation = useInstallation();
const possible = isTmuxInstalled() || process.env['REQUIRE_KERNEL'] === '1';
const terminalTest = possible ? kernelTest : test.skip;

const startsItsServer = ({ mark }: Demo) =>
  waitUntil('the run to start its server', () =>
    processesMarked(mark).some(({ argv }) => argv.some((word) => word.endsWith('never-accepts.js')))
      ? true
      : undefined,
  );

const allGone = ({ mark }: Demo) =>
  waitUntil(
    'every process of the demo to end',
    () => (processesMarked(mark).length === 0 ? true : undefined),
    { seen: () => JSON.stringify(processesMarked(mark)) },
  );

describe('the demo', { timeout: TIMEOUT_MS }, () => {
  terminalTest('Ctrl-Z gives the terminal back, and fg goes on where it was', async () => {
    using demo = openDemo(installation);
    const { terminal } = demo;
    // Job control is of interactive shells that monitor jobs.
    terminal.type('set -m');
    demo.start('--lang en --step 2');
    await terminal.shows(titleOf('en', 1));
    terminal.press('C-z');
    await terminal.shows(/Stopped|Suspended/);
    expect(terminal.ask('#{alternate_on} #{cursor_flag}')).toBe('0 1');
    terminal.type('fg');
    await terminal.shows(titleOf('en', 1));
    terminal.press('g', '4', 'Enter');
    await terminal.shows(titleOf('en', 3));
    terminal.press('q');
    await terminal.shows('left at step 4 of 10');
    await allGone(demo);
  });

  terminalTest('closing the terminal ends it during a run, with nothing left', async () => {
    const demo = openDemo(installation);
    try {
      demo.start('--lang en --step 5');
      await demo.terminal.shows(titleOf('en', 4));
      demo.terminal.press('2');
      await startsItsServer(demo);
    } finally {
      demo[Symbol.dispose]();
    }
    await allGone(demo);
    expect(readdirSync(demo.temporary)).toEqual([]);
  });

  terminalTest('what a killed demo leaves the next one removes', async () => {
    using demo = openDemo(installation);
    const { terminal, temporary } = demo;
    demo.start('--lang en --step 5');
    await terminal.shows(titleOf('en', 4));
    terminal.press('2');
    await startsItsServer(demo);
    for (const { argv, pid } of processesMarked(demo.mark)) {
      if (argv.some((word) => word.endsWith('launcher.mjs'))) process.kill(pid, 'SIGKILL');
    }
    await terminal.shows('ended:137');
    await allGone(demo);
    const left = readdirSync(temporary);
    expect(left).toHaveLength(1);
    // In raw mode, as a killed demo leaves it, Enter is no line feed.
    terminal.press('tput rmcup; tput cnorm; stty sane', 'C-j');
    demo.start('--lang en --step 4');
    await terminal.shows(titleOf('en', 3));
    expect(readdirSync(temporary)).toHaveLength(1);
    expect(readdirSync(temporary)).not.toEqual(left);
    terminal.press('q');
    await expectNothingLeft(demo, 0);
  });

  terminalTest('a terminal that cannot be redrawn gets each page once', async () => {
    using demo = openDemo(installation);
    const { terminal } = demo;
    terminal.resize(80, 100);
    terminal.type('export TERM=dumb');
    demo.start('--lang en --step 5');
    await terminal.shows(titleOf('en', 4));
    terminal.press('2');
    const lines = await terminal.shows(TEXTS.en.result.right);
    expect(lines.filter((line) => line.startsWith('Running '))).toHaveLength(1);
    terminal.press('q');
    await terminal.shows('To go on there: npm run demo -- --step 5');
    await allGone(demo);
  });

  terminalTest('that played by itself leaves question, answer and verdict', async () => {
    using demo = openDemo(installation);
    demo.start('--lang zh --auto --pace 0 --step 3');
    const lines = await demo.terminal.shows('ended:0');
    expect(demo.terminal.ask('#{alternate_on}')).toBe('0');
    const text = lines.join('\n');
    expect(text).toContain('来了 4 个客户端，其中 3 个占满了位置。其余的客户端会看到什么？');
    expect(text).toMatch(/ 3 {2}被拒绝的 SYN：超时，始终没有任何回应。\S+ [A-Z]+/);
    await allGone(demo);
  });
});
