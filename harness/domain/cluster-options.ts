import type { InsideOptions } from './inside.ts';

/** What the inside part of the sandbox `cluster` is told, as its one argument in JSON. */
export interface ClusterOptions extends Omit<InsideOptions, 'callerNetworkNamespace'> {
  /** Client containers to wait for; more are taken too. */
  readonly swarms: number;
  /** The services' names in the engine's DNS. */
  readonly listener: string;
  readonly client: string;
  /** Where /proc of the machine is mounted, for an observer outside of the listener's namespace. */
  readonly hostProc: string;
}
