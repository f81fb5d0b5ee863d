import { describe, expect, test } from 'vitest';
import { kernelsJsonReport } from '../../../harness/report/kernels-json.ts';
import { kernelsJunitReport } from '../../../harness/report/kernels-junit.ts';
import { kernelsMarkdownReport } from '../../../harness/report/kernels-markdown.ts';
import { kernelsTapReport } from '../../../harness/report/kernels-tap.ts';
import {
  kernelsQuietReport,
  kernelsTerminalReport,
} from '../../../harness/report/kernels-terminal.ts';
import { visibleWidth } from '../../../harness/report/layout.ts';
import { plainStyle } from '../../../harness/report/style.ts';
import { breaches, KERNELS_CONTRACT } from '../../helpers/json-contract.ts';
import {
  contradicted,
  FAILED,
  judged,
  kernelsOf,
  machine,
  NEW,
  OLD,
  otherwise,
  RECORDED,
  undecided,
  WITHOUT_LINEAR,
} from './recorded-kernels.ts';

const HOST = judged('host', NEW, RECORDED);
const MACHINES = [machine(7_000, 20_000, 300), machine(9_000, 30_000, 500, 2)];
const MIXED = kernelsOf([HOST, judged('debian:6.1', OLD, WITHOUT_LINEAR, MACHINES), FAILED]);
const ALIKE = kernelsOf([HOST, judged('debian:6.1', OLD, RECORDED)]);
const RED = kernelsOf([HOST, judged('red', NEW, otherwise('001-a', contradicted('<7>')))]);
const OPEN_KERNELS = [HOST, judged('open', NEW, otherwise('001-a', undecided('too # busy')))];
const OPEN = kernelsOf(OPEN_KERNELS);
const STRICT = kernelsOf(OPEN_KERNELS, true);
const ALL = [
  ['mixed', MIXED],
  ['alike', ALIKE],
  ['red', RED],
  ['open', OPEN],
  ['strict', STRICT],
  ['failed', kernelsOf([FAILED])],
] as const;

const PAGE = { style: plainStyle, widthColumns: 100, verbose: false };

describe('terminal', () => {
  test.each(ALL)('no line is wider than the terminal (%s)', (_, verdict) => {
    for (const widthColumns of [60, 80, 110]) {
      for (const report of [kernelsTerminalReport, kernelsQuietReport]) {
        const lines = report(verdict, { ...PAGE, widthColumns }).split('\n');
        expect(lines.filter((line) => visibleWidth(line) > widthColumns)).toEqual([]);
      }
    }
  });

  test('one line a claim with the word of each kernel; where they differ it is marked', () => {
    const lines = kernelsTerminalReport(MIXED, PAGE).split('\n');
    expect(lines.some((line) => /^ +host +debian:6\.1 +debian:9\.9$/.test(line))).toBe(true);
    const rows = lines.filter((line) => /^(≠| ) \S+.* failed( |$)/.test(line));
    expect(rows).toHaveLength(MIXED.claims.length);
    expect(rows.filter((line) => line.startsWith('≠'))).toEqual([
      expect.stringMatching(/^≠ 001-i +outdated +outdated +failed/),
    ]);
  });

  test('too many kernels for words get marks, and a legend', () => {
    const many = Array.from({ length: 9 }, (_, index) =>
      judged(`debian:6.${index}`, NEW, RECORDED),
    );
    const text = kernelsTerminalReport(kernelsOf([...many, FAILED]), { ...PAGE, widthColumns: 80 });
    expect(text).toContain('✓ confirmed, ↻ outdated, ✗ contradicted, ? inconclusive, - failed');
    expect(text).toMatch(/\n +1( +\d+)+ +10\n/);
    expect(text).toMatch(/\n {2}001-a +(✓ +){9}-/);
    expect(text).toMatch(/\n {2}10 debian:9\.9 +failed: KERNEL_UNAVAILABLE/);
  });

  test('who answers what, and by which rule', () => {
    const text = kernelsTerminalReport(MIXED, PAGE).replaceAll(/\s+/g, ' ');
    expect(text).toContain('outdated repeated after 1, 3, 7 ... s (debian:6.1)');
    expect(text).toMatch(/because The first tcp_syn_linear_timeouts .* commit ccce324dabfe\)/);
    expect(text).toMatch(/1 of \d+ claims differ between the kernels: 1 by a known rule\./);
    expect(text).toMatch(/\(Linux 6\.5, commit ccce324dabfe\) host yes, debian:6\.1 no/);
    expect(text).toContain('failed: KERNEL_UNAVAILABLE The archive has no kernel 9.9. Remedy:');
    expect(text).toContain('Linux 6.1.0-50-cloud-amd64 (6.1.176): ');
  });

  test('what no rule explains is said so', () => {
    expect(kernelsTerminalReport(RED, PAGE)).toMatch(/because {2}not explained by a known rule/);
    expect(kernelsTerminalReport(OPEN, PAGE)).toMatch(/because {2}not every kernel decides it/);
    expect(kernelsTerminalReport(ALIKE, PAGE)).toContain('the same answer on these 2 kernels');
  });

  test('what the machines took, and which came up late', () => {
    const text = kernelsTerminalReport(MIXED, PAGE).replaceAll(/\s+/g, ' ');
    expect(text).toContain('boot 8000 ms (most 9000 ms); run 25 s (most 30 s)');
    expect(text).toContain('1 machine came up at the second boot only');
  });

  test('--verbose shows the claims on which all agree, too', () => {
    const brief = kernelsTerminalReport(MIXED, PAGE);
    const verbose = kernelsTerminalReport(MIXED, { ...PAGE, verbose: true });
    expect(brief).not.toContain('  confirmed  3 (all)');
    expect(verbose).toContain('  confirmed  3 (all)');
  });
});

