import { expect, test } from 'vitest';
import { withoutControls, wrap } from '../../../harness/report/layout.ts';
import {
  duration,
  numberRanges,
  ordinal,
  seconds,
  span,
  times,
} from '../../../harness/report/words.ts';

test.each([
  [0.26, '0.3 ms'],
  [9.96, '10 ms'],
  [2_505.7, '2506 ms'],
  [131_072, '131.1 s'],
])('%d ms is %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test('of control characters only colours, line ends and tabs are printed', () => {
  const esc = String.fromCharCode(27);
  const coloured = `${esc}[31mred${esc}[39m\n\tnear`;
  expect(withoutControls(coloured)).toBe(coloured);
  const bell = String.fromCharCode(7);
  expect(withoutControls(`${esc}[2J${esc}]0;title${bell}near\r`)).toBe('[2J]0;titlenear');
});

test('a span names its unit once, and one value when both print alike', () => {
  expect(span([0.3, 1.2], duration)).toBe('0.3 to 1.2 ms');
  expect(span([0.31, 0.29], duration)).toBe('0.3 ms');
  expect(span([900, 12_000], duration)).toBe('900 ms to 12 s');
  expect(span([1_020, 1_040], seconds)).toBe('1.02 to 1.04');
});

test('numbers in a row become a range', () => {
  expect(numberRanges([1, 2, 3, 5, 6, 9])).toBe('1-3, 5, 6, 9');
  expect(numberRanges([1, 3, 5, 7, 9, 11])).toBe('1, 3, 5, 7, ...');
});

test('counts of times', () => {
  expect([1, 2, 3].map(times)).toEqual(['once', 'twice', '3 times']);
});

test('a line does not break between a number and its unit', () => {
  expect(wrap('it was refused at 2.06 s, so', 21)).toEqual(['it was refused at', '2.06 s, so']);
});

test('places in an order', () => {
  expect([1, 2, 3, 4, 11, 12, 13, 21, 111, 122].map(ordinal)).toEqual([
    ...['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '111th', '122nd'],
  ]);
});
