/** What each side of the evidence knows of a SYN queue, and of what it did not take in. */
import type { NetstatText, Observations } from '../domain/observations.ts';
import { answeredConnections, closing, growth, opening, synQueueLengthAt } from './figures.ts';

/** Requests in the SYN queue at the closing snapshot, as each side of the evidence tells. */
export interface SynQueueHeld {
  /** SYN-RECV rows. */
  readonly sockets: number | undefined;
  /** Connections with a SYN-ACK, without those that a SYN cookie answered. */
  readonly packets: number;
  /** Calls of connect(2) whose SYN was neither dropped nor answered with a SYN cookie. */
  readonly counters: number | undefined;
}

/** For runs in which no handshake is finished and no SYN is repeated. */
export function synQueueHeld(seen: Observations): SynQueueHeld {
  const cookies = growth(seen, 'server', 'SyncookiesSent') ?? 0;
  return {
    sockets: synQueueLengthAt(closing(seen)),
    packets: answeredConnections(seen) - cookies,
    counters: heldByCounters(seen, cookies),
  };
}

/** A kernel that has no TCPReqQFullDrop (before 3.1) does not count dropped SYNs at all. */
function heldByCounters(seen: Observations, cookies: number): number | undefined {
  const attempts = growth(seen, 'client', 'ActiveOpens');
  const drops = growth(seen, 'server', 'ListenDrops');
  if (attempts === undefined || drops === undefined) return undefined;
  // From 3.8 to 4.6 a SYN cookie adds to ListenDrops, too.
  if (cookies > 0) return attempts - cookies;
  return growth(seen, 'server', 'TCPReqQFullDrop') === undefined ? undefined : attempts - drops;
}

/** Growth of two counters as `netstat -s` puts them into words; see `NetstatText`. */
export function netstatGrowth(seen: Observations): NetstatText | undefined {
  const text = closing(seen)?.netstatText;
  const before = opening(seen)?.counters.server;
  const overflows = before?.get('ListenOverflows');
  const drops = before?.get('ListenDrops');
  if (text === undefined || overflows === undefined || drops === undefined) return undefined;
  return { overflowed: text.overflowed - overflows, dropped: text.dropped - drops };
}
