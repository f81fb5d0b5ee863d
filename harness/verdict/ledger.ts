/**
 * The conservation laws of a run: what packets, counters, socket tables and clients say of the same
 * window must add up, or the evidence cannot be trusted and nothing is judged. Every law names both
 * of its sides, which come from different witnesses.
 */
import type { Observations } from '../domain/observations.ts';
import type { Identity, Ledger } from '../domain/verdict.ts';
import {
  answeredConnections,
  attemptsMade,
  clientConnections,
  clientsThat,
  closing,
  droppedAcks,
  growth,
  listenRowLength,
  refusedSyns,
  repeatedSynAcks,
  repeatedSyns,
  resetsFrom,
  serverConnections,
} from './figures.ts';

interface Law {
  readonly name: string;
  readonly left: readonly [what: string, value: number | undefined];
  readonly right: readonly [what: string, value: number | undefined];
  /** Why the law does not bind this run; then it counts neither way. */
  readonly notApplicable?: string | undefined;
}

export function keepLedger(seen: Observations): Ledger {
  const identities = lawsOf(seen).map(weigh);
  const balanced = identities.every(
    ({ status }) => status === 'holds' || status === 'not-applicable',
  );
  return { balanced, identities };
}

function weigh(law: Law): Identity {
  const [leftIs, left] = law.left;
  const [rightIs, right] = law.right;
  const sides = { name: law.name, left: left ?? null, right: right ?? null, leftIs, rightIs };
  if (law.notApplicable !== undefined) {
    return { ...sides, status: 'not-applicable', note: law.notApplicable };
  }
  if (left === undefined || right === undefined) {
    return { ...sides, status: 'unknown', note: 'one side cannot be computed from this evidence' };
  }
  return { ...sides, status: left === right ? 'holds' : 'broken' };
}

const lawsOf = (seen: Observations): readonly Law[] => [
  ...captureLaws(seen),
  ...synLaws(seen),
  ...connectionLaws(seen),
];

function captureLaws(seen: Observations): readonly Law[] {
  const { capture } = seen;
  const wireDrops = closing(seen)?.wireDrops;
  return [
    {
      name: 'tcpdump missed no packet',
      left: ['packets dropped by the kernel before tcpdump', capture.droppedByKernel],
      right: ['none', 0],
    },
    {
      name: 'every captured packet is in the file',
      left: ['packets in capture.pcap', capture.packets],
      right: ['packets captured, by tcpdump’s own count', capture.captured],
    },
    {
      name: 'every packet was understood',
      left: ['packets that could not be decoded', capture.undecodable],
      right: ['none', 0],
    },
    {
      name: 'the wire lost nothing',
      left: ['drops and errors of both interfaces', sum(wireDrops?.server, wireDrops?.client)],
      right: ['none', 0],
    },
  ];
}

function synLaws(seen: Observations): readonly Law[] {
  const cookies = growth(seen, 'server', 'SyncookiesSent') ?? 0;
  const listenDrops = growth(seen, 'server', 'ListenDrops');
  const listenOverflows = growth(seen, 'server', 'ListenOverflows');
  return [
    {
      name: 'every attempt sent a SYN',
      left: ['attempts of the clients', attemptsMade(seen)],
      right: [
        'first SYNs in the capture',
        seen.connections.filter(({ syns }) => syns.length > 0).length,
      ],
    },
    {
      name: 'every attempt was counted by the client’s kernel',
      left: ['attempts of the clients', attemptsMade(seen)],
      right: ['ActiveOpens of the client', growth(seen, 'client', 'ActiveOpens')],
    },
    {
      name: 'repeated SYNs',
      left: ['SYN retransmissions in the capture', repeatedSyns(seen)],
      right: ['TCPSynRetrans of the client', growth(seen, 'client', 'TCPSynRetrans')],
    },
    {
      name: 'repeated SYN-ACKs',
      left: ['SYN-ACK retransmissions in the capture', repeatedSynAcks(seen)],
      right: ['TCPSynRetrans of the server', growth(seen, 'server', 'TCPSynRetrans')],
      notApplicable:
        cookies > 0
          ? 'a SYN cookie sent again has the same sequence number but is no retransmission'
          : undefined,
    },
    {
      name: 'refused SYNs and dropped ACKs make ListenDrops',
      left: [
        'refused SYNs in the capture + dropped ACKs',
        sum(refusedSyns(seen), droppedAcks(seen)),
      ],
      right: ['ListenDrops of the server', listenDrops],
    },
    {
      name: 'drops beyond overflows are full SYN queues',
      left: ['ListenDrops − ListenOverflows', difference(listenDrops, listenOverflows)],
      right: ['TCPReqQFullDrop', growth(seen, 'server', 'TCPReqQFullDrop')],
      notApplicable: threeQuarterRule(seen),
    },
  ];
}

/** Without SYN cookies the kernel also refuses at three quarters of tcp_max_syn_backlog, uncounted. */
function threeQuarterRule(seen: Observations): string | undefined {
  const syncookies = seen.sysctls.find(
    ({ host, key }) => host === 'server' && key === 'net.ipv4.tcp_syncookies',
  );
  return syncookies?.found === '0'
    ? 'without SYN cookies the 3/4 rule refuses too, and has no counter'
    : undefined;
}

function connectionLaws(seen: Observations): readonly Law[] {
  const connected = clientsThat(seen, 'connected');
  const passiveOpens = growth(seen, 'server', 'PassiveOpens');
  return [
    {
      name: 'who got a SYN-ACK is connected',
      left: ['connected clients', connected],
      right: ['connections with a SYN-ACK in the capture', answeredConnections(seen)],
    },
    {
      name: 'the two ends differ by the fooled clients',
      left: [
        'connections at the client − at the server',
        difference(clientConnections(seen), serverConnections(seen)),
      ],
      right: [
        'connected clients − PassiveOpens of the server',
        difference(connected, passiveOpens),
      ],
    },
    {
      name: 'the accept queue holds what was opened and not accepted',
      left: ['Recv-Q of the listener', closing(seen)?.listener?.acceptQueueLength],
      right: ['PassiveOpens − accepted connections', difference(passiveOpens, seen.accepted)],
    },
    {
      name: 'two readings of the accept queue',
      left: ['Recv-Q by ss', closing(seen)?.listener?.acceptQueueLength],
      right: ['rx_queue in /proc/net/tcp', listenRowLength(seen)],
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

const sum = (left: number | undefined, right: number | undefined): number | undefined =>
  left === undefined || right === undefined ? undefined : left + right;

const difference = (left: number | undefined, right: number | undefined): number | undefined =>
  left === undefined || right === undefined ? undefined : left - right;
