import { expect, test } from 'vitest';
import { KERNEL_RULES } from '../../../harness/kernel/rules.ts';
import { SCENARIOS } from '../../../harness/scenarios/catalogue.ts';
import {
  documentOf,
  EXPLANATIONS,
  explanationOf,
  rowOf,
} from '../../../harness/scenarios/explanations/explanations.ts';

const ids = EXPLANATIONS.map(({ claim }) => claim);

/** The rows of the five documents by their letters. */
const ROWS = {
  '000': 'abcdefg',
  '001': 'abcdefghijk',
  '002': 'abcdefghi',
  '003': 'abcdefgh',
  '004': 'abcd',
};

test('every row of the documents is explained', () => {
  const rows = Object.entries(ROWS).flatMap(([document, letters]) =>
    [...letters].map((letter) => `${document}-${letter}`),
  );
  expect([...new Set(ids.map(rowOf))]).toEqual(rows);
  expect(new Set(ids).size).toBe(ids.length);
});

const claims = SCENARIOS.flatMap((scenario) =>
  scenario.claims.map(({ id, document }) => ({ id, document, scenario: scenario.id })),
);

test.for(claims)('$id of $scenario is explained', ({ id, document }) => {
  expect(explanationOf(id)).toBeDefined();
  expect(documentOf(id)).toBe(document);
});

test('a part without an explanation of its own shares that of its row', () => {
  expect(explanationOf('001-b (ii)')?.claim).toBe('001-b (ii)');
  expect(explanationOf('001-c (some part)')?.claim).toBe('001-c');
  expect(explanationOf('001-z')).toBeUndefined();
});

const known: readonly object[] = Object.values(KERNEL_RULES);

test.for(EXPLANATIONS)('$claim reads well', (explanation) => {
  const { documentSays, kernelDoes, older, whatToDo, seeAlso, rules } = explanation;
  for (const text of [
    documentSays,
    kernelDoes,
    whatToDo,
    ...(older === undefined ? [] : [older]),
  ]) {
    expect(text).toMatch(/^\S.*\.$/);
    expect(text).not.toMatch(/ {2}|\s$|\n/);
  }
  expect(rules.filter((rule) => !known.includes(rule))).toEqual([]);
  expect(new Set(rules).size).toBe(rules.length);
  expect(seeAlso).not.toContain(explanation.claim);
  expect(seeAlso.filter((id) => ![...ids, ...ids.map(rowOf)].includes(id))).toEqual([]);
});
