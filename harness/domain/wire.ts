/**
 * What the harness and the programs say to each other: one JSON object a line, commands on the
 * program's standard input, events on its standard output. `monotonicMs` is CLOCK_MONOTONIC in
 * milliseconds, so the events of all processes of a machine lie on one axis.
 */
import type { TimedOutBy } from './tcp.ts';

export type ServerCommand =
  /** Turn the event loop: everything in the accept queue is accepted, and what comes later too. */
  | { readonly command: 'accept' }
  /** Block the listening thread again. */
  | { readonly command: 'pause' }
  /** Accept with a loop that is blocked again and again, until another command comes. */
  | { readonly command: 'serve'; readonly blockedMs: number; readonly openMs: number }
  /** listen(2) once more on the same socket: reads somaxconn anew, keeps the queue. */
  | { readonly command: 'listen'; readonly backlog: number }
  | { readonly command: 'close' };

interface ListenEvent {
  readonly monotonicMs: number;
  readonly address: string;
  readonly port: number;
  /** What was passed on to listen; null: nothing, so that Node chose. */
  readonly backlog: number | null;
  /** As `ss` reports it right afterwards; null where there is no `ss`. */
  readonly acceptQueueLimit: number | null;
}

export type ServerEvent =
  | ({ readonly event: 'listening' } & ListenEvent)
  | ({ readonly event: 'listening-again' } & ListenEvent)
  | { readonly event: 'accepting'; readonly monotonicMs: number }
  | { readonly event: 'paused'; readonly monotonicMs: number }
  | { readonly event: 'serving'; readonly monotonicMs: number }
  | {
      readonly event: 'accepted';
      readonly monotonicMs: number;
      readonly remoteAddress: string;
      readonly remotePort: number;
    }
  /** Accepted and closed at once, because as many connections are open as the server may have. */
  | {
      readonly event: 'dropped';
      readonly monotonicMs: number;
      readonly remoteAddress: string;
      readonly remotePort: number;
    }
  | {
      readonly event: 'received';
      readonly monotonicMs: number;
      readonly remoteAddress: string;
      readonly remotePort: number;
      readonly bytes: number;
    }
  | { readonly event: 'closed'; readonly monotonicMs: number }
  | {
      readonly event: 'failed';
      readonly monotonicMs: number;
      readonly code: string;
      readonly message: string;
    };

export type Arrivals =
  /** All at once. */
  | { readonly kind: 'burst' }
  /** Each after the previous attempt has settled. */
  | { readonly kind: 'sequential' }
  | { readonly kind: 'rate'; readonly perSecond: number };

/** How one client behaves; the same for every client of a wave. */
export interface ClientBehaviour {
  readonly connectTimeoutMs: number;
  /** Time without a byte from the server after connecting; null: never. The socket is held all the same. */
  readonly readTimeoutMs: number | null;
  /** Payload written as soon as the client is connected; 0: none. */
  readonly sendBytes: number;
  /** Delay of the first keepalive probe (whole seconds reach the kernel); null: no SO_KEEPALIVE. */
  readonly keepAliveMs: number | null;
  /** Closes as soon as it is connected and has sent its payload: a short connection. */
  readonly closesAtOnce?: boolean;
  /**
   * Connects again so long after its connection failed or was ended by the server. Each further
   * attempt is a client with a number of its own, `RECONNECTION_STRIDE` above the one before.
   */
  readonly reconnectAfterMs?: number;
  /**
   * Binds a port that no other client of the run gets. Otherwise, in a burst that lasts longer than
   * the connect timeout, a late client may get the port of one that has given up, and its SYN meets
   * the request that the first has left behind.
   */
  readonly ownPort?: boolean;
}

/** The first port of the range that clients bind, as pinned in net.ipv4.ip_local_port_range. */
export const FIRST_LOCAL_PORT = 32_768;

/** The second attempt of client 7 is client 1000007, the third 2000007. */
export const RECONNECTION_STRIDE = 1_000_000;

export interface ConnectCommand {
  readonly command: 'connect';
  readonly wave: string;
  /** Clients are numbered firstClient, firstClient + clientStep, ...: several processes share one wave. */
  readonly firstClient: number;
  readonly clientStep: number;
  readonly clients: number;
  readonly arrivals: Arrivals;
  /** Wait before the first attempt, so that several processes keep a common rate. */
  readonly startDelayMs: number;
  readonly behaviour: ClientBehaviour;
  /** Another server than the one the program was started for, as a numeric address. */
  readonly host?: string;
}

export type SwarmCommand =
  | ConnectCommand
  /** Every connected client of the wave writes so many bytes. */
  | { readonly command: 'send'; readonly wave: string; readonly bytes: number }
  | { readonly command: 'stop-reconnecting' }
  /** Close every socket and end; the end of standard input means the same. */
  | { readonly command: 'release' };

interface OfClient {
  readonly monotonicMs: number;
  readonly client: number;
}
interface WithPort extends OfClient {
  readonly localAddress?: string;
  readonly localPort?: number;
}

export type SwarmEvent =
  | { readonly event: 'ready'; readonly monotonicMs: number }
  | ({
      readonly event: 'attempt';
      readonly wave: string;
      /** The client whose connection this one is to replace. */
      readonly reconnects?: number;
    } & OfClient)
  | ({ readonly event: 'connected' } & WithPort)
  | ({ readonly event: 'timed-out'; readonly by: TimedOutBy } & WithPort)
  | ({ readonly event: 'refused' } & WithPort)
  /** `connecting`: connect(2) itself failed with ECONNRESET. */
  | ({
      readonly event: 'reset';
      readonly stage: 'connecting' | 'before-data' | 'after-data';
    } & WithPort)
  /** A local failure such as EMFILE: no statement about the server. */
  | ({
      readonly event: 'failed';
      readonly stage: 'connecting' | 'connected';
      readonly code: string;
    } & WithPort)
  | ({ readonly event: 'sent'; readonly bytes: number } & OfClient)
  | ({ readonly event: 'received'; readonly bytes: number } & OfClient)
  | ({ readonly event: 'read-timed-out' } & OfClient)
  | ({ readonly event: 'closed-by-server' } & OfClient)
  /** It has closed its connection itself: a short one, or one that the server had ended. */
  | ({ readonly event: 'closed-by-client' } & OfClient)
  /** ETIMEDOUT after the connection was established: unanswered data or keepalive probes. */
  | ({ readonly event: 'timed-out-by-kernel' } & OfClient)
  /** Every attempt of the wave in this process has an outcome. */
  | { readonly event: 'wave-settled'; readonly wave: string; readonly monotonicMs: number }
  /** The answer to `send`: so many clients of this process have written. */
  | {
      readonly event: 'wave-sent';
      readonly wave: string;
      readonly clients: number;
      readonly monotonicMs: number;
    }
  | { readonly event: 'reconnecting-stopped'; readonly monotonicMs: number }
  | { readonly event: 'released'; readonly monotonicMs: number };
