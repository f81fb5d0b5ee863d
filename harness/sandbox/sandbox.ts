import type { RunPlan } from '../domain/plan.ts';

/** The kinds that `--sandbox` knows; `auto` is the first that this machine offers. */
export const SANDBOX_KINDS = ['netns', 'docker', 'cluster', 'vm'] as const;
export type SandboxKind = (typeof SANDBOX_KINDS)[number];

export interface CollectRequest {
  /** Absolute path of a run folder that holds plan.json. */
  readonly folder: string;
  /** Whether kernel trace events are wanted, where they can be had. */
  readonly trace: boolean;
  /** Aborting stops the run and keeps the evidence so far; `force` ends it at once. */
  readonly signal: AbortSignal;
  readonly force: AbortSignal;
  /** `waits`: the kernel's timers take the time of this step, not this machine's processors. */
  readonly onStep: (label: string, waits: boolean) => void;
}

/**
 * Runs the inside part (harness/collect/main.ts) where it can do no harm. The sandbox dies with
 * that process, and every process in it: there is nothing to clean up.
 */
export interface Sandbox {
  readonly kind: SandboxKind;
  /** The release of the kernel that runs meet. */
  readonly kernelRelease: string;
  /** `uname -v` of it, where it is known before a run. */
  readonly kernelVersion?: string;
  /** Most runs that this machine can carry at a time; absent: as many as are asked for. */
  readonly mostRuns?: number;
  /** Throws if the plan cannot be carried out here, before anything is started. */
  readonly assertFit: (plan: RunPlan) => void;
  /** Resolves when the folder holds the evidence; rejects with the HarnessError that ended the run. */
  readonly collect: (request: CollectRequest) => Promise<void>;
}
