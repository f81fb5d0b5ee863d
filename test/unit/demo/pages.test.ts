/** Every page of every step in both languages: it fits, and it says what it has to. */
import { describe, expect, test } from 'vitest';
import { isRight } from '../../../harness/demo/answer.ts';
import type { DemoState } from '../../../harness/demo/demo-state.ts';
import { draw, pageOf } from '../../../harness/demo/draw.ts';
import { farewell, played } from '../../../harness/demo/farewell.ts';
import type { Look } from '../../../harness/demo/look.ts';
import { CHOICES } from '../../../harness/demo/step.ts';
import { STEPS } from '../../../harness/demo/steps.ts';
import { LANGUAGES, type Language, TEXTS } from '../../../harness/demo/texts/texts.ts';
import { visibleWidth } from '../../../harness/report/layout.ts';
import type { Style } from '../../../harness/report/style.ts';
import { recounted, substituted } from '../../helpers/damage.ts';
import { afterRun, beginning, pressing, stepNamed } from '../../helpers/demo-steps.ts';
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
  expect(text).toContain('There is none, for all are connected.');
  expect(text).toMatch(/The following is about a\s+backlog of 2 and 4 clients:/);
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

describe('on a narrow terminal', () => {
  const NARROW: Partial<Look> = { columns: 60, rows: 20 };

  test.each(LANGUAGES)('%s: nothing is cut, and how to leave is said', (language) => {
    for (const state of statesOf(language, NARROW).filter(({ leaving }) => !leaving)) {
      for (const screen of pageOf(state))
        expect(screen.at(-1), textOf(state)).toMatch(/ {2}q \S+$/);
      expect(textOf(state)).not.toMatch(/[┌┐▶◀]/);
    }
  });
});

describe('other numbers', () => {
  test('of two choices that are the same amount both are right', () => {
    // With a backlog of 2 three clients fit: "3 of them", and "all 3 of them".
    const step = stepNamed('one-more-than-backlog');
    const facts = { backlog: 2, clients: 3, limit: 2, places: 3, cap: 128 };
    const answer = { choice: 2, said: [], witnesses: [] } as const;
    expect(CHOICES.map((chosen) => isRight(step, facts, chosen, answer))).toEqual([
      false,
      true,
      true,
    ]);
    expect(isRight(step, facts, null, answer)).toBe(false);
  });

  test('no choice says what would be wrong where everybody fits', () => {
    const facts = { backlog: 300, clients: 4, limit: 300, places: 301, cap: 128 };
    const { counters, somaxconn } = TEXTS.en.steps;
    expect(counters.choices(facts).join()).not.toContain('the other queue');
    expect(somaxconn.choices(facts).join()).not.toContain('new value');
  });
});

test('the verdict of a step is on what it is about', () => {
  // The run finds 001-b outdated besides, of which this step does not speak.
  const text = textOf(afterRun(1));
  expect(text).toContain('On what this step is about: CONFIRMED');
  expect(text).toMatch(/Tested besides:.*OUTDATED/);
});

test.each(LANGUAGES)(
  '%s: where the places are the question, the picture hides them',
  (language) => {
    const index = STEPS.indexOf(stepNamed('one-more-than-backlog'));
    for (const plain of [false, true]) {
      const asked = textOf(beginning(language, { plain }, index)).split(
        TEXTS[language].page.question,
      );
      expect(asked[0]).not.toMatch(/3/);
      expect(textOf(afterRun(index, language, { plain }))).toMatch(/3 of 3|3\/3|at most 3|容纳 3/);
    }
  },
);

test('those who hear pages hear the title of a step once', () => {
  const played = [
    beginning('en', { plain: true, rows: null }, 2),
    pressing(beginning('en', { plain: true, rows: null }, 2), '1'),
    afterRun(2, 'en', { plain: true, rows: null }),
  ];
  expect(
    played
      .map(textOf)
      .join('\n')
      .match(/Step 3 of 10/g),
  ).toHaveLength(1);
  expect(textOf(afterRun(2, 'en', { plain: true }))).toContain('3 refused SYNs of 1 client, from');
});

describe('what stays on the terminal', () => {
  test('where it was left, and how to go on', () => {
    const text = farewell(pressing(afterRun(4), 'n', 'q')).join('\n');
    expect(text).toMatch(/left at step 5 of 10, after 1 finished run\./);
    expect(text).toContain('npm run demo -- --step 5');
    expect(farewell({ ...afterRun(9), view: 'end', leaving: true }).join()).not.toContain('go on');
  });

  test.each(LANGUAGES)(
    '%s: question, answer and verdict of each step that was played',
    (language) => {
      const state = afterRun(2, language);
      const { question, choices } = TEXTS[language].steps['refused-syn'];
      const facts = { backlog: 2, clients: 4, limit: 2, places: 3, cap: 0 };
      const text = played(state).join('\n');
      expect(text).toContain(question(facts));
      expect(text).toContain(choices(facts)[1]);
      expect(text).toContain(TEXTS[language].result.verdict.outdated);
      expect(text).not.toContain(TEXTS[language].end.notRun);
    },
  );
});
