import { describe, expect, test } from 'vitest';
import type { Sweep, SweepCell } from '../../../harness/domain/sweep.ts';
import { KERNEL_RULES } from '../../../harness/kernel/rules.ts';
import { plainStyle } from '../../../harness/report/style.ts';
import { sweepCsvReport } from '../../../harness/report/sweep-csv.ts';
import { sweepJsonReport } from '../../../harness/report/sweep-json.ts';
import { sweepTableReport } from '../../../harness/report/sweep-table.ts';

const cell = (changes: Partial<SweepCell>): SweepCell => ({
  backlog: 128,
  somaxconn: 4_096,
  maxSynBacklog: 64,
  syncookies: 0,
  acceptQueueCapacity: { predicted: 129, measured: 129 },
  synQueueCapacity: { predicted: 49, oldFormula: 128, measured: 49 },
  rule: null,
  runFolder: 'runs/a',
  problem: null,
  ...changes,
});

const EXACT = cell({});
const OFF = cell({ synQueueCapacity: { predicted: 49, oldFormula: 128, measured: 64 } });
const BACKPORT = cell({
  synQueueCapacity: { predicted: 128, oldFormula: 256, measured: 129 },
  rule: KERNEL_RULES.synQueueHoldsOneMore,
});
const UNDECIDED = cell({
  acceptQueueCapacity: { predicted: 129, measured: null },
  synQueueCapacity: { predicted: 49, oldFormula: 128, measured: null },
  problem: 'the ledger does not balance',
});

const sweepOf = (...cells: readonly SweepCell[]): Sweep => ({
  kernel: { release: '6.18.0', architecture: 'x64', distribution: 'Debian 13' },
  cells,
  wallMs: 12_345,
});

const table = (sweep: Sweep, widthColumns = 80): string =>
  sweepTableReport(sweep, { style: plainStyle, widthColumns, verbose: false });

describe('the table', () => {
  test('has a line for each cell, marked, and fits into 80 columns', () => {
    const text = table(sweepOf(EXACT, OFF, BACKPORT, UNDECIDED));
    expect(text).toMatch(/ 128 +4096 +64 +0 +129 +129 +128 +49 +49 {2}ok\n/);
    expect(text).toMatch(/ 128 +49 +64 {2}NO\n/);
    expect(text).toMatch(/ 256 +128 +129 {2}\*\n/);
    expect(text).toMatch(/ 129 +\? +128 +49 +\? {2}\?\n/);
    expect(text.split('\n').every((line) => line.length <= 80)).toBe(true);
  });

  test('counts what is exact and says what is not', () => {
    const text = table(sweepOf(EXACT, OFF, BACKPORT, UNDECIDED), 400);
    expect(text).toContain('1 of 4 cells measured exactly as predicted, in 12.3 s.');
    expect(text).toContain('is wrong in 3 of them');
    expect(text).toContain('tcp_syncookies 0: the ledger does not balance');
    expect(text).toContain('(Linux 6.13, commit 3479c7549fb1)');
  });

  test('says so when no cell could be measured', () => {
    const text = table(sweepOf(UNDECIDED), 400);
    expect(text).toContain('None of 1 cell could be measured.');
    expect(text).toContain('the ledger does not balance');
  });

  test('of predictions alone claims no measurement', () => {
    const { acceptQueueCapacity, synQueueCapacity } = UNDECIDED;
    const text = table(sweepOf(cell({ acceptQueueCapacity, synQueueCapacity, runFolder: null })));
    expect(text).toContain('nothing was measured');
    expect(text).not.toMatch(/ {2}(?:ok|NO)$/m);
  });
});

test('the CSV has numbers only, and nothing where nothing was measured', () => {
  expect(sweepCsvReport(sweepOf(EXACT, UNDECIDED)).split('\r\n')).toEqual([
    'backlog,somaxconn,maxSynBacklog,syncookies,acceptQueueCapacityPredicted,acceptQueueCapacityMeasured,synQueueCapacityPredicted,synQueueCapacityOldFormula,synQueueCapacityMeasured',
    '128,4096,64,0,129,129,49,128,49',
    '128,4096,64,0,129,,49,128,',
    '',
  ]);
});

test('the JSON keeps the contract', () => {
  expect(JSON.parse(sweepJsonReport(sweepOf(EXACT)))).toMatchObject({
    schemaVersion: 1,
    kernel: { release: '6.18.0' },
    cells: [
      {
        backlog: 128,
        somaxconn: 4_096,
        maxSynBacklog: 64,
        syncookies: 0,
        acceptQueueCapacity: { predicted: 129, measured: 129 },
        synQueueCapacity: { predicted: 49, oldFormula: 128, measured: 49 },
      },
    ],
  });
});
