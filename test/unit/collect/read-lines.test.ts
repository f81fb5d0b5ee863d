import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { readLines } from '../../../harness/collect/read-lines.ts';

/** What is heard of a program that writes these chunks and ends. */
async function heardOf(...chunks: readonly (string | Uint8Array)[]): Promise<readonly string[][]> {
  const output = new PassThrough();
  const heard: string[][] = [];
  readLines(output, (lines) => heard.push([...lines]));
  for (const chunk of chunks) output.write(chunk);
  output.end();
  await finished(output);
  return heard;
}

test('lines that came together are heard together', async () => {
  expect(await heardOf('a\nb\nc\n', 'd\n')).toEqual([['a', 'b', 'c'], ['d']]);
});

test('a line is heard when it is whole, and the last one also without its end', async () => {
  expect(await heardOf('a', 'b', 'c\nd')).toEqual([['abc'], ['d']]);
});

test('a character may come in two pieces', async () => {
  const bytes = new TextEncoder().encode('队列\n');
  expect(await heardOf(bytes.subarray(0, 2), bytes.subarray(2))).toEqual([['队列']]);
});

test('silence is not a line, an empty line is one', async () => {
  expect(await heardOf()).toEqual([]);
  expect(await heardOf('\n')).toEqual([['']]);
});