test.each(ALL)('JSON keeps its contract (%s)', (_, verdict) => {
  expect(breaches(JSON.parse(kernelsJsonReport(verdict)), KERNELS_CONTRACT)).toEqual([]);
});

describe('TAP', () => {
  test.each(ALL)('a test point for each claim and kernel (%s)', (_, verdict) => {
    const lines = kernelsTapReport(verdict).trimEnd().split('\n');
    const points = lines.filter((line) => /^(not )?ok /.test(line));
    const failed = verdict.kernels.filter(({ kind }) => kind === 'failed').length;
    const expected = verdict.claims.length * (verdict.kernels.length - failed) + failed;
    expect(points).toHaveLength(expected);
    expect(lines).toContain(`1..${expected}`);
    expect(points.map((line) => Number(/ok (\d+) - /.exec(line)?.[1]))).toEqual(
      points.map((__, index) => index + 1),
    );
  });

  test('bad are contradictions and kernels that failed; what is open is skipped', () => {
    const bad = (text: string): readonly string[] =>
      text.split('\n').filter((line) => line.startsWith('not ok'));
    expect(bad(kernelsTapReport(RED))).toEqual([expect.stringMatching(/ - red: 001-a /)]);
    expect(bad(kernelsTapReport(MIXED))).toEqual([expect.stringMatching(/ - debian:9\.9: /)]);
    expect(bad(kernelsTapReport(OPEN))).toEqual([]);
    expect(kernelsTapReport(OPEN)).toContain(' # SKIP too \\# busy');
    expect(bad(kernelsTapReport(STRICT))).toEqual([expect.stringMatching(/ - open: 001-a /)]);
  });
});

describe('JUnit', () => {
  const numberIn = (text: string, name: string): number =>
    Number(new RegExp(`<testsuites [^>]*${name}="(\\d+)"`).exec(text)?.[1]);

  test.each(ALL)('a suite for each kernel, and counts that are true (%s)', (_, verdict) => {
    const text = kernelsJunitReport(verdict);
    const there = (tag: string): number => [...text.matchAll(new RegExp(`<${tag} `, 'g'))].length;
    expect(there('testsuite')).toBe(verdict.kernels.length);
    expect(there('testcase')).toBe(numberIn(text, 'tests'));
    expect(there('failure')).toBe(numberIn(text, 'failures'));
    expect(there('error')).toBe(numberIn(text, 'errors'));
    expect(there('skipped')).toBe(numberIn(text, 'skipped'));
    expect(unbalanced(text)).toEqual([]);
  });

  function unbalanced(text: string): readonly string[] {
    const tags = [...text.matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g)];
    const open: string[] = [];
    for (const [, end, name = '', self] of tags) {
      if (end === '/' && open.at(-1) === name) open.pop();
      else if (self !== '/') open.push(name);
    }
    return open;
  }

  test('a failure says what was measured, an error why there is no kernel', () => {
    expect(kernelsJunitReport(RED)).toContain('<failure type="contradicted" message="&lt;7&gt;">');
    expect(kernelsJunitReport(MIXED)).toContain(
      '<error type="KERNEL_UNAVAILABLE" message="The archive has no kernel 9.9.">Remedy: choose one of &lt;debian:6.1&gt;</error>',
    );
    expect(numberIn(kernelsJunitReport(STRICT), 'failures')).toBe(1);
  });
});

describe('Markdown', () => {
  test.each(ALL)('every row of a table has as many cells as its head (%s)', (_, verdict) => {
    const tables = kernelsMarkdownReport(verdict)
      .split('\n\n')
      .map((block) => block.split('\n').filter((line) => line.startsWith('| ')))
      .filter((lines) => lines.length > 0);
    for (const lines of tables) {
      const cells = lines.map((line) => line.replaceAll(/\\./g, '').split('|').length);
      expect(new Set(cells).size).toBe(1);
    }
  });

  test('differences are marked and explained', () => {
    const text = kernelsMarkdownReport(MIXED);
    expect(text).toMatch(/^## backlog-lab kernels: 1 of \d+ claims differ/);
    expect(text).toMatch(/\| ≠ \| 001-i \| .* \| ↻ outdated \| ↻ outdated \| - failed \|/);
    expect(text).toMatch(/ {2}- because: .*commit ccce324dabfe/);
    expect(kernelsMarkdownReport(ALIKE)).not.toContain('<details>');
  });
});
