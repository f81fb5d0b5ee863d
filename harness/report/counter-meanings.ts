import type { Host } from '../domain/tcp.ts';

/** What it means that a counter grew, in one plain sentence; counters that are not here are noise. */
export const COUNTER_MEANINGS: Readonly<
  Record<string, string | Readonly<Partial<Record<Host, string>>>>
> = {
  ListenOverflows: {
    server: 'segments (SYN or final ACK) that found the accept queue full',
  },
  ListenDrops: {
    server: 'segments that a listening socket dropped for any reason',
  },
  TCPReqQFullDrop: { server: 'SYNs dropped because the SYN queue was full' },
  TCPReqQFullDoCookies: {
    server: 'SYNs for which a cookie was decided on; SyncookiesSent says how many got one',
  },
  SyncookiesSent: { server: 'SYN-ACKs with a cookie, for which the server keeps no state' },
  SyncookiesRecv: { server: 'ACKs that brought a valid SYN cookie back' },
  SyncookiesFailed: { server: 'ACKs whose SYN cookie was not valid' },
  PassiveOpens: { server: 'connections that got a place in the accept queue' },
  ActiveOpens: { client: 'calls of connect(2) that sent a SYN' },
  TCPSynRetrans: {
    server: 'SYN-ACKs sent again because no ACK counted',
    client: 'SYNs sent again because no SYN-ACK came',
  },
  TCPTimeouts: {
    server: 'SYN-ACK timers that ran out; after the last the request is forgotten',
  },
  EmbryonicRsts: 'half-open connections that a RST ended',
  OutRsts: 'RSTs sent',
  AttemptFails: 'connections that failed before they were established',
  EstabResets: 'established connections that a RST ended',
};

export function meaningOf(host: Host, counter: string): string | undefined {
  const meaning = COUNTER_MEANINGS[counter];
  return typeof meaning === 'string' ? meaning : meaning?.[host];
}
