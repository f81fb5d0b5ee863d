import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parametersFrom } from '../../../harness/commands/run-options.ts';
import { commandOf, parametersOf, scenarioOf } from '../../../harness/demo/parameters.ts';
import { STEPS } from '../../../harness/demo/steps.ts';
import { chineseCounter } from '../../../harness/demo/texts/chinese-report.ts';
import { languageOf, TEXTS } from '../../../harness/demo/texts/texts.ts';
import { wrapText } from '../../../harness/demo/wrap-text.ts';
import { NOTE_SENTENCES } from '../../../harness/report/chinese/ladder.ts';
import { translated } from '../../../harness/report/chinese/translated.ts';
import { viewClients } from '../../../harness/report/client-views.ts';
import { displayWidth } from '../../../harness/report/display-width.ts';
import { ladderOf } from '../../../harness/report/ladder.ts';
import { inputOf } from '../../helpers/demo-steps.ts';
import { FIXTURES, fixture } from '../../helpers/fixtures.ts';

describe('Chinese', () => {
  test('has the meaning of every counter that is shown', () => {
    const without = STEPS.flatMap(({ counters }) =>
      counters.filter(({ host, counter }) => chineseCounter(host, counter) === undefined),
    );
    expect(without).toEqual([]);
  });

  test('has every note of every ladder that was recorded', () => {
    const notes = FIXTURES.flatMap((name) =>
      viewClients(inputOf(fixture(name)).seen).flatMap(({ connection, story, fooled }) =>
        connection === undefined
          ? []
          : ladderOf(connection, { story, fooled, forgottenByMs: 1, gated: true }).flatMap((row) =>
              row.kind === 'note' ? [row.says] : [],
            ),
      ),
    );
    expect(new Set(notes.filter((says) => translated(says, NOTE_SENTENCES) === undefined))).toEqual(
      new Set(),
    );
    expect(
      translated('its program gives up after 302 ms: its own connect timeout', NOTE_SENTENCES),
    ).toContain('302 ms');
  });

  test('has no sentence that was left in English', () => {
    const facts = { backlog: 2, clients: 4, limit: 2, places: 3, cap: 128 };
    for (const { introduction, question, explanation } of Object.values(TEXTS.zh.steps)) {
      for (const text of [...introduction(facts), question(facts), ...explanation]) {
        expect(text).toMatch(/[\u4e00-\u9fff]/u);
        expect(text).not.toMatch(/[\u4e00-\u9fff][,;:?!]|[,;?!][\u4e00-\u9fff]/u);
      }
    }
  });
});

test.each(STEPS.map((step) => [step.id, step] as const))(
  '%s: its command line makes its run',
  (_id, step) => {
    const words = commandOf(step, {}).split(' ').slice(4);
    const given: Record<string, string> = {};
    for (let index = 0; index < words.length; index += 2) {
      given[words[index]?.slice(2) ?? ''] = words[index + 1] ?? '';
    }
    const { scenario = step.scenario, ...options } = given;
    expect(scenario).toBe(step.scenario);
    expect(parametersFrom(scenarioOf(step), options)).toEqual(parametersOf(step, {}));
  },
);

test.each([
  ['zh_CN.UTF-8', 'zh'],
  ['zh_TW', 'zh'],
  ['ZH', 'zh'],
  ['en_GB.UTF-8', 'en'],
  ['C', 'en'],
  ['', 'en'],
  [undefined, 'en'],
] as const)('the language of %j is %s', (locale, language) => {
  expect(languageOf(locale)).toBe(language);
});

describe('width', () => {
  test.each([
    ['SYN', 3],
    ['队列', 4],
    ['SYN 队列：', 10],
    ['（满）', 6],
    ['한국', 4],
    ['カナ', 4],
    ['─▶■·✗', 5],
  ])('%s takes %i columns', (text, columns) => {
    expect(displayWidth(text)).toBe(columns);
  });
});

describe('wrapping', () => {
  test('breaks between Chinese characters, but not before a full stop', () => {
    expect(wrapText('服务器丢弃它的 ACK。', 6)).toEqual(['服务器', '丢弃它', '的', 'ACK。']);
    expect(wrapText('服务器。', 6)).toEqual(['服务', '器。']);
  });

  test('keeps a number with its unit, and a bracket with what is in it', () => {
    expect(wrapText('after 300 ms more', 9)).toEqual(['after', '300 ms', 'more']);
    expect(wrapText('全队列（满）', 8)).toEqual(['全队列', '（满）']);
  });

  test('loses nothing, and no line is too wide', () => {
    const word = fc.string({
      unit: fc.constantFrom('a', 'Z', '中', '文', '。', '（', '-', '1'),
      maxLength: 30,
    });
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 12 }),
        fc.integer({ min: 2, max: 40 }),
        (words, width) => {
          const text = words.filter((each) => each !== '').join(' ');
          const lines = wrapText(text, width);
          expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
          for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        },
      ),
    );
  });
});
