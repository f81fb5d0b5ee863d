import { describe, expect, test } from 'vitest';
import { abortOnOverflow } from '../../../harness/scenarios/abort-on-overflow.ts';
import { connectTimeoutsInABurst } from '../../../harness/scenarios/connect-timeouts-in-a-burst.ts';
import { cookiesDoNotHelp } from '../../../harness/scenarios/cookies-do-not-help.ts';
import { drainedQueue } from '../../../harness/scenarios/drained-queue.ts';
import { establishedWithoutLimit } from '../../../harness/scenarios/established-without-limit.ts';
import { youngRequests } from '../../../harness/scenarios/young-requests.ts';
import { predictedBy } from '../../helpers/build-waves.ts';

const OLD = ['2.6.32.69', '3.10.108', '4.4.1'] as const;
const NEW = ['4.4.178', '4.14.5', '6.18.44'] as const;

const exactly = (value: number) => ({ least: value, most: value });

describe('young requests', () => {
  test.each(OLD)('%s answers the one alone and one of the burst', (release) => {
    expect(predictedBy(youngRequests, release)).toMatchObject({
      connected: 5,
      timedOut: 3,
      fooled: 2,
      acceptQueueLength: 3,
      synQueueLength: 2,
      refusedSyns: exactly(3),
    });
  });

  test.each(NEW)('%s answers nobody', (release) => {
    expect(predictedBy(youngRequests, release)).toMatchObject({
      connected: 3,
      timedOut: 5,
      fooled: 0,
      synQueueLength: 0,
      refusedSyns: exactly(5),
    });
  });
});

describe('SYN cookies', () => {
  test('4.4.1 admits two requests with 1, and gives everybody a cookie with 2', () => {
    expect(predictedBy(cookiesDoNotHelp, '4.4.1')).toMatchObject({
      connected: 3 + 2 + 4,
      timedOut: 2,
      fooled: 6,
      acceptQueueLength: 3,
      synQueueLength: 0,
    });
  });

  test.each(NEW)('%s refuses everybody', (release) => {
    expect(predictedBy(cookiesDoNotHelp, release)).toMatchObject({
      connected: 3,
      timedOut: 8,
      fooled: 0,
      refusedSyns: exactly(8),
    });
  });
});

describe('a burst on a busy server', () => {
  test.each(['2.6.32.69', '3.10.108'])('%s fools two and refuses six', (release) => {
    expect(predictedBy(connectTimeoutsInABurst, release)).toMatchObject({
      connected: 4,
      timedOut: 6,
      fooled: null,
      acceptQueueLength: null,
      refusedSyns: exactly(6),
    });
  });

  test('4.4.1 has room for one request, and cookies for all others', () => {
    expect(predictedBy(connectTimeoutsInABurst, '4.4.1')).toMatchObject({
      connected: 10,
      timedOut: 0,
    });
  });

  test.each(NEW)('%s refuses eight', (release) => {
    expect(predictedBy(connectTimeoutsInABurst, release)).toMatchObject({
      connected: 2,
      timedOut: 8,
      fooled: 0,
      acceptQueueLength: 0,
      refusedSyns: exactly(8),
    });
  });
});

describe('a queue that is drained', () => {
  test.each(OLD)('%s lets two in at once and refuses one', (release) => {
    expect(predictedBy(drainedQueue, release)).toMatchObject({
      connected: 8,
      timedOut: 0,
      fooled: 0,
      refusedSyns: { least: 1, most: 2 },
    });
  });

  test.each(NEW)('%s refuses all late clients at first', (release) => {
    expect(predictedBy(drainedQueue, release)).toMatchObject({
      connected: 8,
      timedOut: 0,
      refusedSyns: { least: 3, most: 6 },
    });
  });
});

describe('tcp_abort_on_overflow', () => {
  test.each([...OLD, ...NEW])('%s refuses behind two requests', (release) => {
    expect(predictedBy(abortOnOverflow, release)).toMatchObject({
      connected: 6,
      timedOut: 1,
      fooled: 1,
      acceptQueueLength: 3,
      synQueueLength: 0,
      refusedSyns: exactly(1),
    });
  });

  test('behind one request an old kernel admits the client, and resets it', () => {
    const few = { backlog: 1, clients: 5 };
    expect(predictedBy(abortOnOverflow, '3.10.108', few)).toMatchObject({ timedOut: 0 });
    expect(predictedBy(abortOnOverflow, '6.18.44', few)).toMatchObject({ timedOut: 1 });
  });
});

test('old kernels go on to fool clients, today’s stop at the last place', () => {
  // SYNs leave at 0, 1, 3 and 7 s there; at 1 s the requests are not aged yet.
  expect(predictedBy(establishedWithoutLimit, '3.10.108')).toMatchObject({ connected: 3 + 6 });
  expect(predictedBy(establishedWithoutLimit, '6.18.44')).toMatchObject({ connected: 3 });
});
