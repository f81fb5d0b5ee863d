/** Runs in which a full accept queue is met in different ways. */
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
  withoutLines,
} from '../../helpers/damage.ts';
import { packetLost } from '../../helpers/damage-capture.ts';
import { synAnswered } from '../../helpers/forged-packets.ts';
import { counted, type OtherKernel } from './other-kernels.ts';
import { listenerMissing, portOf, type SingleDamage, SWARM } from './recorded.ts';

const ABORT_PATHS = 'abort-on-overflow';
const BURST = 'connect-timeouts-in-a-burst';
const COOKIES = 'cookies-do-not-help';
const DRAINED = 'drained-queue';
const UNLIMITED = 'established-without-limit';
const YOUNG = 'young-requests';

/** Snapshots between the opening and the closing. */
const BETWEEN: readonly (readonly [of: string, snapshot: string])[] = [
  [YOUNG, 'full'],
  [YOUNG, 'knocked-alone'],
  [COOKIES, 'behind-the-first'],
];

export const FULL_QUEUE: readonly SingleDamage[] = [
  ...BETWEEN.map(([of, snapshot]) => listenerMissing(of, snapshot)),
  {
    what: 'one of two reset clients does not say so',
    of: ABORT_PATHS,
    damage: withoutLines(SWARM, /"reset".*"client":4/),
    names: 'clients that were reset: 1 RSTs for 2 clients',
    claims: ['001-c (ACK stage)'],
  },
  {
    what: 'one RST more than requests were removed for',
    of: ABORT_PATHS,
    damage: recounted('closing', 'server', 'EmbryonicRsts', -1),
    names: 'OutRsts − EmbryonicRsts of the server: RST: connection reset by peer',
    claims: ['001-c (ACK stage)', '001-c (SYN stage)', '001-c (SYN cookie)'],
    verdict: 'contradicted',
  },
  {
    what: 'the client with a SYN cookie says that it was reset',
    of: ABORT_PATHS,
    damage: substituted(SWARM, '"event":"sent","bytes":1', '"event":"reset","stage":"after-data"'),
    names: 'clients that were reset: RST: connection reset by peer',
    claims: ['001-c (SYN cookie)'],
  },
  {
    what: 'no SYN cookie was sent',
    of: ABORT_PATHS,
    damage: recounted('closing', 'server', 'SyncookiesSent', -1),
    names: 'this kernel sent no SYN cookie although tcp_syncookies was 2',
  },
  {
    what: 'a client waited for an answer in vain',
    of: BURST,
    damage: substituted(SWARM, '"event":"received","bytes":50', '"event":"read-timed-out"'),
    names: 'outcomes and ends: clients time out reading',
    claims: ['001-d'],
  },
  {
    what: 'a client more is connected when one has knocked alone',
    of: YOUNG,
    damage: recounted('knocked-alone', 'client', 'CurrEstab', 1),
    names: 'CurrEstab of the client: SYNs answered: 1 alone, -1 in the burst',
    claims: ['001-f', '000-e'],
  },
  {
    what: 'four clients more are connected behind the first wave',
    of: COOKIES,
    damage: recounted('behind-the-first', 'client', 'CurrEstab', 4),
    names: 'ActiveOpens − CurrEstab of the client: every SYN is answered',
    claims: ['001-j'],
  },
  {
    what: 'every cookie that was decided on was sent',
    of: COOKIES,
    damage: recounted('closing', 'server', 'SyncookiesSent', 4),
    names: 'TCPReqQFullDoCookies − SyncookiesSent: every SYN is answered',
    claims: ['001-j (always)'],
  },
  {
    what: 'a late client had got in before the others came',
    of: DRAINED,
    damage: recounted('full', 'server', 'PassiveOpens', 1),
    names: 'PassiveOpens of the server, TCPSynRetrans of the client: 1 of 3 never get in',
    claims: ['001-k (drains)'],
  },
  {
    what: 'a refused client says that it is connected',
    of: UNLIMITED,
    damage: substituted(SWARM, '"timed-out","by":"own-timer"', '"connected"'),
    names: 'who got a SYN-ACK is connected: connected clients 4',
  },
];

/** The row of a client's connection in its own table, made from that of the first row there is. */
const believing = (of: string, client: number): Damage =>
  edited(snapshotFile('closing', 'client', 'tcp'), (text) => {
    const own = text.split('\n').find((line) => / 01 0{8}:/.test(line));
    return `${text}${own?.replace(/:[\dA-F]{4} /, portInHex(portOf(of, client)))}\n`;
  });

