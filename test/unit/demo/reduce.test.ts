import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DemoEffect, DemoState } from '../../../harness/demo/demo-state.ts';
import { trialAt } from '../../../harness/demo/demo-state.ts';
import { draw, pageOf, screensBelow } from '../../../harness/demo/draw.ts';
import { keyName } from '../../../harness/demo/key-name.ts';
import { MOST_WISHED } from '../../../harness/demo/parameters.ts';
import { reduce } from '../../../harness/demo/reduce.ts';
import { STEPS } from '../../../harness/demo/steps.ts';
import { LANGUAGES } from '../../../harness/demo/texts/texts.ts';
import { visibleWidth } from '../../../harness/report/layout.ts';
import {
  afterRun,
  anyKey,
  beginning,
  pressing,
  withRecordedRun,
} from '../../helpers/demo-steps.ts';

const effectsOf = (state: DemoState, key: string): readonly DemoEffect[] =>
  reduce(state, { kind: 'key', key })[1];

const lastScreen = (state: DemoState): DemoState =>
  pressing(state, ...Array.from({ length: pageOf(state).length - 1 }, () => 'n'));

describe('a step', () => {
  test('an answer starts the run, and its end shows the result', () => {
    const running = pressing(beginning(), '2');
    expect(running).toMatchObject({ view: 'running', run: 1 });
    expect(trialAt(running, 0).chosen).toBe(1);
    expect(effectsOf(beginning(), '2')).toEqual([{ kind: 'run', run: 1, step: 0, wishes: {} }]);
    expect(withRecordedRun(running)).toMatchObject({ view: 'result', screen: 0 });
  });

  test.each(['n', 'right', 'enter', ' '])('%j on its question runs it without an answer', (key) => {
    const state = pressing(lastScreen(beginning()), key);
    expect(state.view).toBe('running');
    expect(trialAt(state, 0).chosen).toBeNull();
  });

  test.each([
    ['a', 0],
    ['b', 1],
    ['c', 2],
  ] as const)('%s is an answer too', (key, choice) => {
    expect(trialAt(pressing(beginning(), key), 0).chosen).toBe(choice);
  });

  test('what was run is shown again without another run', () => {
    const back = pressing(afterRun(0), 'p');
    expect(back.view).toBe('introduction');
    expect(pressing(lastScreen({ ...back, screen: 0 }), 'n').view).toBe('result');
    expect(effectsOf(lastScreen({ ...back, screen: 0 }), 'n')).toEqual([]);
  });

  test('r runs it again and forgets what it came to', () => {
    const again = pressing(afterRun(0), 'r');
    expect(again).toMatchObject({ view: 'running', run: 2 });
    expect(trialAt(again, 0).outcome).toBeNull();
  });

  test('the last result leads to the next step, the last step to the end', () => {
    expect(pressing(lastScreen(afterRun(0)), 'n')).toMatchObject({ step: 1, view: 'introduction' });
    expect(pressing(lastScreen(afterRun(9)), 'n').view).toBe('end');
    expect(pressing(lastScreen(afterRun(9)), 'n', 'p').view).toBe('result');
  });
});

describe('a run under way', () => {
  test('p cancels it, and what it reports later is not asked for', () => {
    const running = pressing(beginning(), '1');
    expect(effectsOf(running, 'p')).toEqual([{ kind: 'cancel' }]);
    const back = pressing(running, 'p');
    expect(back.view).toBe('introduction');
    expect(withRecordedRun({ ...back, run: back.run - 1 })).toMatchObject({ view: 'introduction' });
  });

  test('the report of an older run does not end a newer one', () => {
    const newer = pressing(beginning(), '1', 'p', '1');
    const outcome = { kind: 'failed', message: 'M', remedy: 'R' } as const;
    expect(reduce(newer, { kind: 'ended', run: 1, outcome })[0].view).toBe('running');
    expect(reduce(newer, { kind: 'ended', run: newer.run, outcome })[0].view).toBe('result');
  });

  test.each(['r', 'e', 'g', 'n', '1'])('%s does nothing', (key) => {
    const running = pressing(beginning(), '1');
    expect(reduce(running, { kind: 'key', key })).toEqual([running, []]);
  });
});

describe('leaving', () => {
  const PLACES: readonly (readonly [string, DemoState])[] = [
    ['a question', beginning()],
    ['a result', afterRun(2)],
    ['help', pressing(beginning(), '?')],
    ['the end', pressing(lastScreen(afterRun(9)), 'n')],
  ];
  test.each(PLACES)('q at %s', (_place, state) => {
    expect(effectsOf(state, 'q')).toEqual([{ kind: 'quit', interrupted: false }]);
    expect(effectsOf(state, 'ctrl-c')).toEqual([{ kind: 'quit', interrupted: true }]);
  });

  test('during a run it ends the run, and the second Ctrl-C ends it again', () => {
    const running = pressing(beginning(), '1');
    expect(effectsOf(running, 'q')).toEqual([
      { kind: 'cancel' },
      { kind: 'quit', interrupted: false },
    ]);
    expect(effectsOf(pressing(running, 'q'), 'ctrl-c')).toContainEqual({ kind: 'cancel' });
  });

  test('Ctrl-C leaves while a number is asked for', () => {
    expect(pressing(beginning(), 'g', 'ctrl-c').leaving).toBe(true);
  });
});

