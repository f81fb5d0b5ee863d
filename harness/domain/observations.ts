import type { ApplicationSeen } from './application.ts';
import type { ClusterClient } from './cluster.ts';
import type { AppliedSysctl, RunStatus, Surroundings } from './evidence.ts';
import type { RunPlan } from './plan.ts';
import type { ClientStory, Connection, Host, ListenSocket, SocketRow } from './tcp.ts';
import type { LibraryStory } from './usual-clients.ts';

/** A piece of evidence that is missing or unreadable, with the place: never a crash, never silence. */
export interface EvidenceProblem {
  readonly file: string;
  readonly problem: string;
}

/** Counter by the kernel's own spelling. A counter this kernel does not have is absent, never 0. */
export type Counters = ReadonlyMap<string, number>;

export interface Snapshot {
  readonly name: string;
  readonly atMs: number;
  /** TcpExt and Tcp counters of each host, absolute. */
  readonly counters: Readonly<Record<Host, Counters>>;
  readonly sockets: Readonly<Record<Host, readonly SocketRow[]>>;
  /** Packets lost on each host's side of the wire (rx and tx drops and errors of its interface). */
  readonly wireDrops: Readonly<Record<Host, number | undefined>>;
  /** Segments captured while its counters were read; only of a run in containers. */
  readonly segments?: number;
  /** Absent when nothing listens, or `ss` could not be read. */
  readonly listener?: ListenSocket;
  /** Absent unless the plan asks for it, and where `netstat` is not installed. */
  readonly netstatText?: NetstatText;
}

/** What `netstat -s` of net-tools tells of listeners, as absolute counts. */
export interface NetstatText {
  /** "times the listen queue of a socket overflowed". */
  readonly overflowed: number;
  /** "SYNs to LISTEN sockets dropped", or "ignored" in net-tools 1.60. */
  readonly dropped: number;
}

export interface CaptureHealth {
  /** tcpdump's closing statistics; absent when they could not be read. */
  readonly captured?: number;
  readonly receivedByFilter?: number;
  readonly droppedByKernel?: number;
  /** Packets in the file that could not be decoded, with the first reason. */
  readonly undecodable: number;
  readonly packets: number;
}

export interface QueueSample {
  readonly atMs: number;
  readonly acceptQueueLength?: number;
  readonly synQueueLength?: number;
  readonly listenOverflows?: number;
  readonly listenDrops?: number;
}

/** One kernel trace event that concerns our listener or one of its clients. */
export interface TraceEvent {
  readonly atMs: number;
  readonly name: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** What the kernel's trace events say of our listener, and of no other on the same port number. */
export interface KernelTrace {
  /** Drops and resets by the socket that they name, all others by the port of our client. */
  readonly events: readonly TraceEvent[];
  /** Events that were traced and drop reasons that this kernel knows; empty when the trace was cut off. */
  readonly traced: ReadonlySet<string>;
  /** Events that the kernel could not keep; absent when the trace was cut off. */
  readonly lost?: number;
  /** Whether drops and resets can be told from those of other listeners. */
  readonly listenerKnown: boolean;
}

/** A step of the plan as it was carried out. */
export interface StepTime {
  readonly label: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

export interface ServerSeen {
  /** Accepted and kept. */
  readonly kept: number;
  /** Accepted and closed at once, because of its cap. */
  readonly dropped: number;
  readonly receivedBytes: number;
}

/** A server that is not ours, as it was found when it listened. */
export interface OwnServerSeen {
  /** The name of the process that holds the listener, as the kernel has it; 'unknown' if none shows. */
  readonly program: string;
  /** The file that it executes, without its folder. */
  readonly executable: string;
  /** Processes that hold the listening socket. */
  readonly processes: number;
  /** As `ss` writes it; `*` takes IPv4 and IPv6. */
  readonly address: string;
  readonly readyAfterMs: number;
}

/** How a machine kept time while its clients connected. Milliseconds. */
export interface Punctuality {
  readonly clockResolutionMs: number;
  /** How often somebody looked. */
  readonly looks: number;
  /** By how much a timer of 10 ms was late at worst. */
  readonly mostLateMs: number;
}

/** What the evidence says, typed. A pure function of the run folder's bytes. */
export interface Observations {
  readonly plan: RunPlan;
  readonly surroundings: Surroundings;
  readonly status: RunStatus;
  readonly problems: readonly EvidenceProblem[];
  readonly sysctls: readonly AppliedSysctl[];
  readonly steps: readonly StepTime[];
  readonly clients: readonly ClientStory[];
  /** In the order of the plan; absent unless it has client libraries. */
  readonly libraries?: readonly LibraryStory[];
  /** What the programs of an incident say; absent: the clients are the swarm. */
  readonly application?: ApplicationSeen;
  /** The containers that they lived in; absent for a run on hosts of our own. */
  readonly cluster?: readonly ClusterClient[];
  /** Connections between the opening and the closing snapshot, in order of their first packet. */
  readonly connections: readonly Connection[];
  readonly capture: CaptureHealth;
  readonly snapshots: ReadonlyMap<string, Snapshot>;
  /** Closing minus opening, by host. */
  readonly counters: Readonly<Record<Host, Counters>>;
  /** Accept-queue limits as the server program printed them: when listening, and when listening again. */
  readonly announcedLimits: readonly number[];
  /**
   * Connections that the server programs say they took out of their accept queues; of an own server,
   * which says nothing, those that the socket table does not show as waiting.
   */
  readonly accepted: number;
  /** What each server program says it did, the first (0) first. */
  readonly servers: readonly ServerSeen[];
  /** Absent: the server is ours. */
  readonly ownServer?: OwnServerSeen;
  readonly samples: readonly QueueSample[];
  /** Absent: no trace was taken (not root, no tracefs). */
  readonly trace?: KernelTrace;
  /** Absent: nobody watched, as on every machine that is not emulated. */
  readonly punctuality?: Punctuality;
  /** How far the two clocks' anchors disagree, in milliseconds: a stepped wall clock shows here. */
  readonly clockDriftMs: number;
}
