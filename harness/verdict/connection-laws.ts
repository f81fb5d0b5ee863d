/** What must add up among the connections of a run, and in the listener's queue. */
import type { Observations, Snapshot } from '../domain/observations.ts';
import { CLOSING_SNAPSHOT, OPENING_SNAPSHOT } from '../domain/plan.ts';
import { HOSTS, type Host } from '../domain/tcp.ts';
import { endedAtServer, endedConnections } from './closed-connections.ts';
import {
  answeredConnections,
  clientConnections,
  clientsThat,
  closing,
  growth,
  listenRowLength,
  opening,
  resetsFrom,
  serverConnections,
} from './figures.ts';
import { difference, type Law } from './law.ts';
import { closesTheListener, holdsSynAcksBack } from './plan-facts.ts';

/** Then a client may be answered on the wire and know nothing of it. */
export const synAcksHeldBack = ({ plan }: Observations): string | undefined =>
  holdsSynAcksBack(plan) ? 'SYN-ACKs were held back before they reached the clients' : undefined;

const listenerClosed = ({ plan }: Observations): string | undefined =>
  closesTheListener(plan) ? 'the listener is closed in the end' : undefined;

export function connectionLaws(seen: Observations): readonly Law[] {
  const connected = clientsThat(seen, 'connected');
  const passiveOpens = growth(seen, 'server', 'PassiveOpens');
  return [
    {
      name: 'who got a SYN-ACK is connected',
      left: ['connected clients', connected],
      right: ['connections with a SYN-ACK in the capture', answeredConnections(seen)],
      notApplicable: synAcksHeldBack(seen),
    },
    {
      name: 'the client’s kernel has what its clients have',
      left: ['connections in the client’s socket table', clientConnections(seen)],
      right: ['connected clients − connections that ended', connected - endedConnections(seen)],
    },
    {
      name: 'the server’s kernel has what it opened',
      left: ['connections in the server’s socket table', serverConnections(seen)],
      right: [
        'PassiveOpens − EstabResets of the server − connections that it closed after the client',
        difference(
          difference(passiveOpens, growth(seen, 'server', 'EstabResets')),
          endedAtServer(seen),
        ),
      ],
    },
    {
      name: 'the accept queue holds what was opened and not accepted',
      left: ['Recv-Q of the listener', closing(seen)?.listener?.acceptQueueLength],
      right: ['PassiveOpens − accepted connections', difference(passiveOpens, seen.accepted)],
      notApplicable: listenerClosed(seen),
    },
    {
      name: 'resets of the server',
      left: ['RSTs from the server in the capture', resetsFrom(seen, 'server')],
      right: ['OutRsts of the server', growth(seen, 'server', 'OutRsts')],
    },
    {
      name: 'resets of the client',
      left: ['RSTs from the client in the capture', resetsFrom(seen, 'client')],
      right: ['OutRsts of the client', growth(seen, 'client', 'OutRsts')],
    },
  ];
}

export function snapshotLaws(seen: Observations): readonly Law[] {
  return [
    {
      name: 'the accept queue was empty at first',
      left: ['Recv-Q of the listener at the opening', opening(seen)?.listener?.acceptQueueLength],
      right: ['none', 0],
    },
    samplerLaw(seen),
    ...listenedLaws(seen),
    ...[...seen.snapshots.values()].flatMap((snapshot) =>
      BALANCED.has(snapshot.name)
        ? [
            twoReadings(seen, snapshot),
            ...HOSTS.map((host) => establishedAt(snapshot, host)),
            ...stillWire(seen, snapshot),
          ]
        : [twoListeners(seen, snapshot)],
    ),
  ];
}

/** The sampler runs beside the closing snapshot; a sample before or after it may see another queue. */
function samplerLaw(seen: Observations): Law {
  const taken = seen.steps.find(({ label }) => label === CLOSING_SNAPSHOT);
  const during = seen.samples.filter(
    ({ atMs, acceptQueueLength }) =>
      acceptQueueLength !== undefined &&
      taken !== undefined &&
      taken.startedAtMs <= atMs &&
      atMs <= taken.endedAtMs,
  );
  return {
    name: 'the sampler saw the same queue',
    left: ['accept-queue length of a sample during the closing', during.at(-1)?.acceptQueueLength],
    right: ['Recv-Q of the listener at the closing', closing(seen)?.listener?.acceptQueueLength],
    notApplicable: notSampled(seen, during.length),
  };
}

function notSampled({ servers }: Observations, samples: number): string | undefined {
  if (servers.length > 1) return 'the sampler looks at one of several listeners only';
  return samples === 0 ? 'no sample fell into the closing snapshot' : undefined;
}

/** Only while the counters stand still do two readings one after the other give the same. */
const BALANCED: ReadonlySet<string> = new Set([OPENING_SNAPSHOT, CLOSING_SNAPSHOT]);

const twoListeners = (seen: Observations, snapshot: Snapshot): Law => ({
  name: `two readings of the listener, ${snapshot.name}`,
  left: ['listeners by ss', snapshot.listener === undefined ? 0 : 1],
  right: ['LISTEN rows in /proc/net/tcp', listenRowLength(seen, snapshot) === undefined ? 0 : 1],
});

/** listen(2) and what `ss` reads of it: the first call before the opening, the last before the closing. */
const listenedLaws = (seen: Observations): readonly Law[] => [
  {
    name: 'the limit that the server announced at first',
    left: ['announced limit', seen.announcedLimits[0]],
    right: ['Send-Q of the listener at the opening', opening(seen)?.listener?.acceptQueueLimit],
  },
  {
    name: 'the limit that the server announced last',
    left: ['announced limit', seen.announcedLimits.at(-1)],
    right: ['Send-Q of the listener at the closing', closing(seen)?.listener?.acceptQueueLimit],
    notApplicable: listenerClosed(seen),
  },
];

/** Where the agents' connections move some counters all the time, stillness is seen on the wire too. */
const stillWire = ({ cluster }: Observations, snapshot: Snapshot): readonly Law[] =>
  cluster === undefined
    ? []
    : [
        {
          name: `nothing crossed the wire during the ${snapshot.name}`,
          left: ['segments captured while the counters were read', snapshot.segments],
          right: ['none', 0],
        },
      ];

/** CurrEstab counts what is in these two states; see the MIB of RFC 4022. */
const establishedAt = (snapshot: Snapshot, host: Host): Law => ({
  name: `established connections of the ${host}, ${snapshot.name}`,
  left: ['CurrEstab', snapshot.counters[host].get('CurrEstab')],
  right: [
    'rows in ESTABLISHED or CLOSE-WAIT',
    snapshot.sockets[host].filter(({ state }) => state === 'ESTABLISHED' || state === 'CLOSE-WAIT')
      .length,
  ],
});

function twoReadings(seen: Observations, snapshot: Snapshot): Law {
  const bySs = snapshot.listener?.acceptQueueLength;
  const byProc = listenRowLength(seen, snapshot);
  const nothingListens = bySs === undefined && byProc === undefined;
  return {
    name: `two readings of the accept queue, ${snapshot.name}`,
    left: ['Recv-Q by ss', bySs],
    right: ['rx_queue in /proc/net/tcp', byProc],
    notApplicable: nothingListens ? 'nothing listened at this snapshot' : undefined,
  };
}