describe('numbers', () => {
  test('e asks for backlog and clients, and runs with them', () => {
    const keys = ['e', '5', 'enter', '1', '2', 'enter'];
    const before = pressing(beginning('en', {}, 2), ...keys.slice(0, -1));
    expect(effectsOf(before, 'enter')).toEqual([
      { kind: 'run', run: 1, step: 2, wishes: { backlog: 5, clients: 12 } },
    ]);
  });

  test('Enter alone keeps what is there, Escape all of it', () => {
    expect(trialAt(pressing(beginning(), 'e', 'enter', '8', 'enter'), 0).wishes).toEqual({
      clients: 8,
    });
    expect(pressing(beginning(), 'e', '5', 'escape')).toEqual(beginning());
  });

  test('an answer to other numbers counts no longer', () => {
    expect(trialAt(pressing(afterRun(0), 'e', 'enter', '9', 'enter'), 0).chosen).toBeNull();
  });

  test.each(['0', `${MOST_WISHED.backlog + 1}`])(
    'backlog %s is refused, and said to be',
    (typed) => {
      const state = pressing(beginning(), 'e', ...typed, 'enter');
      expect(state.asking).toMatchObject({ about: 'backlog', typed: '', refused: true });
      expect(draw(state).join('\n')).toContain(`from 1 to ${MOST_WISHED.backlog}`);
    },
  );

  test('letters type nothing, Backspace takes the last digit away', () => {
    expect(pressing(beginning(), 'e', 'x', '1', '2', 'backspace').asking).toMatchObject({
      typed: '1',
    });
  });

  test('g goes to a step', () => {
    expect(pressing(beginning(), 'g', '1', '0', 'enter')).toMatchObject({ step: 9, asking: null });
    expect(pressing(beginning(), 'g', '1', '1', 'enter').asking).toMatchObject({ refused: true });
  });
});

test('l changes the language of the page at hand', () => {
  const state = pressing(afterRun(2), 'l');
  expect(state).toMatchObject({ language: 'zh', view: 'result', step: 2 });
  expect(draw(state)[0]).toContain('第 3 步');
});

test('a terminal of another size shows about the same place', () => {
  const state = lastScreen(afterRun(2));
  const [resized] = reduce(state, { kind: 'resized', columns: 60, rows: 16 });
  expect(pageOf(resized).length).toBeGreaterThan(pageOf(state).length);
  expect(resized.screen).toBeGreaterThanOrEqual(state.screen);
  expect(resized.screen).toBeLessThan(pageOf(resized).length);
});

describe('the names of keys', () => {
  test.each([
    [{ name: 'c', ctrl: true, sequence: '\u0003' }, 'ctrl-c'],
    [{ name: 'z', ctrl: true, sequence: '\u001a' }, 'ctrl-z'],
    [{ name: 'd', ctrl: true, sequence: '\u0004' }, ''],
    [{ name: 'return', sequence: '\r' }, 'enter'],
    [{ name: 'right', sequence: '\u001b[C' }, 'right'],
    [{ name: 'n', sequence: 'N' }, 'n'],
    [{ sequence: '2' }, '2'],
    [{ sequence: '２' }, '2'],
    [{ sequence: '？' }, '?'],
    [{}, ''],
  ])('%j is %j', (press, name) => {
    expect(keyName(press)).toBe(name);
  });
});

/** A key, a terminal of another size, or the end of the run. */
const anyEvent = fc.oneof(
  { weight: 8, arbitrary: anyKey.map((key) => ({ kind: 'key', key }) as const) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('resized' as const),
      columns: fc.integer({ min: 20, max: 200 }),
      rows: fc.integer({ min: 8, max: 60 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'ends' } as const) },
);

test('whatever is pressed, a page is shown that fits', () => {
  fc.assert(
    fc.property(
      fc.array(anyEvent, { maxLength: 40 }),
      fc.constantFrom(...LANGUAGES),
      fc.boolean(),
      fc.nat(STEPS.length - 1),
      (events, language, plain, step) => {
        let state = beginning(language, { plain }, step);
        for (const event of events) {
          state = event.kind === 'ends' ? withRecordedRun(state) : reduce(state, event)[0];
          const lines = draw(state);
          expect(lines.length).toBeLessThanOrEqual(state.look.rows ?? 0);
          expect(Math.max(...lines.map(visibleWidth))).toBeLessThanOrEqual(state.look.columns);
          expect(state.screen).toBeLessThan(screensBelow(state));
        }
      },
    ),
    { numRuns: 150 },
  );
});

describe('leaving early', () => {
  test('q leaves while a number is asked for, too', () => {
    for (const key of ['e', 'g']) {
      expect(effectsOf(pressing(beginning(), key), 'q')).toEqual([
        { kind: 'quit', interrupted: false },
      ]);
    }
  });

  test('a second time it ends a run at once that was cancelled before', () => {
    const left = pressing(beginning(), '1', 'p', 'q');
    expect(effectsOf(left, 'ctrl-c')).toContainEqual({ kind: 'cancel' });
  });

  test('without a run there is nothing to say', () => {
    expect(draw(pressing(beginning(), 'q'))).toEqual([]);
    expect(draw(pressing(beginning(), '1', 'q')).join()).toContain('Ending the run');
  });
});

test('a stray key does not stop what plays by itself', () => {
  const alone = beginning('en', { keys: false });
  expect(pressing(alone, 'e', 'g', '?', 'l', 'p')).toEqual(alone);
  expect(pressing(lastScreen(alone), 'n').view).toBe('running');
});
