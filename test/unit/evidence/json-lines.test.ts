import { expect, test } from 'vitest';
import { readJsonLines } from '../../../harness/evidence/json-lines.ts';

test('each line is a value', () => {
  expect(readJsonLines('{"a":1}\n{"a":2}\n')).toEqual({ values: [{ a: 1 }, { a: 2 }] });
});

test('an empty file has no values and no problem', () => {
  expect(readJsonLines('')).toEqual({ values: [] });
});

test('a last line that is cut off is a problem, and the lines before it are kept', () => {
  expect(readJsonLines('{"a":1}\n{"a":')).toEqual({
    values: [{ a: 1 }],
    problem: 'Line 2: cut off in the middle.',
  });
});

test('a broken line between others is a problem, and the others are kept', () => {
  expect(readJsonLines('{"a":1}\nWarning: x\n{"a":2}\n')).toEqual({
    values: [{ a: 1 }, { a: 2 }],
    problem: "Line 2: not JSON: 'Warning: x'.",
  });
});
