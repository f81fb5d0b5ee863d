/** Servers that accept and close: caps, relays, short connections. */
import { FILES, serverEventsFile } from '../../../harness/domain/evidence.ts';
import {
  all,
  captureRecounted,
  type Damage,
  edited,
  recounted,
  substituted,
} from '../../helpers/damage.ts';
import { packetLost } from '../../helpers/damage-capture.ts';
import type { OtherKernel } from './other-kernels.ts';
import { listenerMissing, type SingleDamage, SWARM } from './recorded.ts';

/** Two of four clients stay. */
const CAP = 'connection-cap';
/** All four stay. */
const CAP_ENOUGH = 'connection-cap-enough';
/** Two of four senders stay at the first relay, all at the second. */
const RELAYS = 'relay-traffic';
const RELAYS_EVEN = 'relay-traffic-even';
/** With somaxconn 1 two of four short connections fail, with 32 none. */
const SHORT = 'short-connections';

/** What happened to the first short connections happened to the last ones, and the other way round. */
const wavesSwapped: Damage = edited(SWARM, (text) =>
  text.replace(/"wave":"(short|short-raised)"/g, (_, wave) =>
    wave === 'short' ? '"wave":"short-raised"' : '"wave":"short"',
  ),
);

export const SERVING: readonly SingleDamage[] = [
  {
    what: 'the server says that it kept one whom it dropped',
    of: CAP,
    damage: substituted(FILES.serverEvents, '"event":"dropped"', '"event":"accepted"'),
    names: 'connections that it kept and dropped: 3 stay',
    claims: ['004-a', '004-b'],
  },
  {
    what: 'the server says that it dropped one whom it kept',
    of: CAP_ENOUGH,
    damage: substituted(FILES.serverEvents, '"event":"accepted"', '"event":"dropped"'),
    names: 'connections that it kept and dropped: 3 stay, 1 are closed',
    claims: ['004-d'],
  },
  {
    what: 'the client’s FIN is missing after the server’s',
    of: CAP,
    damage: all(packetLost({ flags: 'F.', nth: 1 }), captureRecounted(-1)),
    names:
      'the client’s kernel has what its clients have: connections in the client’s socket table 2',
    breaks: 'the client’s kernel has what its clients have',
  },
  {
    what: 'the free relay received less than was sent',
    of: RELAYS,
    damage: edited(serverEventsFile(1), (text) => text.replaceAll('"bytes":100', '"bytes":10')),
    names: 'bytes that each relay received: the capped relay gets more traffic',
    claims: ['004-c'],
  },
  {
    what: 'one message is shorter at the capped relay',
    of: RELAYS_EVEN,
    damage: substituted(serverEventsFile(0), '"bytes":100', '"bytes":99'),
    names: 'bytes that each relay received: the capped relay gets less traffic',
    claims: ['004-d (traffic)'],
  },
  {
    what: 'clients tell of each other’s short connections',
    of: SHORT,
    damage: wavesSwapped,
    names: 'clients that failed: somaxconn 1: no error; 32: errors',
    claims: ['003-e', '003-g'],
  },
  {
    what: 'an overflow is counted while the pool is at work',
    of: SHORT,
    damage: recounted('pool', 'server', 'ListenOverflows', 1),
    names: 'growth of ListenOverflows and ListenDrops: short connections: errors; pool: errors',
    claims: ['003-g'],
  },
  {
    what: 'a drop is counted after somaxconn was raised',
    of: SHORT,
    damage: recounted('short-raised', 'server', 'ListenDrops', 1),
    names: 'growth of ListenOverflows and ListenDrops: somaxconn 1: errors; 32: errors',
    claims: ['003-e'],
  },
  {
    what: 'the server’s FIN is missing after the client’s',
    of: SHORT,
    damage: all(packetLost({ flags: 'F.', nth: 2 }), captureRecounted(-1)),
    names: 'the server’s kernel has what it opened: connections in the server’s socket table 2',
    breaks: 'the server’s kernel has what it opened',
  },
  ...['short', 'pool', 'short-raised'].map((snapshot) => listenerMissing(SHORT, snapshot)),
];

/** The server was asked for another cap than it has. */
const asked = (cap: number, was: number): Damage =>
  all(
    substituted(FILES.plan, `"cap": ${was}`, `"cap": ${cap}`),
    substituted(FILES.plan, `"maxConnections": ${was}`, `"maxConnections": ${cap}`),
  );

/** The refused SYNs of the first part came in the last one, for everybody who tells of them. */
function failedOnlyWhenRaised(): Damage {
  const early = ['short', 'pool'].flatMap((snapshot) =>
    ['ListenOverflows', 'ListenDrops'].map((counter) => recounted(snapshot, 'server', counter, -2)),
  );
  return all(wavesSwapped, ...early, edited(FILES.timeline, earlySnapshots));
}

/** The snapshots in between are taken when nobody has come yet. */
function earlySnapshots(text: string): string {
  const atMs = /"label":"opening".*"stillUntilMonotonicMs":([\d.]+)/.exec(text)?.[1];
  return text.replace(
    /("label":"(?:short|pool)".*"stillFromMonotonicMs":)[\d.]+(,"stillUntilMonotonicMs":)[\d.]+/g,
    `$1${atMs}$2${atMs}`,
  );
}

export const OTHER_SERVERS: readonly OtherKernel[] = [
  {
    what: 'the server keeps fewer connections than its cap',
    of: CAP,
    damage: asked(3, 2),
    contradicts: { '004-a': '2 stay, the others are closed at once', '004-b': 'and 2 connections' },
  },
  {
    what: 'a cap that holds all ends nothing',
    of: CAP,
    damage: asked(4, 2),
    contradicts: { '004-d': '2 stay', prediction: 'clients connected: predicted 4, measured' },
  },
  {
    what: 'a relay beyond its cap gets its share all the same',
    of: RELAYS_EVEN,
    damage: asked(2, 3),
    contradicts: { '004-c': 'both relays get the same traffic' },
  },
  {
    what: 'a relay below its cap gets less than its share',
    of: RELAYS,
    damage: asked(4, 2),
    contradicts: {
      '004-d (traffic)': 'the capped relay gets less traffic',
      prediction: 'clients connected: predicted 8, measured',
    },
  },
  {
    what: 'short connections fail only when somaxconn is raised',
    of: SHORT,
    damage: failedOnlyWhenRaised(),
    contradicts: {
      '003-e': 'somaxconn 1: no error; 32: errors',
      '003-g': 'short connections: no error; pool: no error',
    },
  },
];
