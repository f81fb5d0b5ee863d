import { Socket, type SocketConnectOpts } from 'node:net';
import type { SwarmEvent } from '../harness/domain/wire.ts';
import type { Client } from './client.ts';
import { type Connection, holdConnection } from './connection.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import type { Emit } from './event-writer.ts';
import { kernelHasConnected } from './kernel-has-connected.ts';
import { monotonicMs } from './monotonic.ts';

/** What the swarm wants to hear of one client. */
export interface Hearing {
  /** The attempt has an outcome. */
  readonly onSettled: () => void;
  /** It came to nothing, or the connection is over. */
  readonly onOver: () => void;
}

export interface Attempt {
  /** To be called once: calls connect(2). */
  readonly start: () => void;
  /** Writes so many bytes, if it is connected. */
  readonly send: (bytes: number) => boolean;
  /** Closes the socket without a further event. */
  readonly destroy: () => void;
}

type LocalEnd = { readonly localAddress: string; readonly localPort: number };

/** `autoSelectFamily` would run Node's own 250 ms timer beside ours. */
const connectOptions = ({ host, port, sourceAddress, sourcePort }: Client): SocketConnectOpts => ({
  host,
  port,
  autoSelectFamily: false,
  ...(sourceAddress === undefined ? {} : { localAddress: sourceAddress }),
  ...(sourcePort === undefined ? {} : { localPort: sourcePort }),
});

/** What an error of connect(2) is called; everything unknown is a local failure. */
const outcomeOfError = (
  code: string,
  of: { readonly monotonicMs: number; readonly client: number } & Partial<LocalEnd>,
): SwarmEvent => {
  switch (code) {
    case 'ETIMEDOUT':
      return { event: 'timed-out', by: 'kernel', ...of };
    case 'ECONNREFUSED':
      return { event: 'refused', ...of };
    case 'ECONNRESET':
      return { event: 'reset', stage: 'connecting', ...of };
    default:
      return { event: 'failed', stage: 'connecting', code, ...of };
  }
};

/**
 * One client's life: one connect(2), its outcome, and the connection held until the swarm lets go.
 * Once started it emits exactly one `attempt` and then at most one outcome; `onSettled` follows the
 * outcome.
 */
export const prepareAttempt = (client: Client, emit: Emit, hearing: Hearing): Attempt => {
  const socket = new Socket({ allowHalfOpen: true });
  let deadline: Deadline | undefined;
  let localEnd: Partial<LocalEnd> = {};
  let connection: Connection | undefined;

  const now = () => ({ monotonicMs: monotonicMs(), client: client.client });

  const emitAttempt = (): void => {
    const { wave, reconnects } = client;
    emit({ event: 'attempt', wave, ...(reconnects === undefined ? {} : { reconnects }), ...now() });
  };

  // Node >= 20.12 says so right before it calls connect(2). The timer starts here, so that a large
  // burst does not charge the loop's own delay to the kernel.
  const begin = (): void => {
    emitAttempt();
    deadline = startDeadline(client.behaviour.connectTimeoutMs, giveUp);
    process.nextTick(readLocalEnd);
  };

  /** After connect(2), which chooses the port; an error destroys the socket before it is told. */
  const readLocalEnd = (): void => {
    const { localAddress, localPort } = socket;
    if (localAddress !== undefined && localPort !== undefined) {
      localEnd = { localAddress, localPort };
    }
  };

  const settle = (outcome: SwarmEvent): void => {
    deadline?.cancel();
    emit(outcome);
    hearing.onSettled();
    if (outcome.event !== 'connected') {
      hearing.onOver();
    }
  };

  const giveUp = (): void => {
    // The SYN-ACK has come since the loop last asked: `connect` follows in its next turn.
    if (kernelHasConnected(socket)) return;
    const gaveUp = now();
    // At once, for whatever comes in between would connect a client that has given up.
    socket.destroy();
    settle({ event: 'timed-out', by: 'own-timer', ...gaveUp, ...localEnd });
  };

  const fail = (error: NodeJS.ErrnoException): void => {
    const code = error.code ?? error.name;
    if (connection !== undefined) {
      connection.end(code, localEnd);
      hearing.onOver();
      return;
    }
    // The local address was refused by bind(2), before connect(2): the client is told of all the
    // same, so that every client of a wave has an attempt.
    if (deadline === undefined) {
      emitAttempt();
    }
    settle(outcomeOfError(code, { ...now(), ...localEnd }));
  };

  const hold = (): void => {
    settle({ event: 'connected', ...now(), ...localEnd });
    connection = holdConnection(socket, client, emit, hearing.onOver);
  };

  socket.once('connectionAttempt', begin);
  socket.once('connect', hold);
  socket.on('error', fail);
  return {
    start: () => void socket.connect(connectOptions(client)),
    send: (bytes) => connection?.send(bytes) ?? false,
    destroy: () => socket.destroy(),
  };
};
