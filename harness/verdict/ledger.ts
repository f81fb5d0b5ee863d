/**
 * The conservation laws of a run: what packets, counters, socket tables and clients say of the same
 * window must add up, or the evidence cannot be trusted and nothing is judged. Every law names both
 * of its sides, which come from different witnesses.
 */
import type { Observations, Snapshot } from '../domain/observations.ts';
import type { Host } from '../domain/tcp.ts';
import type { Identity, Ledger } from '../domain/verdict.ts';
import { isAtLeast, type KernelVersion, parseRelease } from '../kernel/release.ts';
import { rulesOf } from '../kernel/rules.ts';
import { applicationLaws } from './application-laws.ts';
import { connectionLaws, snapshotLaws, synAcksHeldBack } from './connection-laws.ts';
import {
  attemptsMade,
  clientsLikeTheirPackets,
  clientsPlanned,
  clientsThat,
  clientsWithPort,
  closing,
  foundOnServer,
  growth,
  listenerDrops,
  opening,
  refusedSyns,
  repeatedSynAcks,
  repeatedSyns,
} from './figures.ts';
import { difference, type Law, sum } from './law.ts';
import {
  closesTheListener,
  hasClientPrograms,
  laterValues,
  probes,
  replacesTheListener,
} from './plan-facts.ts';

export function keepLedger(seen: Observations): Ledger {
  const shared = sharedHost(seen);
  const identities = [
    // No counter of a host is asked for these.
    ...captureLaws(seen).map((law) => weigh(law, undefined)),
    ...lawsOfHosts(seen).map((law) => weigh(law, shared)),
  ];
  const balanced = identities.every(
    ({ status }) => status === 'holds' || status === 'not-applicable',
  );
  return { balanced, identities };
}

/** Why a counter may tell nothing: both ends move it. */
const sharedHost = ({ surroundings }: Observations): string | undefined =>
  surroundings.lacks?.find(({ what }) => what === 'two-hosts')?.instead;

function weigh(law: Law, shared: string | undefined): Identity {
  const [leftIs, left] = law.left;
  const [rightIs, right] = law.right;
  const sides = { name: law.name, left: left ?? null, right: right ?? null, leftIs, rightIs };
  if (law.notApplicable !== undefined) {
    return { ...sides, status: 'not-applicable', note: law.notApplicable };
  }
  if (left === undefined || right === undefined) {
    if (shared !== undefined) return { ...sides, status: 'not-applicable', note: shared };
    return { ...sides, status: 'unknown', note: 'one side cannot be computed from this evidence' };
  }
  return { ...sides, status: left === right ? 'holds' : 'broken' };
}

const lawsOfHosts = (seen: Observations): readonly Law[] => [
  ...clientLaws(seen),
  ...synLaws(seen),
  ...applicationLaws(seen),
  ...connectionLaws(seen),
  ...snapshotLaws(seen),
];

function captureLaws(seen: Observations): readonly Law[] {
  const { capture } = seen;
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
      left: ['drops and errors of both interfaces', wireDrops(seen)],
      right: ['none', 0],
    },
  ];
}

function clientLaws(seen: Observations): readonly Law[] {
  const clients = seen.clients.length;
  return [
    {
      name: 'every client of the plan tells its story',
      left: ['clients of the plan', clientsPlanned(seen)],
      right: ['clients with a story', clients],
      notApplicable: hasClientPrograms(seen.plan)
        ? 'client programs connect as often as their work asks'
        : undefined,
    },
    {
      name: 'every attempt has an outcome',
      left: ['clients with a story', clients],
      right: ['clients with an outcome', clients - clientsThat(seen, 'unsettled')],
    },
    {
      name: 'every client’s story is that of its packets',
      left: ['clients with a known port', clientsWithPort(seen).length],
      right: ['of these, clients whose packets end alike', clientsLikeTheirPackets(seen)],
      notApplicable: synAcksHeldBack(seen),
    },
  ];
}

/** Since the opening snapshot: what an interface dropped while it came up concerns nobody. */
function wireDrops(seen: Observations): number | undefined {
  const total = (snapshot: Snapshot | undefined): number | undefined =>
    sum(snapshot?.wireDrops.server, snapshot?.wireDrops.client);
  return difference(total(closing(seen)), total(opening(seen)));
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
      notApplicable: uncounted(seen, 'client', 'TCPSynRetrans', '4.4'),
    },
    {
      name: 'repeated SYN-ACKs',
      left: ['SYN-ACK retransmissions in the capture', repeatedSynAcks(seen)],
      right: ['TCPSynRetrans of the server', growth(seen, 'server', 'TCPSynRetrans')],
      notApplicable:
        cookies > 0
          ? 'a SYN cookie sent again has the same sequence number but is no retransmission'
          : uncounted(seen, 'server', 'TCPSynRetrans', '4.4'),
    },
    {
      name: 'refused SYNs and dropped ACKs make the listener’s drops',
      left: ['drops of the listener by ss', listenerDrops(seen)],
      right: [
        'refused SYNs in the capture + 2 × other ListenDrops + RSTs and SYNs to requests',
        expectedListenerDrops(seen),
      ],
      notApplicable: otherListenerDrops(seen),
    },
    {
      name: 'drops beyond overflows are full SYN queues',
      left: ['ListenDrops − ListenOverflows', difference(listenDrops, listenOverflows)],
      right: fullSynQueues(seen, cookies),
      notApplicable: threeQuarterRule(seen) ?? uncounted(seen, 'server', 'TCPReqQFullDrop', '3.1'),
    },
  ];
}

