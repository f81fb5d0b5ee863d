import {
  type ConnectCommand,
  FIRST_LOCAL_PORT,
  RECONNECTION_STRIDE,
} from '../harness/domain/wire.ts';
import { letArrive } from './arrivals.ts';
import { type Attempt, prepareAttempt } from './attempt.ts';
import type { Client } from './client.ts';
import type { Emit } from './event-writer.ts';
import { monotonicMs } from './monotonic.ts';
import type { SwarmOptions } from './swarm-options.ts';

type Target = Pick<SwarmOptions, 'host' | 'port' | 'sourceAddresses'>;

/** Clients are spread over the source addresses by their number, whichever process runs them. */
const clientOf = (command: ConnectCommand, target: Target, index: number): Client => {
  const client = command.firstClient + index * command.clientStep;
  const { sourceAddresses, port } = target;
  const sourceAddress = sourceAddresses[(client - 1) % sourceAddresses.length];
  return {
    client,
    wave: command.wave,
    host: command.host ?? target.host,
    port,
    ...(sourceAddress === undefined ? {} : { sourceAddress }),
    ...(command.behaviour.ownPort === true
      ? { sourcePort: FIRST_LOCAL_PORT + Math.floor((client - 1) / sourceAddresses.length) }
      : {}),
    behaviour: command.behaviour,
  };
};

const nextAttemptOf = (client: Client): Client => ({
  ...client,
  client: client.client + RECONNECTION_STRIDE,
  reconnects: client.client,
});

export interface Swarm {
  readonly connect: (command: ConnectCommand, onSettled: () => void) => void;
  /** Every connected client of the wave writes; says how many did. */
  readonly send: (wave: string, bytes: number) => number;
  readonly stopReconnecting: () => void;
  /** Closes every socket and starts no further client. */
  readonly release: () => void;
}

/** All clients of this process, whatever wave they came with. */
export const createSwarm = (target: Target, emit: Emit): Swarm => {
  const attempts = new Set<{ readonly wave: string; readonly attempt: Attempt }>();
  let released = false;
  let reconnecting = true;

  const prepareClient = (client: Client, onSettled: () => void): (() => void) => {
    const { reconnectAfterMs } = client.behaviour;
    const onOver = (): void => {
      if (reconnectAfterMs === undefined) return;
      attempts.delete(entry);
      setTimeout(() => {
        if (reconnecting) prepareClient(nextAttemptOf(client), () => undefined)();
      }, reconnectAfterMs);
    };
    const attempt = prepareAttempt(client, emit, { onSettled, onOver });
    const entry = { wave: client.wave, attempt };
    attempts.add(entry);
    return () => {
      // A socket that was closed would open again.
      if (!released) attempt.start();
    };
  };

  const start = (command: ConnectCommand, onSettled: () => void): void => {
    letArrive(
      command.arrivals,
      command.clients,
      (index, settled) => prepareClient(clientOf(command, target, index), settled),
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
    send: (wave, bytes) => {
      const ofWave = [...attempts].filter((entry) => entry.wave === wave);
      return ofWave.filter(({ attempt }) => attempt.send(bytes)).length;
    },
    stopReconnecting: () => {
      reconnecting = false;
    },
    release: () => {
      released = true;
      for (const { attempt } of attempts) {
        attempt.destroy();
      }
    },
  };
};
