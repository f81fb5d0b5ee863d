import type { Counters } from '../domain/observations.ts';
import type { Host } from '../domain/tcp.ts';

/**
 * Where server and clients share a host, these counters still tell of one end only: nobody else
 * listens there, or connects. All others move for both, and so tell of neither.
 */
const OF_ONE_END: Readonly<Record<Host, ReadonlySet<string>>> = {
  server: new Set([
    ...['ListenOverflows', 'ListenDrops', 'PassiveOpens', 'EmbryonicRsts'],
    ...['SyncookiesSent', 'SyncookiesRecv', 'SyncookiesFailed'],
    ...['TCPReqQFullDoCookies', 'TCPReqQFullDrop', 'TCPDeferAcceptDrop'],
  ]),
  client: new Set(['ActiveOpens', 'TCPKeepAlive', 'TCPAbortOnTimeout']),
};

export const ofOneEnd = (counters: Counters, host: Host): Counters =>
  new Map([...counters].filter(([counter]) => OF_ONE_END[host].has(counter)));
