/**
 * What a run folder would hold if the kernel had behaved otherwise: all witnesses tell the same, and
 * the books balance. So a document's claim can be found wrong, and not only undecided.
 */
import { FILES, snapshotFile } from '../../../harness/domain/evidence.ts';
import { HOSTS } from '../../../harness/domain/tcp.ts';
import {
  all,
  captureRecounted,
  type Damage,
  dropsRecounted,
  edited,
  portInHex,
  recounted,
  requeued,
  substituted,
  textOf,
  withoutLines,
} from '../../helpers/damage.ts';
import { packetAdded, packetLost } from '../../helpers/damage-capture.ts';
import { fixture } from '../../helpers/fixtures.ts';
import { connectedAtOnce } from './programs.ts';
import { ABORT, CAPPED, FOOLED, LISTEN_AGAIN, OVERFLOW, portOf, SWARM } from './recorded.ts';

export interface OtherKernel {
  readonly what: string;
  readonly of: string;
  readonly damage: Damage;
  /** What is found of each claim that this kernel contradicts. */
  readonly contradicts: Readonly<Record<string, string>>;
}

export const counted = (
  host: 'server' | 'client',
  counters: Readonly<Record<string, number>>,
): Damage =>
  all(...Object.entries(counters).map(([counter, by]) => recounted('closing', host, counter, by)));

const withoutRows = (port: number): Damage =>
  all(
    ...HOSTS.map((host) =>
      withoutLines(snapshotFile('closing', host, 'tcp'), new RegExp(portInHex(port))),
    ),
  );

/** What the sampler saw of the accept queue, all along. */
export const resampled = (by: number): Damage =>
  edited(FILES.samples, (text) =>
    text.replace(
      /"acceptQueueLength":(\d+)/g,
      (_, length: string) => `"acceptQueueLength":${Math.max(0, Number(length) + by)}`,
    ),
  );

/** A client that got the last place is refused instead; its own timer ends it. */
export function oneFewer(of: string, client: number): Damage {
  const port = portOf(of, client);
  return all(
    packetLost({ flags: 'S.', nth: 0, port }),
    packetLost({ flags: '.', nth: 0, port }),
    captureRecounted(-2),
    substituted(
      SWARM,
      new RegExp(`"event":"connected"(?=.*"client":${client},)`),
      '"event":"timed-out","by":"own-timer"',
    ),
    withoutRows(port),
    requeued('closing', -1),
    resampled(-1),
    dropsRecounted(1),
    counted('server', { PassiveOpens: -1, CurrEstab: -1, ListenDrops: 1, ListenOverflows: 1 }),
    counted('client', { CurrEstab: -1 }),
  );
}

/** The server and ss both tell a limit that is smaller by one. */
export const smallerLimit = (limit: number): Damage =>
  all(
    substituted(
      FILES.serverEvents,
      `"acceptQueueLimit":${limit}`,
      `"acceptQueueLimit":${limit - 1}`,
    ),
    ...['opening', 'closing'].map((snapshot) =>
      edited(snapshotFile(snapshot, 'server', 'ss-listen'), (text) =>
        text.replace(new RegExp(`^(LISTEN \\d+ +)${limit} `), `$1${limit - 1} `),
      ),
    ),
  );

/** The last client to connect before the queue was full. */
function lastConnected(of: string): number {
  const told = textOf(fixture(of), SWARM).matchAll(/"connected".*"client":(\d+)/g);
  return Number([...told].at(-1)?.[1]);
}

/** The byte of the TCP header. */
export const FLAGS = { ack: 0x10, synAck: 0x12, rst: 0x14 } as const;

/** The request is not forgotten in silence: the last answer to a repeated SYN-ACK draws a RST. */
function resetAfterAll(): Damage {
  const port = portOf(FOOLED, 3);
  return all(
    packetAdded({ flags: 'S.', nth: 2, port }, FLAGS.rst),
    captureRecounted(1),
    counted('server', { OutRsts: 1, EmbryonicRsts: 1 }),
    substituted(
      SWARM,
      /"event":"read-timed-out"(?=.*"client":3\b)/,
      '"event":"reset","stage":"before-data"',
    ),
    withoutLines(snapshotFile('closing', 'client', 'tcp'), new RegExp(portInHex(port))),
    counted('client', { CurrEstab: -1 }),
  );
}

