import { expect, test } from 'vitest';
import {
  retransmissionTolerance,
  synAckTimesMs,
  synsWithin,
  synTimesMs,
} from '../../../harness/kernel/schedules.ts';
import { kernelOf } from '../../helpers/kernels.ts';

const seconds = (timesMs: readonly number[]): number[] => timesMs.map((timeMs) => timeMs / 1_000);

/** Release, tcp_syn_retries, tcp_syn_linear_timeouts, SYNs, ETIMEDOUT: sections Q6 and 5, live 6.18. */
test.each([
  ['2.6.32.69', 5, 0, [0, 3, 9], 21],
  ['2.6.32.69', 4, 0, [0, 3], 9],
  ['2.6.36.4', 5, 0, [0, 3, 9, 21, 45, 93], 189],
  ['3.10.108', 6, 0, [0, 1, 3, 7, 15, 31, 63], 127],
  ['3.10.108', 4, 0, [0, 1, 3, 7, 15], 31],
  ['4.4.1', 4, 0, [0, 1, 3, 7, 15], 31],
  ['4.19.0', 1, 0, [0, 1], 3],
  ['5.3.1', 6, 0, [0, 1, 3, 7, 15], 31],
  ['5.3.1', 1, 0, [0, 1], 3],
  ['5.4.30', 6, 0, [0, 1, 3, 7, 15, 31, 63], 127],
  ['6.18.44', 6, 0, [0, 1, 3, 7, 15, 31, 63], 127],
  ['6.18.44', 6, 4, [0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67], 131],
  ['6.18.44', 4, 4, [0, 1, 2, 3, 4, 5, 7, 11, 19], 35],
  ['6.18.44', 1, 0, [0, 1], 3],
  ['6.18.44', 1, 1, [0, 1, 2], 4],
  ['6.18.44', 1, 4, [0, 1, 2], 3],
  ['6.18.44', 2, 4, [0, 1, 2, 3, 4, 5], 7],
  ['6.18.44', 8, 0, [0, 1, 3, 7, 15, 31, 63, 127, 247], 367],
  ['6.2.0', 6, 4, [0, 1, 3, 7, 15, 31, 63], 127],
])(
  '%s, %i retries, %i linear: SYNs at %j s, ETIMEDOUT at %i s',
  (text, retries, linear, at, end) => {
    const schedule = synTimesMs(kernelOf(text, { synRetries: retries, synLinearTimeouts: linear }));
    expect(seconds(schedule.timesMs)).toEqual(at);
    expect(schedule.givesUpMs).toBe(end * 1_000);
  },
);

test.each([
  ['2.6.32.69', 21],
  ['3.10.108', 127],
  ['4.14.5', 127],
  ['5.3.1', 31],
  ['5.4.30', 127],
  ['6.18.44', 131],
])('with its default sysctls %s gives connect(2) up after %i s', (text, end) => {
  expect(synTimesMs(kernelOf(text)).givesUpMs).toBe(end * 1_000);
});

test.each([
  ['2.6.32.69', 5, [0, 3, 9, 21, 45, 93], 189],
  ['3.10.108', 5, [0, 1, 3, 7, 15, 31], 63],
  ['6.18.44', 5, [0, 1, 3, 7, 15, 31], 63],
  ['6.18.44', 2, [0, 1, 3], 7],
  ['6.18.44', 0, [0], 1],
  ['6.18.44', 7, [0, 1, 3, 7, 15, 31, 63, 127], 247],
])('%s, %i retries: SYN-ACKs at %j s, forgotten at %i s', (text, synackRetries, at, end) => {
  const schedule = synAckTimesMs(kernelOf(text, { synackRetries }));
  expect(seconds(schedule.timesMs)).toEqual(at);
  expect(schedule.givesUpMs).toBe(end * 1_000);
});

/** Expected and seen on running kernels with reasonably exact clocks (sections 5, Q5 and Q6). */
test.each([
  [7_000, 7_200],
  [15_000, 15_400],
  [31_000, 31_500],
  [67_000, 67_900],
  [131_000, 133_400],
  [3_000, 3_070],
])('a timer due at %i ms may fire at %i ms', (expectedMs, seenMs) => {
  const { earlyMs, lateMs } = retransmissionTolerance(expectedMs);
  expect(seenMs).toBeLessThanOrEqual(expectedMs + lateMs);
  expect(seenMs).toBeGreaterThanOrEqual(expectedMs - earlyMs);
});

test('the steps of the default schedules stay apart', () => {
  for (const text of ['2.6.32.69', '3.10.108', '5.3.1', '6.18.44']) {
    const { timesMs, givesUpMs } = synTimesMs(kernelOf(text));
    const steps = [...timesMs, givesUpMs];
    for (const [index, laterMs] of steps.slice(1).entries()) {
      const earlierMs = steps[index] ?? 0;
      const latestMs = earlierMs + retransmissionTolerance(earlierMs).lateMs;
      expect(latestMs).toBeLessThan(laterMs - retransmissionTolerance(laterMs).earlyMs);
    }
  }
});

test.each([
  [300, 1, 1],
  [900, 1, 1],
  [951, 1, 2],
  [1_000, 1, 2],
  [1_100, 1, 2],
  [1_165, 2, 2],
  [2_500, 3, 3],
  [3_000, 3, 4],
  [200_000, 11, 11],
])('6.18: an application that waits %i ms sees %i to %i SYNs', (timeoutMs, least, most) => {
  expect(synsWithin(synTimesMs(kernelOf('6.18.44')), timeoutMs)).toEqual({ least, most });
});

test('before 6.5 a client that waits 2.5 s sends two SYNs', () => {
  expect(synsWithin(synTimesMs(kernelOf('5.10.223')), 2_500)).toEqual({ least: 2, most: 2 });
});
