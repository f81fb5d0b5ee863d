/** The demo as somebody at a terminal meets it: played by keys, resized, and left at every step. */
import { describe, expect, test } from 'vitest';
import { STEPS } from '../../harness/demo/steps.ts';
import { LANGUAGES, type Language, TEXTS } from '../../harness/demo/texts/texts.ts';
import { displayWidth } from '../../harness/report/display-width.ts';
import { useInstallation } from '../helpers/installation.ts';
import { kernelTest } from '../helpers/kernel-available.ts';
import { processesMarked } from '../helpers/marked-processes.ts';
import {
  COLUMNS,
  type Demo,
  expectNothingLeft,
  frameThat,
  openDemo,
  ROWS,
  titleOf,
} from '../helpers/open-demo.ts';
import { isTmuxInstalled } from '../helpers/tmux.ts';
import { waitUntil } from '../helpers/wait-until.ts';

const TIMEOUT_MS = 240_000;
const installation = useInstallation();
const possible = isTmuxInstalled() || process.env['REQUIRE_KERNEL'] === '1';
if (!possible) process.stderr.write('Skipping the demo at a terminal: there is no tmux.\n');
const terminalTest = possible ? kernelTest : test.skip;

/** The frame is where it belongs, so no line was wrapped and none was scrolled away. */
function expectWholeScreen(lines: readonly string[], [columns, rows]: readonly [number, number]) {
  expect(lines).toHaveLength(rows);
  expect(lines[1]).toMatch(/^─+$/);
  expect(lines[1]).toHaveLength(Math.min(columns, 100));
  expect(lines.at(-1)).toMatch(/ q /);
  for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
}

const showing = (text: string) => (lines: readonly string[]) => lines.join('\n').includes(text);

const endsAt = (lines: readonly string[], row: number): boolean =>
  lines.length === row && / q /.test(lines.at(-1) ?? '');

/** Presses n until the end; returns the titles that were seen. */
async function playByKeys(demo: Demo, language: Language): Promise<ReadonlySet<string>> {
  const { keys, end } = TEXTS[language];
  const seen = new Set<string>();
  let lines = await frameThat('the first page', demo, showing(titleOf(language, 0)));
  while (!lines[0]?.startsWith(end.title)) {
    expectWholeScreen(lines, [COLUMNS, ROWS]);
    seen.add(lines[0] ?? '');
    const before = lines.join('\n');
    demo.terminal.press('n');
    lines = await frameThat(
      'another page',
      demo,
      (now) => !now.at(-1)?.startsWith(keys.running) && now.join('\n') !== before,
    );
  }
  expectWholeScreen(lines, [COLUMNS, ROWS]);
  return seen;
}

describe.concurrent('at a terminal of 80x24', { timeout: TIMEOUT_MS }, () => {
  terminalTest.for(LANGUAGES)(
    'all ten steps by keys in %s',
    async (language, { expect: check }) => {
      using demo = openDemo(installation);
      demo.start(`--lang ${language}`);
      const seen = [...(await playByKeys(demo, language))].join('\n');
      for (const step of STEPS.keys()) check(seen).toContain(titleOf(language, step));
      const summary = demo.terminal.lines().join('');
      check(summary).not.toContain(TEXTS[language].end.notRun);
      check(summary).not.toContain('INCONCLUSIVE');
      demo.terminal.press('q');
      await expectNothingLeft(demo, 0);
    },
  );
});

describe('at a terminal', { timeout: TIMEOUT_MS }, () => {
  terminalTest('another size redraws the page, also during a run', async () => {
    using demo = openDemo(installation);
    const { terminal } = demo;
    demo.start('--lang zh --step 5');
    await terminal.shows(titleOf('zh', 4));
    terminal.resize(120, 40);
    const large = await frameThat('a page of 40 rows', demo, (lines) => endsAt(lines, 40));
    expectWholeScreen(large, [120, 40]);
    terminal.press('2');
    await terminal.shows(TEXTS.zh.keys.running);
    terminal.resize(COLUMNS, ROWS);
    await frameThat('a page of 24 rows', demo, (lines) => endsAt(lines, ROWS));
    const result = await frameThat('the result', demo, showing(TEXTS.zh.result.right));
    expectWholeScreen(result, [COLUMNS, ROWS]);
    terminal.press('l');
    await terminal.shows(titleOf('en', 4));
    terminal.press('q');
    await expectNothingLeft(demo, 0);
  });

  terminalTest('other numbers, asked for with e', async () => {
    using demo = openDemo(installation);
    const { terminal } = demo;
    demo.start('--lang en --step 3');
    await terminal.shows(titleOf('en', 2));
    terminal.press('e', '1');
    await terminal.shows('now 2): 1_');
    terminal.press('Enter', '7', 'Enter');
    await terminal.shows('Attempts to connect: 2 connected, 5 timed out.');
    terminal.press('q');
    await expectNothingLeft(demo, 0);
  });

  const LEAVING = [
    ['q', 0, 'en'],
    ['C-c', 130, 'zh'],
  ] as const;
  terminalTest.for(LEAVING)(
    '%s leaves during the run of every step',
    async ([key, code, language]) => {
      using demo = openDemo(installation);
      for (const step of STEPS.keys()) {
        demo.start(`--lang ${language} --step ${step + 1}`);
        await demo.terminal.shows(titleOf(language, step));
        demo.terminal.press('1');
        await demo.terminal.shows(TEXTS[language].keys.running);
        await waitUntil('the run to start its server', () =>
          processesMarked(demo.mark).some(({ argv }) =>
            argv.some((word) => word.endsWith('never-accepts.js')),
          )
            ? true
            : undefined,
        );
        demo.terminal.press(key);
        await expectNothingLeft(demo, code);
      }
    },
  );
});
