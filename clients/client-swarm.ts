import type { Socket } from 'node:net';
import type { ConnectCommand } from '../harness/domain/wire.ts';
import { letArrive } from './arrivals.ts';
import { type Client, startAttempt } from './attempt.ts';
import type { Emit } from './event-writer.ts';
import { monotonicMs } from './monotonic.ts';
import type { SwarmOptions } from './swarm-options.ts';

type Target = Pick<SwarmOptions, 'host' | 'port' | 'sourceAddresses'>;

/** Clients are spread over the source addresses by their number, whichever process runs them. */
const clientOf = (command: ConnectCommand, target: Target, index: number): Client => {
  const client = command.firstClient + index * command.clientStep;
  const { sourceAddresses, host, port } = target;
  const sourceAddress = sourceAddresses[(client - 1) % sourceAddresses.length];
  return {
    client,
    wave: command.wave,
    host,
    port,
    ...(sourceAddress === undefined ? {} : { sourceAddress }),
    behaviour: command.behaviour,
  };
};

export interface Swarm {
  readonly connect: (command: ConnectCommand, onSettled: () => void) => void;
  /** Closes every socket and starts no further client. */
  readonly release: () => void;
}

/** All clients of this process, whatever wave they came with. */
export const createSwarm = (target: Target, emit: Emit): Swarm => {
  const sockets: Socket[] = [];
  let released = false;

  const start = (command: ConnectCommand, onSettled: () => void): void => {
    letArrive(
      command.arrivals,
      command.clients,
      (index, settled) => {
        if (!released) {
          sockets.push(startAttempt(clientOf(command, target, index), emit, settled));
        }
      },
      () => {
        emit({ event: 'wave-settled', wave: command.wave, monotonicMs: monotonicMs() });
        onSettled();
      },
    );
  };

  return {
    connect: (command, onSettled) => {
      if (command.startDelayMs > 0) {
        setTimeout(start, command.startDelayMs, command, onSettled);
      } else {
        start(command, onSettled);
      }
    },
    release: () => {
      released = true;
      for (const socket of sockets) {
        socket.destroy();
      }
    },
  };
};
