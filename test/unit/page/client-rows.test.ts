import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Clients, chosenRows } from '../../../harness/page/client-rows.ts';
import { hexDump } from '../../../harness/page/hex-dump.ts';
import {
  gapText,
  isShortened,
  LONGEST_GAP_PX,
  ROW_PX,
  rowPositions,
} from '../../../harness/page/ladder-layout.ts';
import { fromBase64, pack, toBase64, unpack } from '../../../harness/report/page/packed.ts';

const CLIENTS: Clients = {
  count: 4,
  number: [1, 2, 3, 14],
  port: [40_001, 40_002, 40_003, 1_400],
  status: [0, 5, 0, 5],
  startedAtMs: [0, 1, 2, 3],
  arrived: [1, 2, 3, 4],
  afterMs: [5, Number.NaN, 1, 2_500],
  syns: [1, 3, 1, 3],
  refusedSyns: [0, 3, 0, 3],
  place: [1, 0, 2, 0],
};
const ALL = { status: null, search: '', sortBy: 'number', descending: false } as const;

test('clients are chosen by outcome, and by the beginning of number or port', () => {
  expect(chosenRows(CLIENTS, { ...ALL, status: 'gave-up' })).toEqual([1, 3]);
  expect(chosenRows(CLIENTS, { ...ALL, search: '14' })).toEqual([3]);
  expect(chosenRows(CLIENTS, { ...ALL, search: ' 4000' })).toEqual([0, 1, 2]);
});

test('what is not known comes last, and equals keep their order', () => {
  expect(chosenRows(CLIENTS, { ...ALL, sortBy: 'afterMs' })).toEqual([2, 0, 3, 1]);
  expect(chosenRows(CLIENTS, { ...ALL, sortBy: 'syns', descending: true })).toEqual([1, 3, 0, 2]);
});

test('packed numbers and bytes come back as they were', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20_000 }), (bytes) => {
      expect(fromBase64(toBase64(bytes))).toEqual(bytes);
    }),
  );
  expect(unpack(pack('u32', [0, 4_294_967_295]))).toEqual([0, 4_294_967_295]);
  expect(unpack(pack('u16', [65_535]))).toEqual([65_535]);
  expect(unpack(pack('f32', [Number.NaN, 1.5]))).toEqual([Number.NaN, 1.5]);
});

test('rows are even until time is stretched, and no gap outgrows the page', () => {
  const note = (atMs: number) => ({ kind: 'note', at: 'client', says: '', atMs }) as const;
  const rows = [note(0), note(1_000), note(1_001), note(100_000)];
  const gaps = (pxPerSecond: number): readonly number[] =>
    rowPositions(rows, pxPerSecond).map((y, index, all) => y - (all[index - 1] ?? y));
  expect(gaps(0)).toEqual([0, ROW_PX, ROW_PX, ROW_PX]);
  expect(gaps(100)).toEqual([0, 100, ROW_PX, LONGEST_GAP_PX]);
  expect([60_000, 99_000].map((atMs) => isShortened(1_000, atMs, 30))).toEqual([false, true]);
  expect([1_020, 205, 0.184].map(gapText)).toEqual(['1.02 s', '205 ms', '0.18 ms']);
});

test('bytes are printed as tcpdump does it', () => {
  const bytes = Uint8Array.from([
    0x02,
    0x00,
    0x48,
    0x69,
    ...Array.from({ length: 13 }, () => 0xff),
  ]);
  expect(hexDump(bytes).split('\n')).toEqual([
    '0x0000  0200 4869 ffff ffff ffff ffff ffff ffff  ..Hi............',
    `0x0010  ff${' '.repeat(38)} .`,
  ]);
});
