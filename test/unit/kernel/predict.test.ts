import { expect, test } from 'vitest';
import { predictFooled, predictOverflow } from '../../../harness/kernel/predict.ts';
import { kernelOf } from '../../helpers/kernels.ts';

test('6.18, backlog 2, 4 clients, 2.5 s: three connect, the fourth is refused three times', () => {
  const crowd = { backlog: 2, clients: 4, connectTimeoutMs: 2_500 };
  expect(predictOverflow(crowd, kernelOf('6.18.44'))).toEqual({
    acceptQueueLimit: 2,
    acceptQueueCapacity: 3,
    synQueueCapacity: 3,
    connected: 3,
    timedOut: 1,
    fooled: 0,
    acceptQueueLength: 3,
    synQueueLength: 0,
    refusedSyns: { least: 3, most: 3 },
    synTimesMs: [0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67].map((atS) => atS * 1_000),
    connectGivesUpMs: 131_000,
    synAckTimesMs: [0, 1, 3, 7, 15, 31].map((atS) => atS * 1_000),
    synAckGivesUpMs: 63_000,
  });
});

/** Section 5, seen live: backlog 2, clients at once. */
test.each([
  ['2.6.32.69', 4, 2_500, 4, 1],
  ['3.10.108', 4, 2_500, 4, 1],
  ['4.4.1', 4, 2_500, 4, 1],
  ['6.18.44', 4, 2_500, 3, 0],
  ['2.6.32.69', 10, 900, 5, 2],
  ['3.10.108', 10, 900, 5, 2],
  ['4.4.1', 10, 900, 5, 2],
  ['6.18.44', 10, 900, 3, 0],
  ['2.6.32.69', 10, 8_000, 5, 2],
  ['2.6.32.69', 10, 12_000, 7, 4],
  ['3.10.108', 10, 2_500, 5, 2],
  ['3.10.108', 10, 4_000, 7, 4],
  ['3.10.108', 10, 9_000, 9, 6],
  ['3.10.108', 10, 20_000, 10, 7],
  ['4.4.1', 10, 2_500, 10, 7],
])(
  '%s, backlog 2, %i clients, %i ms: %i connected, %i fooled',
  (text, clients, ms, connected, fooled) => {
    const seen = predictOverflow({ backlog: 2, clients, connectTimeoutMs: ms }, kernelOf(text));
    expect(seen).toMatchObject({
      connected,
      fooled,
      timedOut: clients - connected,
      acceptQueueLength: 3,
    });
  },
);

test('the SYN queue counts the fooled clients that have a request', () => {
  const crowd = { backlog: 2, clients: 10, connectTimeoutMs: 4_000 };
  expect(predictOverflow(crowd, kernelOf('3.10.108')).synQueueLength).toBe(4);
  expect(predictOverflow(crowd, kernelOf('4.4.1')).synQueueLength).toBe(2);
  const short = { synackRetries: 0 };
  expect(predictOverflow(crowd, kernelOf('3.10.108', short)).synQueueLength).toBe(2);
});

test('a client of 4.1 to 4.9 is admitted at its first repetition', () => {
  const crowd = { backlog: 20, clients: 30, connectTimeoutMs: 2_000 };
  expect(predictOverflow(crowd, kernelOf('3.10.108')).fooled).toBe(2);
  expect(predictOverflow(crowd, kernelOf('4.3.3')).fooled).toBe(4);
  expect(predictOverflow(crowd, kernelOf('4.9.130')).fooled).toBe(4);
});

test('SYN cookies do not help when the accept queue is full (4.10)', () => {
  const crowd = { backlog: 2, clients: 10, connectTimeoutMs: 300 };
  for (const syncookies of [0, 1, 2]) {
    const prediction = predictOverflow(crowd, kernelOf('6.18.44', { syncookies }));
    expect(prediction).toMatchObject({ connected: 3, timedOut: 7, fooled: 0 });
    expect(prediction.refusedSyns).toEqual({ least: 7, most: 7 });
  }
});

