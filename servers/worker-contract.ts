/** What the main thread and the workers of blocking-workers.ts say to each other. */
import type { ServerApplicationEvent } from '../harness/domain/application.ts';
import type { ServerEvent } from '../harness/domain/wire.ts';
import type { Telling } from './kit/program-log.ts';
import type { ListenOptions } from './listening.ts';

/** The first and only element of `stage`, which all threads share. */
export const STAGES = {
  /** Everybody listens, nobody accepts. */
  starting: 0,
  serving: 1,
  /** Whoever is done with a connection takes no other. */
  ending: 2,
  /** Everybody lets go of what there is. */
  leaving: 3,
} as const;

export interface WorkerData {
  readonly listen: ListenOptions;
  /** Of the listening socket, which the first worker has opened; undefined in that one. */
  readonly fd: number | undefined;
  readonly workMs: number;
  readonly readTimeoutMs: number;
  readonly stage: Int32Array;
}

type Accepted = Extract<ServerEvent, { readonly event: 'accepted' }>;
type Peer = Pick<Accepted, 'remoteAddress' | 'remotePort'>;

/** What went wrong for a client; for people who read the log. */
type Mishap =
  /** The client has closed or reset the connection before its request was complete or answered. */
  | ({ readonly event: 'client-gone' } & Peer)
  /** The client has sent no complete request in time. */
  | ({ readonly event: 'no-request' } & Peer);

export type FromWorker =
  | { readonly kind: 'listening'; readonly fd: number; readonly port: number }
  | {
      readonly kind: 'told';
      readonly told: Telling<Accepted | Extract<ServerApplicationEvent, { readonly event: 'saw' }>>;
    }
  | { readonly kind: 'mishap'; readonly told: Mishap }
  /** It has no connection and takes none any more. */
  | { readonly kind: 'rests' };
