import { describe, expect, test } from 'vitest';
import { matches, verifySettings } from '../../../harness/commands/verify-options.ts';
import type { StatedClaim } from '../../../harness/domain/catalogue.ts';

const CLAIMS: readonly StatedClaim[] = [
  '000-b',
  '001-a',
  '001-b (i)',
  '001-b (ii)',
  '002-d',
  '003-c',
].map((id) => ({ id, document: id.slice(0, 3), claim: `the claim ${id}` }));

const settings = (given: Readonly<Record<string, unknown>>) => verifySettings(given, CLAIMS);

function chosen(given: Readonly<Record<string, unknown>>): readonly string[] {
  const { isChosen = () => true } = settings(given);
  return CLAIMS.filter(isChosen).map(({ id }) => id);
}

test.each([
  ['001-a', '001-a', true],
  ['001-a', '001-ab', false],
  ['001-b', '001-b (ii)', true],
  ['001-b (i)', '001-b (ii)', false],
  ['001-B', '001-b (i)', true],
  ['00*-a', '001-a', true],
  ['*', '001-b (i)', true],
  ['003-*', '001-a', false],
  ['001-.', '001-a', false],
  ['01-a', '001-a', false],
])('%s and %s: %s', (pattern, id, matched) => {
  expect(matches(pattern, id)).toBe(matched);
});

describe('a choice of claims', () => {
  test.each([
    [{}, CLAIMS.map(({ id }) => id)],
    [{ only: ['001-b, 003-*'] }, ['001-b (i)', '001-b (ii)', '003-c']],
    [{ only: ['001-a', '000-*'] }, ['000-b', '001-a']],
    [{ document: ['001'] }, ['001-a', '001-b (i)', '001-b (ii)']],
    [{ document: ['000', '003'] }, ['000-b', '003-c']],
    [{ only: ['*-a', '*-c'], document: ['003'] }, ['003-c']],
  ])('%j', (given, ids) => {
    expect(chosen(given)).toEqual(ids);
  });

  test.each([
    [{ only: ['001-a,001-x'] }, /no claim '001-x'/, /did you mean 001-a\?/],
    [{ only: [''] }, /list --only is empty/, /leave --only out/],
    [{ document: [' , '] }, /list --document is empty/, /leave --document out/],
    [{ only: ['frobnicate'] }, /no claim 'frobnicate'/, /list/],
    [{ document: ['005'] }, /no document '005'/, /did you mean 00/],
    [{ only: ['001-a'], document: ['003'] }, /both --only 001-a and --document 003/, /leave/],
    [{ profile: 'slow' }, /no profile 'slow'/, /default or documented/],
    [{ jobs: '0' }, /--jobs 0/, /--jobs/],
    [{ reporter: ['junitt'] }, /no reporter 'junitt'/, /did you mean junit\?/],
    [{ reporter: ['constructor'] }, /no reporter 'constructor'/, /terminal, json/],
    [{ reporter: ['tap='] }, /tap= has no file/, /tap=FILE/],
    [{ reporter: ['tap', 'markdown'] }, /tap and markdown to stdout/, /tap=FILE/],
    [{ reporter: ['tap'], json: true }, /tap and json to stdout/, /tap=FILE/],
  ])('%j is wrong usage', (given, message, remedy) => {
    expect(() => settings(given)).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: expect.stringMatching(message),
        remedy: expect.stringMatching(remedy),
      }),
    );
  });
});

describe('reporters', () => {
  const shown = (given: Readonly<Record<string, unknown>>): readonly string[] =>
    settings(given).reporters.map(
      ({ name, file }) => `${name}${file === null ? '' : ' to a file'}`,
    );

  test.each([
    [{}, ['terminal']],
    [{ json: true }, ['json']],
    [{ json: true, reporter: ['json'] }, ['json']],
    [
      { reporter: ['junit=a.xml', 'tap=b=c.tap'] },
      ['junit to a file', 'tap to a file', 'terminal'],
    ],
    [{ reporter: ['markdown', 'json=x.json'] }, ['markdown', 'json to a file']],
  ])('%j', (given, names) => {
    expect(shown(given)).toEqual(names);
  });

  test('a file may have any name', () => {
    const [{ file } = { file: null }] = settings({ reporter: ['tap=/a/b=c.tap'] }).reporters;
    expect(file).toBe('/a/b=c.tap');
  });
});
