import type { ClientBehaviour } from '../harness/domain/wire.ts';

/** One client of the swarm: where it connects from and to, and how it behaves. */
export interface Client {
  readonly client: number;
  readonly wave: string;
  readonly host: string;
  readonly port: number;
  /** The address to connect from; absent: the kernel chooses. */
  readonly sourceAddress?: string;
  /** The port to connect from; absent: the kernel chooses. */
  readonly sourcePort?: number;
  readonly behaviour: ClientBehaviour;
  /** The client whose connection this one is to replace. */
  readonly reconnects?: number;
}
