import type { AppliedSysctl } from '../domain/evidence.ts';
import type { RunPlan, Step } from '../domain/plan.ts';
import type { LibraryClient } from '../domain/usual-clients.ts';
import type { StartClients } from './client-programs.ts';
import type { CounterFiles } from './counters.ts';
import type { Gate } from './gate.ts';
import type { HostNamespace, RunCommand } from './hosts.ts';
import type { Program, ProgramOptions } from './program.ts';
import type { RunRecorder } from './run-recorder.ts';
import type { ServerOptions } from './server.ts';

/** Starts a program whose command line is settled already. */
export type StartProgram = (how: Omit<ProgramOptions, 'argv' | 'stdoutFile'>) => Program;

/** What one snapshot reads of a host: texts of /proc/net. */
export interface HostTexts extends CounterFiles {
  readonly tcp: string;
  /** Empty on a kernel without IPv6. */
  readonly tcp6: string;
  readonly dev: string;
}

/** A host of clients, near or far. */
export interface ClientHost {
  /** Its name in a snapshot: `client`, or of several `client-0`, `client-1`, ... */
  readonly name: string;
  readCounters(): Promise<CounterFiles>;
  readTexts(): Promise<HostTexts>;
}

/**
 * Where a run takes place: two namespaces of our own, or containers that somebody else has started.
 * What the steps of a plan need and what differs between the two is here.
 */
export interface Site extends AsyncDisposable {
  /** Always on this machine. */
  readonly server: HostNamespace;
  readonly clients: readonly ClientHost[];
  /** The server's interface that leads to the clients. */
  readonly captureInterface: string;
  /** The most listening sockets that the server's table shows, ours included. */
  readonly mostListeners: number;
  readonly gate: Gate;
  startServer(options: ServerOptions): StartProgram;
  /** One for each process of the swarm. */
  readonly swarm: readonly StartProgram[];
  readonly startLibrary: (client: LibraryClient) => StartProgram;
  /** `index` counts the client programs of the run. */
  readonly startClients: (step: StartClients, index: number) => StartProgram;
  /** Brings the plan's sysctls into force, or fails (`SYSCTL_NOT_WRITABLE`) if a required one is not. */
  applySysctls(sysctls: RunPlan['sysctls']): Promise<readonly AppliedSysctl[]>;
  setSysctl(step: Extract<Step, { kind: 'set-sysctl' }>): Promise<void>;
  /** The part of the counters that tells of the run and of nothing else. */
  tellingOf(counters: CounterFiles): string;
  /** Comes after the last step, while everything is still there. */
  conclude(): Promise<void>;
  readonly unexpectedEnd: Promise<never>;
  /** What led to a failure, where the failure is only a consequence. */
  causeOf(failure: unknown): Promise<unknown>;
}

export interface SiteContext {
  readonly recorder: RunRecorder;
  readonly run: RunCommand;
  readonly signal: AbortSignal;
}

export type OpenSite = (plan: RunPlan, context: SiteContext) => Promise<Site>;
