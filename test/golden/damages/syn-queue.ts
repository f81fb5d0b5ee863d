/** SYN queues that are counted otherwise, and kernels that hold, drop or count otherwise. */
import { FILES, snapshotFile } from '../../../harness/domain/evidence.ts';
import {
  all,
  captureRecounted,
  type Damage,
  dropsRecounted,
  edited,
  portInHex,
  recounted,
  substituted,
  textOf,
  withoutLines,
} from '../../helpers/damage.ts';
import { packetLost } from '../../helpers/damage-capture.ts';
import { fixture } from '../../helpers/fixtures.ts';
import { type OtherKernel, smallerLimit } from './other-kernels.ts';
import { closing, portOf, row, type SingleDamage, SWARM } from './recorded.ts';

const DROPS = 'syn-queue';
const COOKIES = 'syn-queue-cookies';
const QUARTERS = 'syn-queue-three-quarters';
const NODE = 'node-default-backlog';

/** The first clients come first, so they are those that the SYN queue holds. */
const HELD: Readonly<Record<string, number>> = { [DROPS]: 9, [COOKIES]: 9, [QUARTERS]: 49 };

const NETSTAT = snapshotFile('closing', 'server', 'netstat-s');

const retold = (by: number): Damage =>
  edited(NETSTAT, (text) =>
    text.replace(/(\d+)( SYNs to LISTEN sockets)/, (_, count, words) => `${+count + by}${words}`),
  );

const counted = (counters: Readonly<Record<string, number>>): Damage =>
  all(
    ...Object.entries(counters).map(([counter, by]) => recounted('closing', 'server', counter, by)),
  );

/** The SYN-ACK of a client was never sent. */
const unanswered = (of: string, client: number): Damage =>
  all(packetLost({ flags: 'S.', nth: 0, port: portOf(of, client) }), captureRecounted(-1));

/** The SYNs of the last of those that are held were dropped instead. */
function fewerHeld(of: string, fewer: number, counters: readonly string[]): Damage {
  const last = HELD[of] ?? 0;
  const clients = Array.from({ length: fewer }, (_, index) => last - index);
  return all(
    ...clients.map((client) => unanswered(of, client)),
    ...clients.map((client) => withoutLines(closing('server', 'tcp'), row(of, client))),
    counted(Object.fromEntries(counters.map((counter) => [counter, fewer]))),
    dropsRecounted(fewer),
    retold(fewer),
  );
}

/** Every SYN beyond the SYN queue is dropped although SYN cookies are on. */
function droppedInSpiteOfCookies(): Damage {
  const table = textOf(fixture(COOKIES), closing('server', 'tcp'));
  const clients = [...textOf(fixture(COOKIES), SWARM).matchAll(/"attempt".*"client":(\d+)/g)]
    .map(([, client]) => Number(client))
    .filter((client) => !table.includes(portInHex(portOf(COOKIES, client))));
  const beyond = clients.length;
  return all(
    ...clients.map((client) => unanswered(COOKIES, client)),
    counted({
      SyncookiesSent: -beyond,
      TCPReqQFullDoCookies: -beyond,
      TCPReqQFullDrop: beyond,
      ListenDrops: beyond,
    }),
    dropsRecounted(beyond),
    substituted(NETSTAT, /^TcpExt:$/m, `TcpExt:\n    ${beyond} SYNs to LISTEN sockets dropped`),
  );
}

