import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lastPlaceWaves, predictLastPlace } from '../../../harness/kernel/predict-last-place.ts';
import { kernelOf } from '../../helpers/kernels.ts';

const CROWD = { backlog: 998, clients: 1_000 };

/** No SYN meets a full queue, so the rule of 4.10 changes nothing; nor do the SYN queue's rules. */
test.each(['2.6.32', '3.10.108', '4.4.1', '6.12.0', '6.18.44'])(
  '%s fools the held client',
  (text) => {
    const kernel = kernelOf(text, { somaxconn: 4_096, maxSynBacklog: 4_096 });
    expect(predictLastPlace(CROWD, 'dropped', kernel)).toMatchObject({
      connected: 1_000,
      timedOut: 0,
      fooled: 1,
      acceptQueueLength: 999,
      synQueueLength: 1,
      refusedSyns: { least: 0, most: 0 },
    });
    expect(predictLastPlace(CROWD, 'forgotten', kernel)).toMatchObject({
      fooled: 1,
      synQueueLength: 0,
    });
  },
);

test('the request is forgotten by the schedule of its kernel', () => {
  const gone = (text: string) =>
    predictLastPlace(CROWD, 'forgotten', kernelOf(text, { synackRetries: 1 })).synAckGivesUpMs;
  expect(gone('6.18.44')).toBe(3_000);
  expect(gone('2.6.32')).toBe(9_000);
});

test('tcp_abort_on_overflow resets the held clients', () => {
  const kernel = kernelOf('6.18.44', { abortOnOverflow: 1 });
  expect(predictLastPlace(CROWD, 'dropped', kernel)).toMatchObject({
    connected: 1_000,
    fooled: 0,
    synQueueLength: 0,
  });
});

test('everybody comes in one of the waves, and nobody is held who would fit', () => {
  fc.assert(
    fc.property(fc.nat(5_000), fc.integer({ min: 1, max: 5_000 }), (clients, limit) => {
      const { first, held, last } = lastPlaceWaves(clients, limit);
      expect(first + held + last).toBe(clients);
      expect(held).toBe(Math.max(0, clients - limit - 1));
      expect(Math.min(first, last, held)).toBeGreaterThanOrEqual(0);
    }),
  );
});
