import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exitCodeOfCatalogue } from '../../../harness/commands/verify.ts';
import type { CatalogueVerdict } from '../../../harness/domain/catalogue.ts';
import { FILES } from '../../../harness/domain/evidence.ts';
import { visibleWidth } from '../../../harness/report/layout.ts';
import { plainStyle } from '../../../harness/report/style.ts';
import { verifyJson } from '../../../harness/report/verify-json.ts';
import { verifyJunitReport, xmlText } from '../../../harness/report/verify-junit.ts';
import { markdownText, verifyMarkdownReport } from '../../../harness/report/verify-markdown.ts';
import { tapText, verifyTapReport } from '../../../harness/report/verify-tap.ts';
import {
  shortened,
  verifyQuietReport,
  verifyTerminalReport,
} from '../../../harness/report/verify-terminal.ts';
import { OTHER_KERNELS } from '../../golden/damages/other-kernels.ts';
import { CAPPED, FOOLED, OVERFLOW } from '../../golden/damages/recorded.ts';
import { substituted } from '../../helpers/damage.ts';
import { breaches, VERIFY_CONTRACT } from '../../helpers/json-contract.ts';
import { catalogueOf, failed, finding, recorded } from './recorded-catalogue.ts';

const GREEN = catalogueOf([recorded(OVERFLOW), recorded(FOOLED), recorded(CAPPED)]);
const ABORTED = substituted(FILES.status, '"complete"', '"aborted"');
const OPEN_RUNS = [recorded(OVERFLOW, ABORTED), failed(FOOLED), recorded(CAPPED)];
const OPEN = catalogueOf(OPEN_RUNS);
const STRICT = catalogueOf(OPEN_RUNS, { strict: true });
const [OTHER] = OTHER_KERNELS;
if (OTHER === undefined) throw new Error('There is no damage that contradicts.');
const RED = catalogueOf([recorded(OTHER.of, OTHER.damage)]);
const [CONTRADICTED = ''] = Object.keys(OTHER.contradicts);

const ALL: readonly (readonly [string, CatalogueVerdict])[] = [
  ['green', GREEN],
  ['open', OPEN],
  ['strict', STRICT],
  ['red', RED],
];

const PAGE = { style: plainStyle, widthColumns: 100, verbose: false };

describe('exit codes', () => {
  const undecided = [failed(OVERFLOW), failed(FOOLED)];
  test.each([
    ['nothing is contradicted', GREEN, 0],
    ['some claims are open', OPEN, 0],
    ['some claims are open and that fails', STRICT, 3],
    ['a claim is contradicted', RED, 1],
    [
      'a claim is contradicted and others are open',
      catalogueOf([recorded(OTHER.of, OTHER.damage), ...undecided], { strict: true }),
      1,
    ],
    ['nothing was decided', catalogueOf(undecided), 3],
  ])('%s: %#', (_, verdict, code) => {
    expect(exitCodeOfCatalogue(verdict)).toBe(code);
  });
});