export const SYN_QUEUE: readonly SingleDamage[] = [
  {
    what: 'a request is missing in the server’s table',
    of: DROPS,
    damage: withoutLines(closing('server', 'tcp'), row(DROPS, 9)),
    names: 'the witnesses disagree: SYN-RECV rows: 8; SYNs answered without a SYN cookie: 9',
  },
  {
    what: 'a full SYN queue is counted once more',
    of: DROPS,
    damage: recounted('closing', 'server', 'TCPReqQFullDrop', 1),
    names: 'TCPReqQFullDrop and SyncookiesSent: 0 SYN cookies and 12 drops for 11 SYNs',
    claims: ['002-c', '002-g (SYN queue)'],
  },
  {
    what: 'netstat -s tells of one SYN more',
    of: DROPS,
    damage: retold(1),
    names: 'netstat -s: 12 in ListenDrops, 0 in ListenOverflows for 11 SYNs',
    claims: ['002-g (SYN queue)'],
  },
  {
    what: 'a SYN cookie more is counted',
    of: COOKIES,
    damage: recounted('closing', 'server', 'SyncookiesSent', 1),
    names: 'SYNs answered without a SYN cookie: 8',
  },
  {
    what: 'a request is missing in the server’s table',
    of: QUARTERS,
    damage: withoutLines(closing('server', 'tcp'), row(QUARTERS, 49)),
    names: 'SYN-RECV rows: 48',
    claims: ['002-a', '002-b', '001-g', 'prediction'],
  },
  {
    what: 'one of the drops is counted as a full SYN queue',
    of: QUARTERS,
    damage: recounted('closing', 'server', 'TCPReqQFullDrop', 1),
    names: 'TCPReqQFullDrop 1 of 6 ListenDrops',
    claims: ['002-g (3/4 rule)'],
  },
  {
    what: 'the server announces another limit',
    of: NODE,
    damage: substituted(FILES.serverEvents, '"acceptQueueLimit":511', '"acceptQueueLimit":512'),
    names: 'the limit that the server announced last: announced limit 512',
    breaks: 'the limit that the server announced last',
  },
];

export const OTHER_SYN_QUEUES: readonly OtherKernel[] = [
  {
    what: 'the SYN queue holds one less than its limit',
    of: DROPS,
    damage: fewerHeld(DROPS, 2, ['ListenDrops', 'TCPReqQFullDrop']),
    contradicts: {
      '002-a': '7',
      '001-g': '7',
      prediction: 'SYN-queue length: predicted 9, measured 7 / 7',
    },
  },
  {
    what: 'the 3/4 rule refuses two SYNs earlier',
    of: QUARTERS,
    damage: fewerHeld(QUARTERS, 2, ['ListenDrops']),
    contradicts: {
      '002-a': '47',
      '002-b': '47',
      '001-g': '47',
      prediction: 'SYN-queue length: predicted 49, measured 47 / 47',
    },
  },
  {
    what: 'a full SYN queue drops SYNs in spite of SYN cookies',
    of: COOKIES,
    damage: droppedInSpiteOfCookies(),
    contradicts: {
      '002-c': 'every SYN beyond the SYN queue is dropped',
      prediction: 'refused SYNs: predicted 0, measured 11',
    },
  },
  {
    what: 'a full SYN queue counts as an overflow, too',
    of: DROPS,
    damage: all(
      counted({ ListenOverflows: 11 }),
      substituted(
        NETSTAT,
        /^TcpExt:$/m,
        'TcpExt:\n    11 times the listen queue of a socket overflowed',
      ),
    ),
    contradicts: {
      '002-g (SYN queue)': '11 in ListenDrops, 11 in ListenOverflows for 11 SYNs',
    },
  },
  {
    what: 'Node takes another backlog',
    of: NODE,
    damage: smallerLimit(511),
    contradicts: {
      prediction: 'accept-queue limit: predicted 511, measured 510 / 510',
    },
  },
];

/** The kernel of the run, but for one rule: that of 4.4 to 6.12. */
export const SYN_QUEUE_OF_4_4: Damage = fewerHeld(DROPS, 1, ['ListenDrops', 'TCPReqQFullDrop']);

export const SYN_CLAIMS_NEVER_CONTRADICTED: Readonly<Record<string, string>> = {
  '002-f':
    'it takes more than 512 clients, too many for a recorded run; tested with built evidence',
  '002-f (SYN queue)':
    'it takes more than 512 clients, too many for a recorded run; tested with built evidence',
  '002-g (accept queue)':
    'a ListenOverflows that is no ListenDrops breaks the ledger; tested with built evidence',
  '002-g (3/4 rule)': 'the SYN queue is full as the document says, or has room as the rule says',
};
