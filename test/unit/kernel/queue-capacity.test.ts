import { expect, test } from 'vitest';
import {
  acceptQueueCapacity,
  acceptQueueLimit,
  oldSynQueueFormula,
  synQueueCapacity,
} from '../../../harness/kernel/queue-capacity.ts';
import { kernelOf } from '../../helpers/kernels.ts';

test.each([
  ['6.18.44', 2, 4096, 2, 3],
  ['6.18.44', 0, 4096, 0, 1],
  ['6.18.44', 8192, 128, 128, 129],
  ['6.18.44', 262_144, 262_144, 262_144, 262_145],
  ['3.10.108', 2, 128, 2, 3],
  ['3.10.108', 65_535, 200_000, 65_535, 65_536],
  ['3.10.108', 65_536, 200_000, 0, 1],
  ['2.6.32.69', 65_537, 200_000, 1, 2],
  ['3.10.108', 65_538, 200_000, 2, 3],
  ['4.4.1', 65_536, 200_000, 65_536, 65_537],
  ['3.10.108', 65_536, 65_535, 65_535, 65_536],
])('%s, listen(%i), somaxconn %i: limit %i, holds %i', (text, backlog, somaxconn, limit, holds) => {
  const kernel = kernelOf(text, { somaxconn });
  expect(acceptQueueLimit(backlog, kernel)).toBe(limit);
  expect(acceptQueueCapacity(backlog, kernel)).toBe(holds);
});

/** The worked table of section Q4: with cookies / without, for `table`, `limit`, `limit-plus-one`. */
const WORKED_TABLE = [
  [0, 128, 256, [16, 0, 1], [16, 0, 1]],
  [1, 128, 256, [16, 1, 2], [16, 1, 2]],
  [5, 128, 256, [16, 5, 6], [16, 5, 6]],
  [50, 128, 128, [64, 50, 51], [64, 50, 51]],
  [100, 128, 128, [128, 100, 101], [97, 97, 97]],
  [127, 128, 1024, [128, 127, 128], [128, 127, 128]],
  [128, 128, 1024, [256, 128, 129], [256, 128, 129]],
  [128, 128, 256, [256, 128, 129], [193, 128, 129]],
  [511, 128, 2048, [256, 128, 129], [256, 128, 129]],
  [511, 4096, 128, [256, 511, 512], [97, 97, 97]],
  [511, 4096, 2048, [512, 511, 512], [512, 511, 512]],
  [1024, 1024, 1024, [2048, 1024, 1025], [769, 769, 769]],
  [4096, 4096, 512, [1024, 4096, 4097], [385, 385, 385]],
  [4096, 4096, 4096, [8192, 4096, 4097], [3073, 3073, 3073]],
  [100, 4096, 16, [32, 100, 101], [13, 13, 13]],
] as const;

test.each(WORKED_TABLE)(
  'backlog %i, somaxconn %i, tcp_max_syn_backlog %i: SYN-RECV %j with cookies, %j without',
  (backlog, somaxconn, maxSynBacklog, withCookies, without) => {
    const capacities = (syncookies: number) =>
      ['3.10.108', '6.6.9', '6.18.44'].map((text) =>
        synQueueCapacity(backlog, kernelOf(text, { somaxconn, maxSynBacklog, syncookies })),
      );
    expect(capacities(1)).toEqual(withCookies);
    expect(capacities(0)).toEqual(without);
    expect(capacities(2)).toEqual([0, 0, 0]);
  },
);

/** Section 5: SYN-RECV held without cookies for these backlogs, as seen on running kernels. */
const SEEN_BACKLOGS = [1, 7, 8, 15, 16, 31, 32, 64, 128];

test.each([
  ['2.6.32.69', 1024, [16, 16, 16, 16, 32, 32, 64, 128, 256]],
  ['3.10.108', 128, [16, 16, 16, 16, 32, 32, 64, 97, 97]],
  ['4.4.1', 128, [1, 7, 8, 15, 16, 31, 32, 64, 97]],
  ['6.18.44', 128, [2, 8, 9, 16, 17, 32, 33, 65, 97]],
])('%s was seen to hold these requests without cookies', (text, maxSynBacklog, seen) => {
  const kernel = kernelOf(text, { somaxconn: 128, maxSynBacklog, syncookies: 0 });
  expect(SEEN_BACKLOGS.map((backlog) => synQueueCapacity(backlog, kernel))).toEqual(seen);
});

test.each([
  ['2.6.32.69', 1024, [16, 32, 256]],
  ['3.10.108', 128, [16, 32, 256]],
  ['4.4.1', 128, [8, 16, 128]],
  ['6.18.44', 128, [9, 17, 129]],
])('%s was seen to hold these requests with cookies', (text, maxSynBacklog, seen) => {
  const kernel = kernelOf(text, { somaxconn: 128, maxSynBacklog, syncookies: 1 });
  expect([8, 16, 128].map((backlog) => synQueueCapacity(backlog, kernel))).toEqual(seen);
});

/** The reference figures of claim 002-a and 002-b, measured on 6.18. */
test.each([
  [1, 128, 2],
  [2, 128, 3],
  [7, 128, 8],
  [8, 128, 9],
  [128, 64, 49],
  [128, 128, 97],
  [128, 256, 129],
  [511, 4096, 512],
  [511, 512, 385],
])('6.18, backlog %i, tcp_max_syn_backlog %i: %i requests', (backlog, maxSynBacklog, seen) => {
  const kernel = kernelOf('6.18.44', { maxSynBacklog, syncookies: 0 });
  expect(synQueueCapacity(backlog, kernel)).toBe(seen);
});

test('the 3/4 rule uses an integer shift', () => {
  const kernel = kernelOf('6.18.44', { maxSynBacklog: 10, syncookies: 0 });
  expect(synQueueCapacity(100, kernel)).toBe(9);
});

test('oldSynQueueFormula() is what document 002 says', () => {
  expect(oldSynQueueFormula(128, 128, 64)).toBe(128);
  expect(oldSynQueueFormula(511, 4096, 2048)).toBe(512);
  expect(oldSynQueueFormula(511, 128, 2048)).toBe(256);
  expect(oldSynQueueFormula(1, 128, 128)).toBe(16);
});