/** From 3.8 until 4.7 a SYN that is answered with a cookie adds one to ListenDrops too. */
function fullSynQueues(seen: Observations, cookies: number): Law['right'] {
  const drops = growth(seen, 'server', 'TCPReqQFullDrop');
  const release = parseRelease(seen.surroundings.kernelRelease);
  return release !== undefined && rulesOf(release).cookieCountedAsDrop
    ? ['TCPReqQFullDrop + SyncookiesSent', sum(drops, cookies)]
    : ['TCPReqQFullDrop', drops];
}

/** A counter that came with some release cannot be missed in an older one (el7 has both). */
function uncounted(
  seen: Observations,
  host: Host,
  counter: string,
  since: KernelVersion,
): string | undefined {
  const release = parseRelease(seen.surroundings.kernelRelease);
  const isOlder = release !== undefined && !isAtLeast(release, since);
  return isOlder && growth(seen, host, counter) === undefined
    ? `this kernel has no counter ${counter}`
    : undefined;
}

/**
 * A RST that ends a request counts as a drop of the listener too, and in no ListenDrops (seen on
 * 6.18). The server had said nothing but SYN-ACKs: it never had the connection.
 */
const requestsReset = ({ connections }: Observations): number =>
  connections.filter(
    ({ synAcks, resets, bareAcks, data, finishes }) =>
      synAcks.length > 0 &&
      resets.some(({ from }) => from === 'client') &&
      ![...bareAcks, ...data, ...finishes].some(({ from }) => from === 'server'),
  ).length;

/**
 * The listener's own count adds one for a refused SYN and two for a dropped final ACK, ListenDrops
 * adds one for each (4.7 and later, seen on 6.18). So packets, counters and the socket must agree.
 */
function expectedListenerDrops(seen: Observations): number | undefined {
  const refused = refusedSyns(seen);
  const acks = difference(growth(seen, 'server', 'ListenDrops'), refused);
  return acks === undefined
    ? undefined
    : refused + 2 * acks + requestsReset(seen) + synsToRequests(seen);
}

/**
 * A SYN that is repeated although the server holds its request is answered and then dropped: it
 * counts like a RST to a request (seen on 6.12). Where cookies were sent only the socket table tells
 * which clients are requests.
 */
function synsToRequests(seen: Observations): number {
  const rows = closing(seen)?.sockets.server.filter(({ state }) => state === 'SYN-RECV') ?? [];
  const requests = new Set(rows.map((row) => `${row.remoteAddress} ${row.remotePort}`));
  const sentCookies = (growth(seen, 'server', 'SyncookiesSent') ?? 0) > 0;
  return seen.connections
    .filter(
      ({ clientAddress, clientPort }) =>
        !sentCookies || requests.has(`${clientAddress} ${clientPort}`),
    )
    .flatMap(({ syns, synAcks: [answered] }) =>
      answered === undefined
        ? []
        : syns.filter(({ atMs, retransmission }) => retransmission && atMs > answered.atMs),
    ).length;
}

/** `d` of skmem came with 4.7; a kernel that has it shows it in every snapshot. */
const countsNoListenerDrops = (seen: Observations): boolean =>
  [opening(seen), closing(seen)].every(
    (snapshot) => snapshot?.listener !== undefined && snapshot.listener.drops === undefined,
  );

function otherListenerDrops(seen: Observations): string | undefined {
  if (countsNoListenerDrops(seen)) return 'this kernel does not count the drops of a listener';
  if (closesTheListener(seen.plan)) return 'the listener is closed in the end';
  if (replacesTheListener(seen.plan)) return 'another listener took its place';
  if (probes(seen.plan)) {
    return 'a keepalive probe to a request adds one to the listener’s drops and to no counter';
  }
  const cookieAcks = growth(seen, 'server', 'SyncookiesRecv') ?? 0;
  return cookieAcks > 0 && growth(seen, 'server', 'ListenDrops') !== refusedSyns(seen)
    ? 'a dropped ACK with a SYN cookie adds only one to the listener’s drops, and no counter tells it apart'
    : undefined;
}

const SYNCOOKIES = 'net.ipv4.tcp_syncookies';

/** Without SYN cookies the kernel also refuses at three quarters of tcp_max_syn_backlog, uncounted. */
function threeQuarterRule(seen: Observations): string | undefined {
  const values = [foundOnServer(seen, SYNCOOKIES), ...laterValues(seen.plan, SYNCOOKIES)];
  return values.includes('0')
    ? 'without SYN cookies the 3/4 rule refuses too, and has no counter'
    : undefined;
}
