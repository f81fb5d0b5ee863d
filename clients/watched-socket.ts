import { Socket, type SocketConnectOpts } from 'node:net';
import type { SwarmEvent } from '../harness/domain/wire.ts';
import type { ProgramLog, Telling } from '../servers/kit/program-log.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import { kernelHasConnected } from './kernel-has-connected.ts';

/** Where a connection goes to and where it comes from. */
export interface Target {
  readonly host: string;
  readonly port: number;
  /** undefined: the kernel chooses. */
  readonly sourceAddress?: string | undefined;
  /** A port that no other connection of the run gets; undefined: the kernel chooses. */
  readonly sourcePort?: number | undefined;
}

export interface WatchedConnection {
  /** Unique in the run: the connection's name in all events. */
  readonly client: number;
  readonly wave: string;
  readonly connectTimeoutMs: number;
  /** The connection that this one is to replace. */
  readonly reconnects?: number | undefined;
}

/** Why there is no connection, or none any more. */
export interface Ending {
  /** `connecting`: there never was one. */
  readonly stage: 'connecting' | 'connected';
  readonly how: 'timed-out' | 'refused' | 'reset' | 'failed' | 'closed-by-server' | 'closed-by-us';
  readonly code?: string;
}

type SocketEvent = Telling<Extract<SwarmEvent, { readonly client: number }>>;

/**
 * Connects, and tells the whole life of the connection in the words of the swarm (domain/wire.ts):
 * one `attempt`, at most one outcome, at most one end. The socket is an ordinary one, so that HTTP
 * and WebSocket libraries can use it; somebody must read it, for otherwise nobody notices a FIN.
 * It closes its side when the server has closed the other. Whoever wants to end it calls destroy().
 * `onConnected` and `onEnd` are called after the event was told, `onEnd` exactly once.
 */
export const watchedSocket = (
  target: Target,
  connection: WatchedConnection,
  log: ProgramLog,
  hear: { readonly onConnected?: () => void; readonly onEnd: (ending: Ending) => void },
): Socket => {
  const { client, wave, connectTimeoutMs, reconnects } = connection;
  const socket = new Socket();
  let deadline: Deadline | undefined;
  let localEnd: { readonly localAddress?: string; readonly localPort?: number } = {};
  let connected = false;
  let ended = false;

  const end = (event: SocketEvent, ending: Ending): void => {
    if (ended) return;
    ended = true;
    deadline?.cancel();
    const tell = ending.how === 'closed-by-us' ? log.tell : log.warn;
    tell(event);
    hear.onEnd(ending);
  };
  const tellAttempt = (): void =>
    log.tell({
      event: 'attempt',
      client,
      wave,
      ...(reconnects === undefined ? {} : { reconnects }),
    });

  // Node >= 20.12 says so right before it calls connect(2).
  socket.once('connectionAttempt', () => {
    tellAttempt();
    deadline = startDeadline(connectTimeoutMs, () => {
      // The SYN-ACK has come since the loop last asked: `connect` follows in its next turn.
      if (kernelHasConnected(socket)) return;
      end(
        { event: 'timed-out', by: 'own-timer', client, ...localEnd },
        { stage: 'connecting', how: 'timed-out' },
      );
      socket.destroy();
    });
    process.nextTick(() => {
      const { localAddress, localPort } = socket;
      if (localAddress !== undefined && localPort !== undefined)
        localEnd = { localAddress, localPort };
    });
  });
  socket.once('connect', () => {
    connected = true;
    deadline?.cancel();
    log.tell({ event: 'connected', client, ...localEnd });
    hear.onConnected?.();
  });
  socket.once('end', () =>
    end({ event: 'closed-by-server', client }, { stage: 'connected', how: 'closed-by-server' }),
  );
  socket.once('error', (error: NodeJS.ErrnoException) => {
    const code = error.code ?? error.name;
    // bind(2) has refused the local address before connect(2): it is an attempt all the same.
    if (deadline === undefined) tellAttempt();
    const failure = connected
      ? laterFailure(code, client, localEnd, socket.bytesRead + socket.bytesWritten > 0)
      : connectFailure(code, client, localEnd);
    end(failure.event, failure.ending);
  });
  socket.once('close', () => {
    if (!connected && !ended) {
      end(
        { event: 'failed', stage: 'connecting', code: 'ABORTED', client, ...localEnd },
        { stage: 'connecting', how: 'failed', code: 'ABORTED' },
      );
    } else {
      end({ event: 'closed-by-client', client }, { stage: 'connected', how: 'closed-by-us' });
    }
  });
  socket.setNoDelay(true);
  socket.connect(connectOptions(target));
  return socket;
};

/** `autoSelectFamily` would run Node's own 250 ms timer beside ours. */
const connectOptions = ({ host, port, sourceAddress, sourcePort }: Target): SocketConnectOpts => ({
  host,
  port,
  autoSelectFamily: false,
  ...(sourceAddress === undefined ? {} : { localAddress: sourceAddress }),
  ...(sourcePort === undefined ? {} : { localPort: sourcePort }),
});

interface Failure {
  readonly event: SocketEvent;
  readonly ending: Ending;
}

type LocalEnd = { readonly localAddress?: string; readonly localPort?: number };

const connectFailure = (code: string, client: number, localEnd: LocalEnd): Failure => {
  const stage = 'connecting';
  switch (code) {
    case 'ETIMEDOUT':
      return {
        event: { event: 'timed-out', by: 'kernel', client, ...localEnd },
        ending: { stage, how: 'timed-out', code },
      };
    case 'ECONNREFUSED':
      return {
        event: { event: 'refused', client, ...localEnd },
        ending: { stage, how: 'refused', code },
      };
    case 'ECONNRESET':
      return {
        event: { event: 'reset', stage, client, ...localEnd },
        ending: { stage, how: 'reset', code },
      };
    default:
      return {
        event: { event: 'failed', stage, code, client, ...localEnd },
        ending: { stage, how: 'failed', code },
      };
  }
};

const laterFailure = (
  code: string,
  client: number,
  localEnd: LocalEnd,
  dataSeen: boolean,
): Failure => {
  const stage = 'connected';
  switch (code) {
    // tcp_reset() gives EPIPE instead of ECONNRESET once the server's FIN has come.
    case 'ECONNRESET':
    case 'EPIPE':
      return {
        event: {
          event: 'reset',
          stage: dataSeen ? 'after-data' : 'before-data',
          client,
          ...localEnd,
        },
        ending: { stage, how: 'reset', code },
      };
    case 'ETIMEDOUT':
      return {
        event: { event: 'timed-out-by-kernel', client },
        ending: { stage, how: 'timed-out', code },
      };
    default:
      return {
        event: { event: 'failed', stage, code, client, ...localEnd },
        ending: { stage, how: 'failed', code },
      };
  }
};
