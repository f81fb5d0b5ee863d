/** The workshop's ten steps in the order that a learner needs; their words are in texts/. */

import { abortWaves } from '../kernel/predict-abort.ts';
import type { ClientView } from '../report/client-views.ts';
import {
  amountsBefore,
  amountsThatFit,
  fateOfConnect,
  howManyFit,
  whatAdmittedGet,
  whatIsBeyondTheCap,
  whatOverflowsCount,
  whatSynsMeet,
  whenRefusedGetIn,
  whoBelieves,
  whoGotInBefore,
} from './answers.ts';
import type { CounterShown, DemoStep, Facts, QueuesBefore } from './step.ts';

const OVERFLOW = 'accept-queue-overflow';

const onServer = (...counters: readonly string[]): readonly CounterShown[] =>
  counters.map((counter) => ({ host: 'server', counter }));
const onClient = (counter: string): CounterShown => ({ host: 'client', counter });

const overflows = ({ clients, places }: Facts): boolean => clients > places;
const filled = ({ clients, places }: Facts): QueuesBefore => ({
  moment: 'later',
  synQueue: 0,
  acceptQueue: Math.min(clients, places),
});
const nothingYet = (): QueuesBefore => ({ moment: 'beginning', synQueue: 0, acceptQueue: 0 });
const placesAreAsked = (): QueuesBefore => ({ ...nothingYet(), hidesPlaces: true });

const timedOut = ({ story }: ClientView): boolean => story.outcome.kind === 'timed-out';
const refusedAtFirst = ({ connection }: ClientView): boolean => (connection?.syns.length ?? 0) > 1;

export const STEPS: readonly DemoStep[] = [
  {
    id: 'two-queues',
    scenario: OVERFLOW,
    parameters: { backlog: 7, clients: 3 },
    options: ['--backlog 7', '--clients 3'],
    before: nothingYet,
    expects: (facts) => (overflows(facts) ? 1 : 0),
    testify: fateOfConnect,
    interest: () => true,
    claims: ['prediction'],
    counters: onServer('PassiveOpens', 'ListenOverflows'),
  },
  {
    id: 'one-more-than-backlog',
    scenario: OVERFLOW,
    parameters: { clients: 6, connectTimeoutMs: 1_500 },
    options: ['--backlog 2', '--clients 6', '--connect-timeout 1500ms'],
    before: placesAreAsked,
    expects: (facts) => (overflows(facts) ? 1 : 2),
    amounts: amountsThatFit,
    testify: howManyFit,
    interest: timedOut,
    claims: ['001-a', '001-h'],
    counters: onServer('PassiveOpens', 'ListenOverflows'),
  },
  {
    id: 'refused-syn',
    scenario: OVERFLOW,
    parameters: {},
    options: ['--backlog 2', '--clients 4'],
    before: filled,
    expects: (facts) => (overflows(facts) ? 1 : 0),
    testify: fateOfConnect,
    interest: timedOut,
    claims: ['001-b (i)'],
    counters: [...onServer('ListenOverflows', 'ListenDrops', 'OutRsts'), onClient('TCPSynRetrans')],
  },
  {
    id: 'one-second-connect',
    scenario: 'drained-queue',
    parameters: {},
    options: [],
    before: filled,
    expects: (facts) => (overflows(facts) ? 1 : 0),
    testify: whenRefusedGetIn,
    interest: refusedAtFirst,
    claims: ['001-k (drains)'],
    counters: [...onServer('ListenOverflows', 'PassiveOpens'), onClient('TCPSynRetrans')],
  },
  {
    id: 'fooled-client',
    scenario: 'fooled-client',
    parameters: {},
    options: [],
    before: ({ clients, limit }) => ({
      moment: 'later',
      synQueue: Math.max(0, clients - limit),
      acceptQueue: Math.min(clients, limit),
    }),
    expects: (facts) => (overflows(facts) ? 1 : 0),
    testify: whoBelieves,
    interest: ({ fooled }) => fooled,
    claims: ['001-b (ii)', '000-b', '001-c'],
    counters: onServer('ListenOverflows', 'TCPSynRetrans', 'TCPTimeouts', 'OutRsts'),
  },
  {
    id: 'abort-on-overflow',
    scenario: 'abort-on-overflow',
    parameters: {},
    options: [],
    before: ({ clients, limit, places }) => ({
      moment: 'later',
      synQueue: abortWaves(clients, limit).requests,
      acceptQueue: Math.min(clients, places),
    }),
    expects: ({ clients, limit }) => (abortWaves(clients, limit).requests > 0 ? 1 : 2),
    testify: whatAdmittedGet,
    interest: ({ rejected }) => rejected,
    claims: ['001-c (ACK stage)', '001-c (SYN stage)', '001-c (SYN cookie)'],
    counters: onServer('ListenOverflows', 'EmbryonicRsts', 'OutRsts'),
  },
  {
    id: 'syn-queue-and-cookies',
    scenario: 'syn-queue',
    parameters: {
      sysctls: {
        server: { 'net.ipv4.tcp_max_syn_backlog': '128', 'net.ipv4.tcp_syncookies': '1' },
        client: {},
      },
    },
    options: ['--syncookies 1'],
    before: nothingYet,
    expects: (facts) => (overflows(facts) ? 1 : 2),
    testify: whatSynsMeet,
    interest: () => true,
    claims: ['002-c', '002-a', '001-g'],
    counters: onServer('TCPReqQFullDoCookies', 'SyncookiesSent', 'TCPReqQFullDrop', 'ListenDrops'),
  },
  {
    id: 'somaxconn',
    scenario: 'somaxconn-needs-a-new-listen',
    parameters: {},
    options: [],
    before: placesAreAsked,
    expects: (facts) => (overflows(facts) ? 0 : 1),
    amounts: amountsBefore,
    testify: whoGotInBefore,
    interest: refusedAtFirst,
    claims: ['003-c'],
    counters: [...onServer('ListenOverflows', 'PassiveOpens'), onClient('TCPSynRetrans')],
  },
  {
    id: 'counters',
    scenario: OVERFLOW,
    parameters: { backlog: 1, clients: 6 },
    options: ['--backlog 1', '--clients 6'],
    before: filled,
    expects: (facts) => (overflows(facts) ? 1 : 2),
    testify: whatOverflowsCount,
    interest: timedOut,
    claims: ['002-d', '003-f', '002-g (accept queue)'],
    counters: [
      ...onServer('ListenOverflows', 'ListenDrops', 'TCPReqQFullDrop', 'PassiveOpens'),
      onClient('TCPSynRetrans'),
    ],
  },
  {
    id: 'connection-cap',
    scenario: 'connection-cap',
    parameters: {},
    options: [],
    before: nothingYet,
    expects: ({ clients, cap }) => (clients > cap ? 1 : 2),
    testify: whatIsBeyondTheCap,
    interest: ({ story }) => story.end?.kind === 'closed-by-server',
    claims: ['004-a', '004-b', '004-d'],
    counters: onServer('PassiveOpens', 'ListenOverflows', 'ListenDrops'),
  },
];
