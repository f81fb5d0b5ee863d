/** Every page of every step in both languages: it fits, and it says what it has to. */
import { describe, expect, test } from 'vitest';
import type { DemoState } from '../../../harness/demo/demo-state.ts';
import { draw, pageOf } from '../../../harness/demo/draw.ts';
import type { Look } from '../../../harness/demo/look.ts';
import { STEPS } from '../../../harness/demo/steps.ts';
import { LANGUAGES, type Language, TEXTS } from '../../../harness/demo/texts/texts.ts';
import { visibleWidth } from '../../../harness/report/layout.ts';
import type { Style } from '../../../harness/report/style.ts';
import { recounted, substituted } from '../../helpers/damage.ts';
import { afterRun, beginning, pressing } from '../../helpers/demo-steps.ts';
import { fixture } from '../../helpers/fixtures.ts';

/** Every page there is. */
const statesOf = (language: Language, look: Partial<Look> = {}): readonly DemoState[] => [
  ...STEPS.flatMap((_, index) => [
    beginning(language, look, index),
    pressing(beginning(language, look, index), '1'),
    afterRun(index, language, look),
  ]),
  pressing(beginning(language, look), '?'),
  pressing(beginning(language, look), 'g', '9', '9', 'enter'),
  pressing(beginning(language, look), 'e', '0', 'enter'),
  pressing(beginning(language, look), 'q'),
  { ...afterRun(9, language, look), view: 'end', screen: 0 },
];

const textOf = (state: DemoState): string =>
  pageOf(state)
    .map((lines) => lines.join('\n'))
    .join('\n');

const SIZES: readonly Partial<Look>[] = [
  {},
  { columns: 132, rows: 50 },
  { columns: 60, rows: 20 },
  { columns: 40, rows: 12 },
  { plain: true },
];

describe.each(LANGUAGES)('in %s', (language) => {
  test.each(SIZES)('every page fits %j', (look) => {
    for (const state of statesOf(language, look)) {
      for (const screen of pageOf(state)) {
        expect(screen.length, screen.join('\n')).toBeLessThanOrEqual(state.look.rows ?? 0);
        for (const line of screen) {
          expect(visibleWidth(line), line).toBeLessThanOrEqual(state.look.columns);
        }
      }
    }
  });

  test('at 80 columns no line has lost its end', () => {
    for (const [narrow, wide] of pairs(statesOf(language), statesOf(language, { columns: 90 }))) {
      // Drawings are as wide as they are; only text is broken otherwise.
      const drawn = (text: string) => text.split('\n').filter((line) => /[│┌└▶◀]/.test(line));
      const chart = (line: string) => /\d │|└─|SYN (queue|队列) │/.test(line);
      expect(drawn(textOf(narrow)).filter((line) => !chart(line))).toEqual(
        drawn(textOf(wide)).filter((line) => !chart(line)),
      );
    }
  });

  test('at 80 columns every title is whole', () => {
    const { page, steps } = TEXTS[language];
    for (const [index, { id }] of STEPS.entries()) {
      const title = page.stepOf(index + 1, STEPS.length, steps[id].title);
      for (const [first] of pageOf(afterRun(index, language))) expect(first).toContain(title);
    }
  });

  test.each(STEPS.map(({ id }, index) => [id, index] as const))(
    '%s: result, packets, counters and verdict',
    (id, index) => {
      const text = textOf(afterRun(index, language));
      const { verdict } = TEXTS[language].result;
      expect(text).toMatch(/SYN ─+▶/);
      for (const { counter } of STEPS[index]?.counters ?? []) expect(text).toContain(counter);
      for (const claim of STEPS[index]?.claims ?? []) expect(text, id).toContain(claim);
      expect(text).toMatch(new RegExp(`${verdict.confirmed}|${verdict.outdated}`));
      expect(text).toContain('npm run repro --');
    },
  );

  test('plain pages hold words only', () => {
    for (const state of statesOf(language, { plain: true })) {
      expect(textOf(state)).not.toMatch(/[\u2500-\u25ff\u2713\u2717]|\.{4,}/u);
    }
  });

  test('without an end there is one screen, and nothing is left out', () => {
    for (const state of statesOf(language, { rows: null })) expect(pageOf(state)).toHaveLength(1);
  });
});

function* pairs<Item>(left: readonly Item[], right: readonly Item[]): Iterable<[Item, Item]> {
  for (const [index, item] of left.entries()) {
    const other = right[index];
    if (other !== undefined) yield [item, other];
  }
}

test('an answer that was wrong is said to be, and one that was right', () => {
  expect(textOf(afterRun(0))).toContain('That is what happened.');
  expect(textOf(afterRun(2))).toContain('It happened otherwise.');
});

test('a kernel that does otherwise than the page expects is believed', () => {
  const text = textOf(afterRun(2, 'en', {}, fixture('fits')));
  // Three clients on a backlog of 7: nobody is refused, and nothing else was to be expected.
  expect(text).toContain('What Linux');
  expect(text).toContain('It is connected.');
  expect(text).not.toContain('This page expected something else');

  const noCookies = textOf(afterRun(6, 'en', {}, fixture('syn-queue')));
  expect(noCookies).toContain('They are dropped.');
  expect(noCookies).toMatch(
    /This page expected something else: They are answered with a SYN\s+cookie/,
  );
});

test('a run that is inconclusive, or whose witnesses disagree, says so before all', () => {
  const damaged = recounted(
    'closing',
    'server',
    'PassiveOpens',
    -1,
  )(fixture('accept-queue-overflow'));
  const [first = []] = pageOf(afterRun(1, 'en', {}, damaged));
  expect(first.join('\n')).toContain('this run proves nothing');
  expect(textOf(afterRun(1, 'en', {}, damaged))).toContain('The evidence does not decide');
});

test('a run that failed says what to do', () => {
  const running = pressing(beginning(), '1');
  const failed: DemoState = {
    ...running,
    view: 'result',
    trials: running.trials.map((trial) => ({
      ...trial,
      outcome: { kind: 'failed', message: 'There is no tcpdump.', remedy: 'install it' },
    })),
  };
  expect(draw(failed).join('\n')).toMatch(/There is no tcpdump\.[\s\S]*install it/);
});

test('the kernel that is named is that of the evidence', () => {
  const evidence = substituted(
    'surroundings.json',
    /"kernelRelease": "[^"]*"/,
    '"kernelRelease": "6.14.3"',
  )(fixture('accept-queue-overflow'));
  expect(textOf(afterRun(2, 'en', {}, evidence))).toContain('What Linux 6.14.3 did');
});

test('colours take no room', () => {
  const red = (text: string): string => `\u001b[31m${text}\u001b[39m`;
  const style: Style = { bold: red, dim: red, green: red, yellow: red, red, cyan: red };
  for (const state of statesOf('zh', { style, columns: 50 })) {
    for (const line of pageOf(state).flat()) expect(visibleWidth(line)).toBeLessThanOrEqual(50);
  }
});
