import type { AddressFamily, Host } from './tcp.ts';
import type { LibraryClient } from './usual-clients.ts';
import type { Arrivals } from './wire.ts';

/** Sysctls by full key (`net.core.somaxconn`), values as the kernel prints them. */
export type Sysctls = Readonly<Record<string, string>>;

/** A program of somebody else's that is put under the storm instead of our server. */
export interface OwnServer {
  /** Carried out by `sh -c` on the server's host, in the caller's environment. */
  readonly command: string;
  /** Absolute path of the folder in which it is started. */
  readonly folder: string;
  /** How long it may take until it listens on the port. */
  readonly readyWithinMs: number;
}

/** Everything a person may choose about a run. Plain JSON: it is written into the run folder. */
export interface Parameters {
  /** The argument of listen(2); at least 1, because Node's `net` replaces 0 by 511. */
  readonly backlog: number;
  readonly clients: number;
  readonly arrivals: Arrivals;
  readonly connectTimeoutMs: number;
  readonly readTimeoutMs: number | null;
  readonly sendBytes: number;
  readonly keepAliveMs: number | null;
  /** What was asked for, by host. The scenario's own settings are added by its plan. */
  readonly sysctls: Readonly<Record<Host, Sysctls>>;
  readonly family: AddressFamily;
  readonly port: number;
  /** Source addresses of the swarm; null: as many as the clients need. */
  readonly clientAddresses: number | null;
  readonly sampleEveryMs: number;
  /** Most connections that the server program keeps, where a scenario is about that. */
  readonly cap?: number;
  /** The client libraries that meet the server, where a scenario is about them. */
  readonly libraries?: {
    readonly clients: readonly LibraryClient[];
    /** How long the run waits for each. */
    readonly waitMs: number;
  };
  /** Which phase of an incident this run is: `fault`, `remedy`, or a further one that is measured. */
  readonly phase?: string;
  /** Absent: our own server, which never accepts unless it is told to. */
  readonly ownServer?: OwnServer;
}