test('limit 0 without cookies is no service from 4.4 to 6.12', () => {
  const crowd = { backlog: 5, clients: 3, connectTimeoutMs: 300 };
  const changes = { somaxconn: 0, syncookies: 0 };
  expect(predictOverflow(crowd, kernelOf('6.6.9', changes)).connected).toBe(0);
  expect(predictOverflow(crowd, kernelOf('4.4.1', changes)).connected).toBe(0);
  expect(predictOverflow(crowd, kernelOf('6.18.44', changes)).connected).toBe(1);
  expect(predictOverflow(crowd, kernelOf('6.6.9', { somaxconn: 0 })).connected).toBe(1);
});

test('tcp_abort_on_overflow before 4.10 resets instead of fooling', () => {
  const crowd = { backlog: 2, clients: 10, connectTimeoutMs: 2_500 };
  expect(predictOverflow(crowd, kernelOf('3.10.108', { abortOnOverflow: 1 }))).toMatchObject({
    connected: 3,
    timedOut: 0,
    fooled: 0,
    synQueueLength: 0,
  });
});

test('a refused client that the kernel ends first sent all its SYNs', () => {
  const kernel = kernelOf('6.18.44', { synRetries: 1, synLinearTimeouts: 0 });
  const prediction = predictOverflow({ backlog: 1, clients: 4, connectTimeoutMs: 60_000 }, kernel);
  expect(prediction).toMatchObject({ connected: 2, timedOut: 2, connectGivesUpMs: 3_000 });
  expect(prediction.refusedSyns).toEqual({ least: 4, most: 4 });
});

/** Reference of claim 000-a: 1000 ESTAB at the client, 999 at the server. */
test('6.18, backlog 998, 1000 clients behind the gate: one is fooled', () => {
  const crowd = { backlog: 998, clients: 1_000, connectTimeoutMs: 3_000 };
  expect(predictFooled(crowd, kernelOf('6.18.44'))).toMatchObject({
    acceptQueueLimit: 998,
    connected: 1_000,
    timedOut: 0,
    fooled: 1,
    acceptQueueLength: 999,
    synQueueLength: 0,
    refusedSyns: { least: 0, most: 0 },
  });
});

test.each([
  [
    'fewer clients than the queue holds',
    5,
    3,
    1,
    { connected: 3, fooled: 0, acceptQueueLength: 3 },
  ],
  ['just as many', 5, 6, 1, { connected: 6, fooled: 0, acceptQueueLength: 6 }],
  ['some more', 5, 10, 1, { connected: 10, fooled: 4, acceptQueueLength: 6 }],
  ['more than the SYN queue holds, cookies', 5, 20, 1, { connected: 20, fooled: 14 }],
  ['cookies always', 5, 20, 2, { connected: 20, fooled: 15, acceptQueueLength: 5 }],
  ['no cookies', 5, 20, 0, { connected: 11, timedOut: 9, fooled: 5, acceptQueueLength: 6 }],
])('6.18 behind the gate: %s', (_, backlog, clients, syncookies, expected) => {
  const crowd = { backlog, clients, connectTimeoutMs: 2_500 };
  const prediction = predictFooled(crowd, kernelOf('6.18.44', { syncookies }));
  expect(prediction).toMatchObject(expected);
  expect(prediction.refusedSyns.least).toBe(3 * prediction.timedOut);
});

test('4.9 without cookies fools one more client late', () => {
  const crowd = { backlog: 5, clients: 20, connectTimeoutMs: 2_500 };
  expect(predictFooled(crowd, kernelOf('4.9.130', { syncookies: 0 }))).toMatchObject({
    connected: 11,
    timedOut: 9,
    fooled: 5,
  });
});

test('tcp_abort_on_overflow spares only cookie clients', () => {
  const crowd = { backlog: 5, clients: 20, connectTimeoutMs: 2_500 };
  const prediction = predictFooled(crowd, kernelOf('6.18.44', { abortOnOverflow: 1 }));
  expect(prediction).toMatchObject({ connected: 20, fooled: 9, acceptQueueLength: 6 });
});

test('without SYN-ACK repetitions no request completes', () => {
  const crowd = { backlog: 5, clients: 8, connectTimeoutMs: 2_500 };
  const prediction = predictFooled(crowd, kernelOf('6.18.44', { synackRetries: 0 }));
  expect(prediction).toMatchObject({ connected: 8, fooled: 3, acceptQueueLength: 5 });
});
