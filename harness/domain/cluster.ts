/** A run in containers that an engine has started: who took part, and whose clock is whose. */

/** The same instant on two clocks, to half of the round trip that it took to ask. */
export interface ClockComparison {
  /** When the answer was half-way, by the observer's CLOCK_MONOTONIC. */
  readonly observerMonotonicMs: number;
  readonly agentMonotonicMs: number;
  readonly roundTripMs: number;
}

/** One container with an agent. */
export interface ClusterMember {
  readonly address: string;
  readonly container: string;
  /** The interface that has the address. */
  readonly interface: string;
  readonly kernelRelease: string;
  /** Members with the same one are on the same machine and have the same CLOCK_MONOTONIC. */
  readonly clockId: string;
  /** Before the first step and after the last one. */
  readonly clocks: readonly ClockComparison[];
}

/** cluster.json. The number of a client is that of its swarm-<n>.jsonl and of its snapshots' client-<n>. */
export interface ClusterRecord {
  readonly schemaVersion: 1;
  /** The observer is on the listener's machine: its clock is the run's. */
  readonly listener: ClusterMember;
  readonly clients: readonly ClusterMember[];
}

/** A client as the evidence tells of it. */
export interface ClusterClient {
  readonly address: string;
  readonly kernelRelease: string;
  readonly sameMachine: boolean;
  /** How far the time of its events may be off, and how far its clock moved against the run's. */
  readonly clockUncertaintyMs: number;
  readonly clockDriftMs: number;
}

/**
 * Counters that only connection attempts, handshakes and ends of connections move. The agents'
 * connections are open from before the opening until after the closing snapshot and so move none of
 * them, while segments and octets go to and fro: all other counters say nothing of such a run.
 */
export const CONNECTION_COUNTERS: ReadonlySet<string> = new Set([
  'ActiveOpens',
  'PassiveOpens',
  'AttemptFails',
  'EstabResets',
  'CurrEstab',
  'OutRsts',
  'SyncookiesSent',
  'SyncookiesRecv',
  'SyncookiesFailed',
  'EmbryonicRsts',
  'ListenOverflows',
  'ListenDrops',
  'TCPReqQFullDrop',
  'TCPReqQFullDoCookies',
  'TCPSynRetrans',
  'TCPAbortOnTimeout',
]);
