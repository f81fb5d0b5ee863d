/**
 * The evidence of a run: the files of its run folder by relative path with forward slashes, exactly
 * as the kernel and the tools gave them. Reading the folder is an effect (run-folder.ts); what the
 * bytes mean is said in harness/evidence/.
 */
export type Evidence = ReadonlyMap<string, Uint8Array>;

/** The names inside a run folder. */
export const FILES = {
  plan: 'plan.json',
  surroundings: 'surroundings.json',
  status: 'status.json',
  commands: 'commands.jsonl',
  timeline: 'timeline.jsonl',
  clock: 'clock.json',
  sysctls: 'sysctls.json',
  capture: 'capture.pcap',
  captureLog: 'capture.log',
  serverEvents: 'server.jsonl',
  serverLog: 'server.log',
  samples: 'samples.jsonl',
  /** How long the sampler looked: `busyShare` of one core, 0 to 1. */
  samplerCost: 'sampler.json',
  trace: 'trace.txt',
  verdict: 'verdict.json',
  report: 'report.txt',
  /** Which containers made the run; only of runs in the sandbox `cluster`. */
  cluster: 'cluster.json',
  /** What the kernel of a virtual machine said, and what is known of the machine; sandbox `vm` only. */
  console: 'console.txt',
  machine: 'machine.json',
  /** How punctual the machine was. */
  timing: 'timing.json',
} as const;

/** Of several hosts of clients: one process on each, so the number is that of its swarm-<n>.jsonl. */
export const clientHostName = (index: number): string => `client-${index}`;

export const swarmEventsFile = (process: number): string => `swarm-${process}.jsonl`;
/** The events of the first server, and of each further one. */
export const serverEventsFile = (relay: number): string =>
  relay === 0 ? FILES.serverEvents : `server-${relay}.jsonl`;
export const serverLogFile = (relay: number): string =>
  relay === 0 ? FILES.serverLog : `server-${relay}.log`;

/** The events of one client library; numbered as in the plan. */
export const libraryEventsFile = (client: number): string => `library-${client}.jsonl`;
export const libraryLogFile = (client: number): string => `library-${client}.log`;

export const swarmLogFile = (process: number): string => `swarm-${process}.log`;

/**
 * One file of a snapshot, for example `snapshots/opening/server/netstat`. The host is `server` or
 * `client`; where clients are on several hosts, these are `client-0`, `client-1` and so on.
 */
export const snapshotFile = (
  snapshot: string,
  host: string,
  name: 'netstat' | 'snmp' | 'tcp' | 'tcp6' | 'dev' | 'ss-listen' | 'netstat-s',
): string => `snapshots/${snapshot}/${host}/${name}`;

/** The virtual machine of a run. Milliseconds count from its start, on the caller's clock. */
export interface MachineRecord {
  readonly schemaVersion: 1;
  /** As it was asked for: `debian:6.1`, or the path of an image. */
  readonly kernel: string;
  readonly package?: string;
  readonly qemu: string;
  readonly accelerator: 'kvm' | 'tcg';
  readonly memoryMib: number;
  /** 2: it did not come up at first. */
  readonly boots: number;
  readonly startedAfterMs: number;
  /** When the run was over and its evidence began to come. */
  readonly collectedFromMs: number;
  readonly endedAfterMs: number;
}

/** A thread that was to wake up at this moment of CLOCK_MONOTONIC, and when it did. */
export interface LateWaking {
  readonly monotonicMs: number;
  readonly lateMs: number;
}

/** A thread that wants to wake up every so often: how often it could, and when it was late. */
export interface MachineTiming {
  readonly schemaVersion: 1;
  readonly everyMs: number;
  readonly looks: number;
  readonly clockResolutionMs: number;
  readonly late: readonly LateWaking[];
}

/** Something that a kernel cannot do, in a machine of our own. */
export interface Lack {
  /** `two-hosts`: server and clients share one host, whose counters tell of both. */
  readonly what: 'two-hosts' | 'nftables';
  /** A sentence: what is not there, and what takes its place. */
  readonly instead: string;
}

/** What a run was made on and with: written by the harness before the first step. */
export interface Surroundings {
  readonly schemaVersion: 1;
  readonly harnessVersion: string;
  /** `uname -r`. */
  readonly kernelRelease: string;
  /** `uname -v`; absent in folders of older versions. */
  readonly kernelVersion?: string;
  readonly architecture: string;
  readonly distribution: string;
  readonly nodeVersion: string;
  readonly cpus: number;
  readonly sandbox: string;
  /** 'root' or 'user-namespace'. */
  readonly privilege: string;
  /** The container engine, if there was one. */
  readonly engine?: string;
  /** What this kernel lacks, and what was done without it; absent: nothing. */
  readonly lacks?: readonly Lack[];
  readonly tools: Readonly<Record<string, string>>;
  readonly startedAt: string;
}

/** How the run ended. A folder without this file was cut off by SIGKILL or a full disk. */
export interface RunStatus {
  readonly schemaVersion: 1;
  readonly status: 'complete' | 'aborted' | 'failed';
  readonly reason?: string;
  /** Code, message and remedy of the error that ended it. */
  readonly error?: { readonly code: string; readonly message: string; readonly remedy: string };
}

/** The same instant on both clocks. Wall-clock nanoseconds since the epoch, as a decimal string. */
export interface ClockAnchor {
  readonly monotonicMs: number;
  readonly wallNs: string;
}

/** `originMonotonicMs` is zero of the run's time axis: the beginning of the first connect step. */
export interface RunClock {
  readonly originMonotonicMs: number;
  readonly anchors: readonly ClockAnchor[];
}

/** sysctls.json: what was asked and what the kernel says afterwards; null: the kernel has no such key. */
export interface AppliedSysctl {
  readonly host: 'server' | 'client';
  readonly key: string;
  readonly asked: string;
  readonly found: string | null;
  readonly requirement: 'required' | 'pinned';
}

/** timeline.jsonl, one line a step. */
export interface TimelineEntry {
  readonly step: number;
  readonly kind: string;
  readonly label: string;
  readonly startedMonotonicMs: number;
  readonly endedMonotonicMs: number;
  /** For a snapshot: the counters stood still between these two. */
  readonly stillFromMonotonicMs?: number;
  readonly stillUntilMonotonicMs?: number;
}

/** samples.jsonl, one line a sample. A field that was not read this time is absent. */
export interface Sample {
  readonly monotonicMs: number;
  readonly acceptQueueLength?: number;
  readonly synQueueLength?: number;
  readonly ListenOverflows?: number;
  readonly ListenDrops?: number;
}
