/**
 * The client libraries that `clients` measures: what the harness and the program `usual-clients` say
 * to each other, and what is told of it afterwards. Every line of the program is a JSON object;
 * `monotonicMs` is CLOCK_MONOTONIC in milliseconds.
 */
import type { Connection } from './tcp.ts';

export const CLIENT_LIBRARIES = [
  'node:net',
  'node:http',
  'fetch',
  'undici',
  'axios',
  'got',
  'ws',
  'pg',
  'mysql2',
  'ioredis',
] as const;
export type ClientLibrary = (typeof CLIENT_LIBRARIES)[number];

/** One process that uses one library once. */
export interface LibraryClient {
  readonly library: ClientLibrary;
  readonly version: string;
  /** The absolute path of the package's main module; null: it is part of Node. */
  readonly entry: string | null;
  /** Given to the options that its documentation names; null: its defaults. */
  readonly timeoutMs: number | null;
}

/** An error as the library hands it to its caller. */
export interface ReportedError {
  readonly name: string;
  readonly code: string | null;
  readonly message: string;
  /** The kernel's number, where the error comes from a system call; libraries make up only codes. */
  readonly errno: number | null;
  readonly cause?: ReportedError;
}

export type LibraryCommand =
  /** Use the library now, and stop waiting for it after so long. The end of input ends the program. */
  { readonly command: 'connect'; readonly stopWaitingAfterMs: number };

export type LibraryEvent =
  /** The library is loaded, and no socket is open. */
  | { readonly event: 'ready'; readonly monotonicMs: number }
  | { readonly event: 'begun'; readonly monotonicMs: number }
  /** It has opened a socket, by which its packets are found. */
  | { readonly event: 'socket'; readonly monotonicMs: number; readonly localPort: number }
  /** It told its caller something that did not end the call, such as an event `timeout`. */
  | {
      readonly event: 'said';
      readonly monotonicMs: number;
      readonly what: string;
      readonly error: ReportedError | null;
    }
  | { readonly event: 'failed'; readonly monotonicMs: number; readonly error: ReportedError }
  /** The server ended the connection and the library calls that no error. */
  | { readonly event: 'closed'; readonly monotonicMs: number }
  | { readonly event: 'answered'; readonly monotonicMs: number }
  /** The call has not ended, and nobody waits for it any more. */
  | { readonly event: 'stopped-waiting'; readonly monotonicMs: number };

/** What ends the wait for a library. */
export const LIBRARY_ENDS: ReadonlySet<LibraryEvent['event']> = new Set([
  'failed',
  'closed',
  'answered',
  'stopped-waiting',
]);

/** What one call of a library came to. Times are milliseconds since the call. */
export interface LibraryStory {
  readonly client: LibraryClient;
  readonly said: readonly {
    readonly afterMs: number;
    readonly what: string;
    readonly error: ReportedError | null;
  }[];
  readonly end:
    | { readonly kind: 'failed'; readonly afterMs: number; readonly error: ReportedError }
    | { readonly kind: 'closed' | 'answered' | 'still-waiting'; readonly afterMs: number }
    /** The run ended before. */
    | { readonly kind: 'unsettled' };
  /** What its sockets put on the wire, in order. */
  readonly connections: readonly Connection[];
}

/** Why a call ended, or an event came: a timer of the library, one of the kernel, or no timer. */
export type FiredTimer =
  | { readonly by: 'library'; readonly option: string }
  | { readonly by: 'kernel' }
  | null;

/** A library of the user's; `client` is null where it is not installed. */
export interface FoundLibrary {
  readonly library: ClientLibrary;
  readonly version: string | null;
  readonly entry: string | null;
}

/** What all libraries reported in one state of the server. */
export interface ClientsState {
  readonly id: string;
  readonly title: string;
  readonly story: string;
  /** Why the state was not what it should be, so that its stories say nothing; else null. */
  readonly problem: string | null;
  /** As it is to be printed; null: the run came to none. */
  readonly runFolder: string | null;
  readonly stories: readonly LibraryStory[];
}

export interface ClientsTable {
  readonly kernel: string;
  readonly nodeVersion: string;
  readonly timeoutMs: number;
  readonly waitMs: number;
  readonly wallMs: number;
  readonly libraries: readonly FoundLibrary[];
  readonly states: readonly ClientsState[];
}
