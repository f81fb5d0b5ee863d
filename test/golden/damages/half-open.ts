/** Clients that are fooled for certain, and a backlog of more than 16 bits. */
import { FILES, snapshotFile } from '../../../harness/domain/evidence.ts';
import {
  all,
  captureRecounted,
  type Damage,
  dropsRecounted,
  edited,
  recounted,
  requeued,
  substituted,
  withoutLines,
} from '../../helpers/damage.ts';
import { packetLost, packetReflagged, packetShifted } from '../../helpers/damage-capture.ts';
import { counted, FLAGS, type OtherKernel, oneFewer, resampled } from './other-kernels.ts';
import { closing, portOf, row, type SingleDamage, SWARM } from './recorded.ts';

const HALF_OPEN = 'half-open-connections';
const HELD = 7;
const KEEPALIVE = 'keepalive-believes';
const BELIEVER = 4;
const DOUBTER = 5;
const SENDS = 'fooled-client-sends';
const SENDER = 3;
const BEYOND = 'backlog-beyond-16-bits';

const ofBeliever = { port: portOf(KEEPALIVE, BELIEVER) };
const ofDoubter = { port: portOf(KEEPALIVE, DOUBTER) };
const ofSender = { port: portOf(SENDS, SENDER) };

/** What a client says of one event, so much later. */
const toldLater = (event: string, client: number, byMs: number): Damage =>
  edited(SWARM, (text) =>
    text.replace(
      new RegExp(`("event":"${event}".*"monotonicMs":)([\\d.]+)(,"client":${client}\\b)`),
      (_, before, atMs, after) => `${before}${Number(atMs) + byMs}${after}`,
    ),
  );

const givenUp = (client: number): Damage =>
  substituted(
    SWARM,
    new RegExp(`"event":"reset","stage":"[a-z-]+"(?=.*"client":${client}\\b)`),
    '"event":"timed-out-by-kernel"',
  );

export const HALF_OPEN_DAMAGES: readonly SingleDamage[] = [
  {
    what: 'the fooled connection is missing in the client’s table',
    of: HALF_OPEN,
    damage: withoutLines(closing('client', 'tcp'), row(HALF_OPEN, HELD)),
    names:
      'the client’s kernel has what its clients have: connections in the client’s socket table 7',
  },
  {
    what: 'the server’s kernel counts one connection more',
    of: HALF_OPEN,
    damage: recounted('closing', 'server', 'CurrEstab', 1),
    names: 'established connections of the server, closing: CurrEstab 8',
  },
  {
    what: 'the last place was taken only when the SYN-ACK had been repeated',
    of: HALF_OPEN,
    damage: toldLater('connected', 8, 3_000),
    names: 'the machine was too slow: a SYN-ACK was repeated',
  },
  {
    what: 'the ACK that answers a probe came late',
    of: KEEPALIVE,
    damage: packetShifted({ flags: '.', nth: 2, ...ofBeliever }, 100),
    names: 'probes for requests in SYN-RECV: answered with nothing',
    claims: ['000-c (SYN-RECV)'],
  },
  {
    what: 'the server sent one segment more',
    of: KEEPALIVE,
    damage: recounted('closing', 'server', 'OutSegs', 1),
    names: '2 ACKs for 1 probes',
    claims: ['000-c (SYN-RECV)'],
  },
  {
    what: 'the client that probed early was reset early',
    of: KEEPALIVE,
    damage: toldLater('reset', BELIEVER, -2_000),
    names: 'lives of the clients that probe early: answered with RST',
    claims: ['000-c (SYN-RECV)'],
  },
  {
    what: 'the RST that answers a probe came late',
    of: KEEPALIVE,
    damage: packetShifted({ flags: 'R', nth: 0, ...ofDoubter }, -100),
    names: 'probes for forgotten requests: answered with nothing and RST',
    claims: ['000-c'],
  },
  {
    what: 'a client does not say that it was reset',
    of: KEEPALIVE,
    damage: withoutLines(SWARM, /"reset".*"client":5\b/),
    names: 'ends of the fooled clients: held, reset-before-data',
    claims: ['000-c'],
  },
  {
    what: 'the first probe came when the request was forgotten',
    of: KEEPALIVE,
    damage: packetShifted({ flags: '.', nth: 1, ...ofBeliever }, 1_900),
    names: 'the machine was too slow: the first probe left when its request was forgotten',
  },
  {
    what: 'the sender does not say that it was reset',
    of: SENDS,
    damage: withoutLines(SWARM, /"reset"/),
    names: 'ends of the fooled clients: repeated unanswered, never a RST',
    claims: ['001-e'],
  },
  {
    what: 'repeated data is off its doubling distances',
    of: SENDS,
    damage: packetShifted({ flags: '.', nth: 3, ...ofSender }, 200),
    names: 'not at doubling distances',
    claims: ['001-e'],
  },
  {
    what: 'the RST came before the request was forgotten',
    of: SENDS,
    damage: packetShifted({ flags: 'R', nth: 0, ...ofSender }, -1_000),
    names: 'RST at another time than the request’s end',
    claims: ['001-e'],
  },
  {
    what: 'the client’s kernel repeated more than was dropped',
    of: SENDS,
    damage: recounted('closing', 'client', 'RetransSegs', 5),
    names: '10 repetitions, 6 dropped',
    claims: ['001-e'],
  },
  {
    what: 'the data left when the request was about to be forgotten',
    of: SENDS,
    damage: packetShifted({ flags: '.', nth: 0, ...ofSender }, 2_800),
    names: 'the machine was too slow: the data left when its request was about to be forgotten',
  },
  {
    what: 'the server announces a limit of 16 bits',
    of: BEYOND,
    damage: substituted(FILES.serverEvents, '"acceptQueueLimit":262144', '"acceptQueueLimit":0'),
    names: 'the limit that the server announced last: announced limit 0',
  },
];

