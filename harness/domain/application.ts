/**
 * What the applications of the incidents tell besides the life of their connections: one JSON object
 * a line among their other events, the log of the program and evidence of the run at once.
 */

/** What became of one request, as the client that made it saw it. */
export const REQUEST_OUTCOMES = [
  'answered',
  /** The connection that it needed was not there in time. */
  'connect-timed-out',
  /** The connection that it needed was refused or reset. */
  'connect-failed',
  /** Written to a connection, and no answer in time. */
  'read-timed-out',
  /** Written to a connection that ended before the answer. */
  'connection-lost',
  /** There was no connection to write it to. */
  'not-sent',
] as const;
export type RequestOutcome = (typeof REQUEST_OUTCOMES)[number];

interface At {
  readonly monotonicMs: number;
}

/** Events of client programs, besides those of domain/wire.ts. */
export type ClientApplicationEvent =
  /** A request was begun. `request` is unique in the run, `client` is the connection if there is one. */
  | ({
      readonly event: 'request';
      readonly request: number;
      readonly client?: number;
      readonly wave: string;
    } & At)
  /** Once for each request. `client` is the connection that it was written to or that it waited for. */
  | ({
      readonly event: 'request-ended';
      readonly request: number;
      readonly outcome: RequestOutcome;
      readonly client?: number;
      /** What Node called it, where there is something to call. */
      readonly code?: string;
    } & At)
  /** Old channel closed, new channel created: by their connections. */
  | ({ readonly event: 'channel-replaced'; readonly closed: number; readonly created: number } & At)
  /** A health check has an outcome; `up` is what the checker holds the server for from then on. */
  | ({
      readonly event: 'health';
      readonly client: number;
      readonly healthy: boolean;
      readonly up: boolean;
    } & At)
  /** Nothing is under way any more, and nothing new is begun: the answer to `rest`. */
  | ({ readonly event: 'resting' } & At);

/** Events of server programs, besides those of domain/wire.ts. */
export type ServerApplicationEvent =
  /** The server program has read this request. */
  | ({
      readonly event: 'saw';
      readonly request: number;
      readonly remoteAddress: string;
      readonly remotePort: number;
    } & At)
  /** The event loop is about to be blocked for so long. */
  | ({ readonly event: 'blocking'; readonly forMs: number; readonly why: string } & At)
  | ({ readonly event: 'unblocked' } & At)
  /** So many messages have come since the last such event. */
  | ({ readonly event: 'messages'; readonly messages: number } & At);

/** What a client program obeys on its standard input. */
export type ClientProgramCommand =
  /** Begin nothing new; say `resting` when nothing is under way any more. Connections are held. */
  | { readonly command: 'rest' }
  /** Let go of every connection and end, as the end of standard input does. */
  | { readonly command: 'release' };

/** The programs of the incidents, as they are called below dist/servers and dist/clients. */
export const SERVER_PROGRAMS = [
  'rpc-provider',
  'blocking-workers',
  'websocket-server',
  'pausing-server',
  'relay',
] as const;
export type ServerProgram = (typeof SERVER_PROGRAMS)[number];

export const CLIENT_PROGRAMS = [
  'rpc-consumers',
  'http-clients',
  'websocket-clients',
  'health-check',
  'short-connections',
  'relay-senders',
] as const;
export type ClientProgram = (typeof CLIENT_PROGRAMS)[number];

/** One request from its beginning to its end, in milliseconds of the run's time axis. */
export interface RequestStory {
  readonly request: number;
  readonly wave: string;
  /** The connection that it was written to or waited for. */
  readonly client?: number;
  readonly startedAtMs: number;
  /** Null: it had not ended when the run did. */
  readonly outcome: RequestOutcome | null;
  readonly endedAtMs?: number;
  readonly code?: string;
  /** When the server program first read it; absent: never. */
  readonly seenAtMs?: number;
}

export interface HealthCheck {
  readonly client: number;
  readonly atMs: number;
  readonly healthy: boolean;
  readonly up: boolean;
}

export interface ReplacedChannel {
  readonly atMs: number;
  readonly closed: number;
  readonly created: number;
}

/** When a server program's event loop stood still. `untilMs` is null if it never went on. */
export interface BlockedSpan {
  readonly fromMs: number;
  readonly untilMs: number | null;
  readonly why: string;
}

/** A connection that a server program took out of its accept queue. */
export interface TakenConnection {
  readonly atMs: number;
  readonly relay: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** False: closed at once, because the server was at its cap. */
  readonly kept: boolean;
}

/** What the applications of an incident say they did. */
export interface ApplicationSeen {
  readonly requests: readonly RequestStory[];
  readonly health: readonly HealthCheck[];
  readonly replaced: readonly ReplacedChannel[];
  /** In order of time. */
  readonly taken: readonly TakenConnection[];
  /** By server, the first (0) first. */
  readonly blocked: readonly (readonly BlockedSpan[])[];
  readonly messages: readonly number[];
}