describe('terminal', () => {
  test.each(ALL)('no line of the claims is wider than the terminal (%s)', (_, verdict) => {
    for (const widthColumns of [50, 70, 100]) {
      const text = verifyTerminalReport(verdict, { ...PAGE, widthColumns });
      const [claims = ''] = text.split('Evidence');
      expect(claims.split('\n').filter((line) => visibleWidth(line) > widthColumns)).toEqual([]);
    }
  });

  test('a confirmed claim takes one line, an outdated one names its rule', () => {
    const lines = verifyTerminalReport(GREEN, PAGE).split('\n');
    const of = (id: string): number => lines.findIndex((line) => line.includes(` ${id} `));
    expect(lines[of('001-a')]).toMatch(/^ {2}confirmed +001-a +.*→ 3$/);
    expect(lines[of('001-a') + 1]).toMatch(/^ {2}outdated +001-b \(i\)/);
    expect(lines[of('001-b (i)') + 1]).toMatch(/^ +rule +A SYN is always refused/);
    expect(lines.join(' ')).toMatch(/Linux 4\.10,\s+commit 5ea8ea2cb7f1/);
    expect(lines).toContain(`001  full accept queue, four clients and Tomcat`);
    expect(lines).toContain(
      `${GREEN.totals.confirmed} confirmed  ${GREEN.totals.outdated} outdated`,
    );
  });

  test('what is open says why and what to do; the same reason once', () => {
    const text = verifyTerminalReport(OPEN, PAGE);
    const [, prediction = ''] = text.split('kernel rules');
    expect(prediction.match(/It did not start\./g)).toHaveLength(1);
    expect(prediction).toMatch(/undecided +the run is not complete \(aborted\)/);
    expect(prediction).toMatch(/remedy +look at its log/);
  });

  test('a rule that several runs found is told once', () => {
    const rule = { id: 'r', statement: 'It does so.', commit: null, since: '9.9' };
    const outdated = (documented: string) =>
      ({ kind: 'outdated', documented, observed: 'o', testimonies: [], rule }) as const;
    const verdict = catalogueOf([
      finding(recorded(OVERFLOW), '001-h', outdated('one thing')),
      finding(recorded(CAPPED), '001-h', outdated('another')),
    ]);
    expect(verifyTerminalReport(verdict, PAGE).match(/It does so\./g)).toHaveLength(1);
  });

  test('what is contradicted shows both sides', () => {
    const text = verifyTerminalReport(RED, PAGE);
    expect(text).toMatch(/contradicted +/);
    expect(text).toMatch(/document says +/);
    expect(text.replaceAll(/\s+/g, ' ')).toContain(OTHER.contradicts[CONTRADICTED] ?? 'nothing');
  });

  test('--verbose shows every run with its witnesses and folder', () => {
    const text = verifyTerminalReport(GREEN, { ...PAGE, verbose: true });
    expect(text).toMatch(/run +somaxconn-caps-the-backlog: confirmed, took 2500 ms/);
    expect(text).toContain('runs/time-verify/accept-queue-overflow');
    expect(text).toMatch(/sockets +/);
  });

  test('--quiet: totals, and a line a claim', () => {
    const lines = verifyQuietReport(OPEN, PAGE).trimEnd().split('\n');
    expect(lines).toHaveLength(1 + OPEN.claims.length);
  });

  test('a text is cut at a word, and never wider than its room', () => {
    expect(shortened('one two three four', 13)).toBe('one two…');
    expect(shortened('short', 5)).toBe('short');
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 40 }), (text, width) => {
        expect([...shortened(text, width)].length).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('notes', () => {
  const rule = { id: 'r', statement: 'It does so', commit: 'abc123', since: '9.9' };
  const backported = catalogueOf([
    finding(recorded(OVERFLOW), 'prediction', {
      ...{ kind: 'outdated', documented: 'd', observed: 'o', testimonies: [], rule },
    }),
    failed(FOOLED),
  ]);
  const disagreeing = catalogueOf([recorded(OVERFLOW)], {
    disagreements: [{ about: 'the length', claims: ['001-a', '003-f'] }],
  });

  test.each([
    ['terminal', (verdict: CatalogueVerdict) => verifyTerminalReport(verdict, PAGE)],
    ['markdown', verifyMarkdownReport],
  ])('%s tells of a backport and of a disagreement', (_, report) => {
    const plain = (verdict: CatalogueVerdict): string =>
      report(verdict).replaceAll(/\s+/g, ' ').replaceAll('\\', '');
    // Other runs are open, which is worse; the backport must be told all the same.
    expect(plain(backported)).toContain('It does so (Linux 9.9, commit abc123)');
    expect(plain(backported)).toContain('(a backport, or one that is missing)');
    expect(plain(GREEN)).not.toContain('backport');
    expect(plain(disagreeing)).toContain('Documents 001 and 003 disagree about the length.');
    expect(plain(GREEN)).not.toContain('disagree');
  });
});

test.each(ALL)('JSON keeps its contract (%s)', (_, verdict) => {
  const json: unknown = JSON.parse(JSON.stringify(verifyJson(verdict)));
  expect(breaches(json, VERIFY_CONTRACT)).toEqual([]);
});

test('JSON tells a failed run with its error', () => {
  expect(verifyJson(OPEN)).toMatchObject({
    scenarios: [
      { scenario: OVERFLOW, verdict: 'inconclusive', variant: '', tookMs: 2_500 },
      { scenario: FOOLED, variant: '', error: { code: 'SERVER_FAILED' }, runFolder: null },
      { scenario: CAPPED, verdict: 'confirmed' },
    ],
  });
});

/** Undoes what XML does to text. */
const unescaped = (text: string): string =>
  text
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');

const anyText = fc.string({ unit: 'binary' });

describe('JUnit', () => {
  const count = (text: string, what: RegExp): number => [...text.matchAll(what)].length;

  test.each(ALL)('a case for each claim, and counts that fit (%s)', (_, verdict) => {
    const xml = verifyJunitReport(verdict);
    const { totals, strict, claims } = verdict;
    const failures = totals.contradicted + (strict ? totals.inconclusive : 0);
    const skipped = strict ? 0 : totals.inconclusive;
    expect(count(xml, /<testcase /g)).toBe(claims.length);
    expect(count(xml, /<failure /g)).toBe(failures);
    expect(count(xml, /<skipped /g)).toBe(skipped);
    expect(xml).toContain(
      `<testsuites name="backlog-lab verify" tests="${claims.length}" failures="${failures}" errors="0" skipped="${skipped}"`,
    );
  });

  test('every element that is opened is closed, in turn', () => {
    const open: string[] = [];
    for (const [, close, name = '', self] of verifyJunitReport(OPEN)
      .replace(/^<\?xml.*\?>/, '')
      .matchAll(/<(\/?)([\w-]+)(?: [\w-]+="[^"<]*")*(\/?)>/g)) {
      if (close === '/') expect(open.pop()).toBe(name);
      else if (self !== '/') open.push(name);
    }
    expect(open).toEqual([]);
  });

  test('text comes back as it was, but for what XML cannot hold', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const escaped = xmlText(text);
        expect(escaped).not.toMatch(/[<>"'\n\r\t]|&(?!(?:amp|lt|gt|quot|apos|#\d+);)/);
        expect(escaped).toMatch(/^[\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u);
        const holdable = text.replaceAll(
          /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu,
          '\ufffd',
        );
        expect(unescaped(escaped)).toBe(holdable);
      }),
    );
    expect(xmlText('\u0000a\u001b[31m\ud800\uffff')).toBe('\ufffda\ufffd[31m\ufffd\ufffd');
  });
});

describe('TAP', () => {
  test.each(ALL)('a test point for each claim (%s)', (_, verdict) => {
    const lines = verifyTapReport(verdict).trimEnd().split('\n');
    expect(lines[0]).toBe('TAP version 14');
    expect(lines).toContain(`1..${verdict.claims.length}`);
    const points = lines.filter((line) => /^(not )?ok /.test(line));
    expect(points.map((line) => Number(/ok (\d+) - /.exec(line)?.[1]))).toEqual(
      verdict.claims.map((__, index) => index + 1),
    );
    const { totals, strict } = verdict;
    const bad = totals.contradicted + (strict ? totals.inconclusive : 0);
    expect(points.filter((line) => line.startsWith('not ok'))).toHaveLength(bad);
    expect(points.filter((line) => / # SKIP ./.test(line))).toHaveLength(
      strict ? 0 : totals.inconclusive,
    );
    const blocks = lines.filter((line) => line === '  ---' || line === '  ...');
    expect(blocks).toHaveLength(2 * points.length);
  });

  test('no text ends its line or begins a directive', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const escaped = tapText(text);
        expect(escaped).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        expect(escaped.replaceAll(/\\[\\#]/g, '')).not.toMatch(/[\\#]/);
      }),
    );
    expect(tapText('a # SKIP \\ b\nnot ok')).toBe('a \\# SKIP \\\\ b not ok');
  });
});

describe('Markdown', () => {
  test.each(ALL)('a row for each claim, all of four cells (%s)', (_, verdict) => {
    const rows = verifyMarkdownReport(verdict)
      .split('\n')
      .filter((line) => line.startsWith('| ') && !line.startsWith('| verdict'));
    expect(rows).toHaveLength(verdict.claims.length);
    for (const row of rows) expect(row.replaceAll(/\\./g, '').split('|')).toHaveLength(6);
  });

  test('says in the first line how it is, and folds what is not confirmed', () => {
    const text = verifyMarkdownReport(OPEN);
    expect(text).toMatch(/^## backlog-lab verify: \d+ confirmed, \d+ inconclusive\n/);
    expect(text).toContain('<details><summary>What is not confirmed, and why</summary>\n\n- **');
    const untouched = catalogueOf([recorded(FOOLED)]);
    expect(verifyMarkdownReport(untouched)).not.toContain('<details>');
  });

  test('what several runs say alike is told once, with every run', () => {
    const text = verifyMarkdownReport(catalogueOf([failed(OVERFLOW), failed(CAPPED)]));
    const [, shared = ''] = text.split('- **001-h**');
    const [its = ''] = shared.split('\n- **');
    expect(its.match(/undecided: It did not start\./g)).toHaveLength(1);
    expect(its.match(/ {2}- run /g)).toHaveLength(2);
  });

  test('no text breaks out of its cell', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const escaped = markdownText(text);
        expect(escaped).not.toMatch(/[\p{Cc}\u2028\u2029<>]/u);
        expect(escaped.replaceAll(/\\[\\`*_[\]|~]/g, '')).not.toMatch(/[\\`*_[\]|~]/);
      }),
    );
    expect(markdownText('a|b\\|c\n<i>')).toBe('a\\|b\\\\\\|c &lt;i&gt;');
  });
});