/** The held client's ACK is taken although the queue is full. */
const admitted: Damage = all(
  edited(closing('server', 'tcp'), (text) =>
    text.replace(new RegExp(`(.*${row(HALF_OPEN, HELD).source})03 `), '$101 '),
  ),
  requeued('closing', 1),
  resampled(1),
  dropsRecounted(-2),
  counted('server', { PassiveOpens: 1, CurrEstab: 1, ListenDrops: -1, ListenOverflows: -1 }),
);

/** A RST at the first probe, and so no second one. */
const resetInSynRecv: Damage = all(
  packetLost({ flags: 'R', nth: 0, ...ofBeliever }),
  packetLost({ flags: '.', nth: 3, ...ofBeliever }),
  packetReflagged({ flags: '.', nth: 2, ...ofBeliever }, FLAGS.rst),
  captureRecounted(-2),
  counted('server', { OutSegs: -1 }),
  counted('client', { TCPKeepAlive: -1 }),
  toldLater('reset', BELIEVER, -2_000),
);

/** Somebody who probes for a forgotten request is never told. */
const probesIgnored: Damage = all(
  packetLost({ flags: 'R', nth: 0, ...ofBeliever }),
  packetLost({ flags: 'R', nth: 0, ...ofDoubter }),
  captureRecounted(-2),
  counted('server', { OutRsts: -2, OutSegs: -2 }),
  counted('client', { TCPKeepAlive: -2 }),
  givenUp(BELIEVER),
  givenUp(DOUBTER),
);

/** The limit is cut to 1: places for two. */
const limitOfOne: Damage = all(
  oneFewer(BEYOND, 3),
  substituted(FILES.serverEvents, '"acceptQueueLimit":262144', '"acceptQueueLimit":1'),
  ...['opening', 'closing'].map((snapshot) =>
    substituted(snapshotFile(snapshot, 'server', 'ss-listen'), /^(LISTEN \d+ +)262144 /m, '$11 '),
  ),
);

export const HALF_OPEN_KERNELS: readonly OtherKernel[] = [
  {
    what: 'an ACK for a full accept queue is taken all the same',
    of: HALF_OPEN,
    damage: admitted,
    contradicts: {
      '000-a': '8 at the client, 8 at the server',
      prediction: 'accept-queue length: predicted 7, measured 8 / 8',
    },
  },
  {
    what: 'a probe for a request in SYN-RECV is answered with RST',
    of: KEEPALIVE,
    damage: resetInSynRecv,
    contradicts: { '000-c (SYN-RECV)': 'answered with RST' },
  },
  {
    what: 'a probe for a forgotten request is never answered',
    of: KEEPALIVE,
    damage: probesIgnored,
    contradicts: { '000-c': 'answered with nothing' },
  },
  {
    what: 'data for a forgotten request is never answered',
    of: SENDS,
    damage: all(
      packetLost({ flags: 'R', nth: 0, ...ofSender }),
      captureRecounted(-1),
      counted('server', { OutRsts: -1, OutSegs: -1 }),
      givenUp(SENDER),
    ),
    contradicts: { '001-e': 'repeated unanswered, never a RST' },
  },
  {
    what: 'a limit of 262144 becomes 1',
    of: BEYOND,
    damage: limitOfOne,
    contradicts: {
      '000-d': 'places for 2 of 3 clients',
      prediction: 'accept-queue limit: predicted 262144, measured 1 / 1',
    },
  },
];