/** A client that was refused is answered instead, and its ACK is dropped: it is fooled. */
function fooledInstead(of: string, client: number, since: readonly string[]): Damage {
  return all(
    synAnswered(portOf(of, client), 'handshake'),
    captureRecounted(2),
    substituted(
      SWARM,
      new RegExp(`"event":"timed-out","by":"own-timer"(?=.*"client":${client},)`),
      '"event":"connected"',
    ),
    believing(of, client),
    ...since.map((snapshot) => recounted(snapshot, 'client', 'CurrEstab', 1)),
    dropsRecounted(1),
  );
}

/** The ACK of a request finds no place, and no RST answers it. */
const notReset = (client: number): Damage =>
  all(
    packetLost({ flags: 'R', nth: 0, port: portOf(ABORT_PATHS, client) }),
    captureRecounted(-1),
    withoutLines(SWARM, new RegExp(`"reset".*"client":${client},`)),
    believing(ABORT_PATHS, client),
    counted('server', { OutRsts: -1, EmbryonicRsts: -1 }),
    counted('client', { CurrEstab: 1 }),
  );

/** A late client that is refused to the end. */
function neverLetIn(client: number): Damage {
  const port = portOf(DRAINED, client);
  const row = new RegExp(portInHex(port));
  return all(
    packetLost({ flags: 'S.', nth: 0, port }),
    packetLost({ flags: '.', nth: 0, port }),
    captureRecounted(-2),
    substituted(
      SWARM,
      new RegExp(`"event":"connected"(?=.*"client":${client},)`),
      '"event":"timed-out","by":"own-timer"',
    ),
    withoutLines(FILES.serverEvents, new RegExp(`"accepted".*"remotePort":${port}`)),
    withoutLines(snapshotFile('closing', 'server', 'tcp'), row),
    withoutLines(snapshotFile('closing', 'client', 'tcp'), row),
    dropsRecounted(1),
    counted('server', { PassiveOpens: -1, CurrEstab: -1, ListenDrops: 1, ListenOverflows: 1 }),
    counted('client', { CurrEstab: -1 }),
  );
}

export const OTHER_FULL_QUEUES: readonly OtherKernel[] = [
  {
    what: 'a SYN alone is answered, and none of a burst',
    of: YOUNG,
    damage: fooledInstead(YOUNG, 4, ['knocked-alone', 'closing']),
    contradicts: {
      '001-f': 'SYNs answered: 1 alone, 0 in the burst',
      '000-e': 'SYNs answered: 1 alone, 0 in the burst',
      prediction: 'clients connected: predicted 3, measured 4 / 4',
    },
  },
  {
    what: 'with tcp_syncookies 1 every SYN gets past a full accept queue',
    of: COOKIES,
    damage: all(
      ...[4, 5, 6, 7].map((client) =>
        fooledInstead(COOKIES, client, ['behind-the-first', 'closing']),
      ),
    ),
    contradicts: {
      '001-j': 'every SYN is answered',
      prediction: 'clients connected: predicted 3, measured 7 / 7',
    },
  },
  {
    what: 'tcp_abort_on_overflow resets nobody',
    of: ABORT_PATHS,
    damage: all(notReset(4), notReset(5)),
    contradicts: {
      '001-c (ACK stage)': 'silence',
      prediction: 'clients fooled: predicted 1, measured 3',
    },
  },
  {
    what: 'tcp_abort_on_overflow resets a refused SYN, too',
    of: ABORT_PATHS,
    damage: all(
      synAnswered(portOf(ABORT_PATHS, 7), 'reset'),
      captureRecounted(1),
      substituted(SWARM, '"timed-out","by":"own-timer"', '"refused"'),
      counted('server', { OutRsts: 1 }),
    ),
    contradicts: {
      '001-c (SYN stage)': 'RST: connection reset by peer',
      prediction: 'clients timed out: predicted 1, measured 0',
    },
  },
  {
    what: 'a refused client is refused to the end',
    of: DRAINED,
    damage: neverLetIn(7),
    contradicts: {
      '001-k (drains)': '1 of 3 never get in',
      prediction: 'clients connected: predicted 8, measured 7 / 7',
    },
  },
];

/** Claims that no recorded run can contradict, with the reason. */
export const FULL_QUEUE_NEVER_CONTRADICTED: Readonly<Record<string, string>> = {
  '001-c (SYN cookie)': 'a single client is reset, as documented, or dropped in silence, as ever',
  '001-d':
    'some are refused, or (4.4 to 4.9, backlog 1) everybody gets a SYN cookie; that nobody is answered is tested with built evidence',
  '001-j (always)': 'some are refused, or (3.12 to 4.9) everybody gets a SYN cookie',
  '001-k':
    'more clients are connected than fit, or (4.10) as many as fit; fewer are tested with built evidence',
};
