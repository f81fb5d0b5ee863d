/**
 * Claims put to the test here: 002-a, 002-b, 002-c, 002-f (SYN queue), 002-g (SYN queue, 3/4 rule),
 * 001-g.
 *
 * SYN-ACKs are held back behind the wire, so no handshake is ever finished: each SYN that is
 * admitted stays in the SYN queue, where it can be counted. The run ends before the first SYN is
 * repeated.
 */
import { HarnessError } from '../domain/harness-error.ts';
import type { Parameters } from '../domain/parameters.ts';
import type { Scenario } from '../domain/scenario.ts';
import { predictSynQueue } from '../kernel/predict-syn-queue.ts';
import { LONGEST_ONE_SYN_MS, ONE_SYN_MS, repeatedItsSyn, sendsOneSyn } from './one-syn.ts';
import { connectAndSettle, DEFAULTS, plannedSysctl, planOf, withNetstat } from './parts.ts';
import { cookiesDecide, dropsCountTheSynQueue, dropsWithoutAFullQueue } from './syn-drop-claims.ts';
import {
  holdsAsInTheExample,
  isMaxSynBacklog,
  isPowerOfTwo,
  MAX_SYN_BACKLOG,
  NODE_BACKLOG,
  nodeHolds512,
  SYNCOOKIES,
} from './syn-queue-claims.ts';

const ID = 'syn-queue';

const settings = (maxSynBacklog: number, syncookies: number): Pick<Parameters, 'sysctls'> => ({
  sysctls: {
    server: { [MAX_SYN_BACKLOG]: `${maxSynBacklog}`, [SYNCOOKIES]: `${syncookies}` },
    client: {},
  },
});

const notCountable = (why: string, remedy: string): HarnessError =>
  new HarnessError('USAGE', `Cannot count what the SYN queue holds: ${why}.`, {
    remedy: `pass ${remedy}`,
  });

/** All requests must wait at the same time, and nothing may be sent twice. */
function assertCountable(parameters: Parameters): void {
  if (!sendsOneSyn(parameters)) {
    throw notCountable(
      'after a second the clients repeat their SYNs, which count again',
      `--connect-timeout ${LONGEST_ONE_SYN_MS}ms or less`,
    );
  }
  if (parameters.arrivals.kind !== 'burst') {
    throw notCountable('the first clients give up before the last ones come', '--arrivals burst');
  }
  if (plannedSysctl(parameters, 'server', 'net.ipv4.tcp_synack_retries') === 0) {
    throw notCountable(
      'without a repeated SYN-ACK a request is forgotten after a second',
      '--synack-retries 1 or more',
    );
  }
}

export const synQueue: Scenario = {
  id: ID,
  title: 'A full SYN queue drops SYNs, or answers them with cookies',
  story:
    'Clients connect, but no SYN-ACK ever reaches them, so no handshake is finished and each admitted SYN stays in the SYN queue. What the queue does not take in is dropped, or answered with a SYN cookie, for which the server keeps nothing. So the length of the SYN queue can be counted.',
  claims: [
    isPowerOfTwo,
    holdsAsInTheExample,
    isMaxSynBacklog,
    nodeHolds512,
    cookiesDecide,
    dropsCountTheSynQueue,
    dropsWithoutAFullQueue,
  ],
  defaults: {
    ...DEFAULTS,
    backlog: 8,
    clients: 20,
    connectTimeoutMs: ONE_SYN_MS,
    ...settings(128, 0),
  },
  variants: [
    { name: 'cookies-off', parameters: {}, lastsMs: ONE_SYN_MS },
    { name: 'cookies-on', parameters: settings(128, 1), lastsMs: ONE_SYN_MS },
    { name: 'cookies-always', parameters: settings(128, 2), lastsMs: ONE_SYN_MS },
    {
      name: 'three-quarters',
      parameters: { backlog: 128, clients: 60, ...settings(64, 0) },
      lastsMs: ONE_SYN_MS,
    },
    {
      name: 'example-with-cookies',
      parameters: { backlog: 128, clients: 140, ...settings(64, 1) },
      lastsMs: ONE_SYN_MS,
    },
    {
      name: 'backlog-of-node',
      parameters: {
        backlog: NODE_BACKLOG,
        clients: 520,
        ...settings(4_096, 0),
      },
      lastsMs: ONE_SYN_MS,
    },
  ],
  plan: (parameters) => {
    assertCountable(parameters);
    const steps = [
      { kind: 'gate', closed: true, holds: 'syn-acks' } as const,
      ...connectAndSettle(parameters, 'all', parameters.clients, { ownPort: true }),
    ];
    // Node takes this backlog when none is given: so it is left to Node.
    const backlog = parameters.backlog === NODE_BACKLOG ? null : parameters.backlog;
    return withNetstat(planOf(ID, parameters, steps, { backlog }));
  },
  spoiledBy: repeatedItsSyn,
  predict: predictSynQueue,
};
