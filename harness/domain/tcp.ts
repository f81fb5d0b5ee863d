/**
 * The field's words as types. Times are milliseconds on the run's one time axis: zero is the moment
 * the first `connect` step of the plan began.
 */

/** The two machines of the laboratory, joined by one wire. */
export const HOSTS = ['server', 'client'] as const;
export type Host = (typeof HOSTS)[number];

export type AddressFamily = 4 | 6;

/** Who ended a connect(2) that nobody answered. The application's timer usually wins by far. */
export type TimedOutBy = 'own-timer' | 'kernel';

/**
 * What one connect(2) came to, as the client process saw it. `failed` is a local failure (EMFILE,
 * EADDRNOTAVAIL, ...): it says nothing about the server and is never counted as its doing.
 */
export type ConnectOutcome =
  | { readonly kind: 'connected'; readonly afterMs: number }
  | { readonly kind: 'timed-out'; readonly afterMs: number; readonly by: TimedOutBy }
  | { readonly kind: 'refused'; readonly afterMs: number }
  | { readonly kind: 'reset'; readonly afterMs: number }
  | { readonly kind: 'failed'; readonly afterMs: number; readonly code: string }
  /** The run ended before the attempt was settled. */
  | { readonly kind: 'unsettled' };

/** What happened to a connection after connect(2) had succeeded. */
export type ConnectionEnd =
  | { readonly kind: 'held' }
  | { readonly kind: 'read-timed-out'; readonly atMs: number }
  | { readonly kind: 'reset-before-data'; readonly atMs: number }
  | { readonly kind: 'reset-after-data'; readonly atMs: number }
  | { readonly kind: 'closed-by-server'; readonly atMs: number }
  | { readonly kind: 'closed-by-client'; readonly atMs: number }
  | { readonly kind: 'timed-out-by-kernel'; readonly atMs: number }
  | { readonly kind: 'failed'; readonly atMs: number; readonly code: string };

/** One client of the swarm from its own point of view. `localAddress` and `localPort` join it to its packets. */
export interface ClientStory {
  /** Counted from 1 over the whole run. */
  readonly client: number;
  readonly wave: string;
  readonly localAddress?: string;
  readonly localPort?: number;
  readonly startedAtMs: number;
  readonly outcome: ConnectOutcome;
  /** Absent unless the outcome is `connected`. */
  readonly end?: ConnectionEnd;
  /** The client whose connection this one was to replace. */
  readonly reconnects?: number;
  /** Payload handed to the kernel, and received; absent: none. */
  readonly sentBytes?: number;
  readonly receivedBytes?: number;
}

/** One SYN on the wire, a retransmission included. */
export interface Syn {
  readonly atMs: number;
  readonly retransmission: boolean;
  /** When the SYN-ACK that answers this very segment left the server; absent means refused. */
  readonly answeredAtMs?: number;
}

/** One SYN-ACK on the wire. Not a retransmission: the first, or one that answers a repeated SYN under a new sequence number. */
export interface SynAck {
  readonly atMs: number;
  readonly retransmission: boolean;
}

/** A segment that carries payload, from either side. */
export interface DataSegment {
  readonly atMs: number;
  readonly from: Host;
  readonly bytes: number;
  /** Every byte of it was seen before. */
  readonly retransmission: boolean;
}

/** A segment without payload, SYN, FIN or RST. */
export interface BareAck {
  readonly atMs: number;
  readonly from: Host;
  /** A keepalive probe: its sequence number lies one before the next expected byte. */
  readonly keepAliveProbe: boolean;
}

export interface Reset {
  readonly atMs: number;
  readonly from: Host;
}

export interface Finish {
  readonly atMs: number;
  readonly from: Host;
  readonly retransmission: boolean;
  /** It does not acknowledge the other side's FIN, which is on its way: both close at once. */
  readonly crosses?: true;
}

/** The state of a connection as far as packets can tell. */
export type HandshakeState =
  /** No SYN-ACK was ever seen. */
  | 'unanswered'
  /** A SYN-ACK, but no final ACK from the client. */
  | 'answered'
  /** SYN, SYN-ACK and the client's ACK were seen: the client believes in the connection. */
  | 'completed';

/** One attempt's packets, rebuilt from the server's capture. A new initial sequence number is a new attempt. */
export interface Connection {
  readonly serverAddress: string;
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly state: HandshakeState;
  readonly syns: readonly Syn[];
  readonly synAcks: readonly SynAck[];
  readonly bareAcks: readonly BareAck[];
  readonly data: readonly DataSegment[];
  readonly resets: readonly Reset[];
  readonly finishes: readonly Finish[];
}

/** `st` of /proc/net/tcp and the state column of ss, in the kernel's numbering. */
export type SocketState =
  | 'ESTABLISHED'
  | 'SYN-SENT'
  | 'SYN-RECV'
  | 'FIN-WAIT-1'
  | 'FIN-WAIT-2'
  | 'TIME-WAIT'
  | 'CLOSE'
  | 'CLOSE-WAIT'
  | 'LAST-ACK'
  | 'LISTEN'
  | 'CLOSING'
  | 'NEW-SYN-RECV';

/** One row of /proc/net/tcp or /proc/net/tcp6. */
export interface SocketRow {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly state: SocketState;
  /** For a listener always 0: /proc does not show the accept-queue limit. */
  readonly txQueue: number;
  /** For a listener the accept-queue length. */
  readonly rxQueue: number;
  /** Timeouts so far; for a SYN-RECV row the SYN-ACK's. */
  readonly retransmits: number;
  /** 0 while no process holds the socket: it has not been accepted, or was closed. Absent: not shown. */
  readonly inode?: number;
}

/** The listener's row of `ss -ltnm`; of several servers the sums, and the limit of one of them. */
export interface ListenSocket {
  /** Recv-Q. */
  readonly acceptQueueLength: number;
  /** Send-Q. */
  readonly acceptQueueLimit: number;
  /** `d` of skmem (kernel 4.7 and later): one for a refused SYN, two for a dropped final ACK. */
  readonly drops?: number;
}