/** tcp_abort_on_overflow is 1, and yet no RST is sent: the SYN-ACK is repeated once more. */
function noReset(): Damage {
  const port = portOf(ABORT, 3);
  const row = textOf(fixture(ABORT), snapshotFile('held-back', 'client', 'tcp'))
    .split('\n')
    .find((line) => line.includes(portInHex(port)));
  return all(
    packetLost({ flags: 'R', nth: 0, port }),
    packetAdded({ flags: 'S.', nth: 1, port }, FLAGS.synAck),
    counted('server', { OutRsts: -1, EmbryonicRsts: -1, TCPSynRetrans: 1 }),
    substituted(SWARM, '"event":"reset","stage":"before-data"', '"event":"read-timed-out"'),
    edited(snapshotFile('closing', 'client', 'tcp'), (text) => `${text}${row}\n`),
    counted('client', { CurrEstab: 1 }),
  );
}

export const OTHER_KERNELS: readonly OtherKernel[] = [
  {
    what: 'the queue holds no more than its limit',
    of: OVERFLOW,
    damage: oneFewer(OVERFLOW, 3),
    contradicts: { '001-a': '2', prediction: 'accept-queue length: predicted 3, measured 2 / 2' },
  },
  {
    what: 'the limit is one less than asked for',
    of: OVERFLOW,
    damage: all(oneFewer(OVERFLOW, 3), smallerLimit(2)),
    contradicts: {
      '001-a': '2',
      '001-h': '2',
      prediction: 'accept-queue limit: predicted 2, measured 1 / 1',
    },
  },
  {
    what: 'the limit is one less than somaxconn',
    of: CAPPED,
    damage: all(oneFewer(CAPPED, lastConnected(CAPPED)), smallerLimit(16)),
    contradicts: {
      '001-h': '16',
      '002-e': '16',
      '003-b': '16',
      prediction: 'accept-queue limit: predicted 16, measured 15 / 15',
    },
  },
  {
    // Only where a cookie's ACK may have been dropped do the books leave room for this.
    what: 'one refused SYN is not counted',
    of: OVERFLOW,
    damage: all(
      counted('server', { ListenDrops: -1, ListenOverflows: -1, SyncookiesRecv: 1 }),
      dropsRecounted(-1),
    ),
    contradicts: { '002-d': '2 for 3 refused SYNs', '003-f': '2 for 3 refused SYNs' },
  },
  {
    what: 'every refused SYN is counted twice',
    of: OVERFLOW,
    damage: all(
      counted('server', { ListenDrops: 3, ListenOverflows: 3, SyncookiesRecv: 1 }),
      dropsRecounted(3),
    ),
    contradicts: { '002-d': '2 per refused SYN', '003-f': '2 per refused SYN' },
  },
  {
    what: 'a SYN-ACK is repeated once more than tcp_synack_retries says',
    of: FOOLED,
    damage: all(
      packetAdded({ flags: 'S.', nth: 2, port: portOf(FOOLED, 3) }, FLAGS.synAck),
      packetAdded({ flags: '.', nth: 1, port: portOf(FOOLED, 3) }, FLAGS.ack),
      captureRecounted(2),
      counted('server', { TCPSynRetrans: 1, ListenDrops: 1, ListenOverflows: 1 }),
      dropsRecounted(2),
    ),
    contradicts: {
      '001-b (ii)': '1 fooled, SYN-ACK repeated 3 times on schedule',
      prediction: 'repeated SYN-ACKs off schedule: predicted 0, measured 1',
    },
  },
  {
    what: 'a RST ends the fooled connection',
    of: FOOLED,
    damage: resetAfterAll(),
    contradicts: {
      '000-b': 'forgotten with a RST, the client knows',
      '001-c': 'RST: connection reset by peer',
      prediction: 'clients fooled: predicted 1, measured 0 / 0',
    },
  },
  {
    what: 'tcp_abort_on_overflow sends no RST',
    of: ABORT,
    damage: noReset(),
    contradicts: {
      '001-c': 'silence: times out reading',
      prediction: 'clients fooled: predicted 0, measured 1 / 1',
    },
  },
  {
    what: 'a raised somaxconn reaches a listener at once',
    of: LISTEN_AGAIN,
    damage: all(
      edited(snapshotFile('full', 'server', 'ss-listen'), (text) =>
        text.replace(/^(LISTEN \d+ +)16 /, '$164 '),
      ),
      recounted('full', 'server', 'PassiveOpens', 7),
      edited(SWARM, connectedAtOnce),
    ),
    contradicts: { '003-c': 'the raised limit counts at once' },
  },
];

/** Claims that no recorded run can contradict, with the reason. */
export const NEVER_CONTRADICTED: Readonly<Record<string, string>> = {
  '001-b (i)':
    'a single late client is answered (before 4.10) or refused (4.10); two are tested with built evidence',
};
