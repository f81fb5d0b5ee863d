import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineReader } from '../../servers/kit/lines.ts';

const line = fc.string({ maxLength: 50 }).filter((text) => !text.includes('\n'));

test('lines are the same in whatever pieces they come', () => {
  fc.assert(
    fc.property(fc.array(line), line, fc.array(fc.nat()), (lines, begun, cuts) => {
      const text = lines.map((each) => `${each}\n`).join('') + begun;
      const at = cuts.map((cut) => cut % (text.length + 1)).sort((left, right) => left - right);
      const read: string[] = [];
      const take = lineReader((each) => read.push(each));
      [0, ...at].forEach((from, index) => {
        expect(take(text.slice(from, at[index] ?? text.length))).toBe(true);
      });
      expect(read).toEqual(lines);
    }),
  );
});

test('a line that does not end is told to be too long', () => {
  const take = lineReader(() => undefined);
  expect(take('x'.repeat(1_024))).toBe(true);
  expect(take('x')).toBe(false);
});
