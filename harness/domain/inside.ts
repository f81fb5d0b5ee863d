import type { HarnessErrorCode } from './harness-error.ts';

/** Lines on the inside's standard input. Its end means that the outside is gone. */
export const INSIDE_COMMANDS = {
  /** Stop, and keep the evidence so far. */
  abort: 'abort',
  /** Followed by the name of the tracing instance that was made; without a name there is none. */
  trace: 'trace',
} as const;

/**
 * An environment variable of the inside, in JSON: what the sandbox has changed of the caller's own
 * variables, as they were (null: not set), for programs that are not ours.
 */
export const CALLER_VARIABLES = 'BACKLOG_LAB_CALLER_VARIABLES';

/** What the outside tells the first process of a sandbox, as its one argument in JSON. */
export interface InsideOptions {
  /** Absolute path of the run folder, which holds plan.json. */
  readonly folder: string;
  /**
   * The caller's network namespace, for example `net:[4026531840]`: the inside refuses to be in it.
   * Null where the caller's system has none.
   */
  readonly callerNetworkNamespace: string | null;
  /** Of the caller's kernel: numbers of namespaces mean nothing to another one. */
  readonly callerBootId?: string;
  readonly sandbox: string;
  readonly privilege: 'root' | 'user-namespace';
  readonly harnessVersion: string;
  /** The container engine, as reports name it. */
  readonly engine?: string;
  /**
   * The server is to stand in the network namespace that the engine made, because sysctls were given
   * to the engine for it; otherwise it gets one of its own.
   */
  readonly serverWhereEnginePutUs?: boolean;
  /** How many times longer than usual everything may take before it counts as gone wrong. */
  readonly patience?: number;
  /** A machine with nothing else in it. Its own timing is watched: an emulated one may stop and go. */
  readonly ownMachine?: boolean;
}

/** One line of the inside's standard output. */
export type InsideReport =
  /** `waits`: from here on the kernel's timers take the time, not this machine's processors. */
  | { readonly event: 'step'; readonly label: string; readonly waits: boolean }
  | {
      readonly event: 'failed';
      readonly code: HarnessErrorCode;
      readonly message: string;
      readonly remedy: string;
    }
  /** From a container or a machine: after this line comes a tar archive of the run folder, to the end. */
  | { readonly event: 'evidence'; readonly gzip?: boolean }
  /** From a machine: its kernel and Node run, and it listens now. */
  | { readonly event: 'started' }
  /** From a machine: what it said when Node was to be started there. */
  | { readonly event: 'no-node'; readonly words: string };
