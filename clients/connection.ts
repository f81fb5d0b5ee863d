import type { Socket } from 'node:net';
import type { SwarmEvent } from '../harness/domain/wire.ts';
import type { Client } from './client.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import type { Emit } from './event-writer.ts';
import { monotonicMs } from './monotonic.ts';

export interface Connection {
  /** The kernel has ended the connection with this error. */
  readonly end: (code: string, localEnd: LocalEnd) => void;
  /** False when the client has closed it already. */
  readonly send: (bytes: number) => boolean;
}

interface LocalEnd {
  readonly localAddress?: string;
  readonly localPort?: number;
}

/** One buffer for all clients: they send the same. */
let payload = new Uint8Array(0);

const payloadOf = (bytes: number): Uint8Array => {
  if (payload.length !== bytes) {
    payload = new Uint8Array(bytes).fill(0x2e);
  }
  return payload;
};

/**
 * The life of a connection after connect(2). The socket is read, for otherwise nobody would notice
 * a FIN or RST; a FIN is not answered and a read timeout closes nothing, so that what can be seen
 * at the sockets stays as it is until the release. But a short connection closes at once, and who
 * reconnects lets go of a connection that the server has ended; `onOver` follows.
 */
export const holdConnection = (
  socket: Socket,
  { client, behaviour }: Client,
  emit: Emit,
  onOver: () => void,
): Connection => {
  const { readTimeoutMs, sendBytes, keepAliveMs, closesAtOnce, reconnectAfterMs } = behaviour;
  const now = () => ({ monotonicMs: monotonicMs(), client });
  /** Payload was handed to the kernel or received from the server. */
  let dataSeen = false;
  let readDeadline: Deadline | undefined;
  let readTimedOut = false;

  const awaitData = (): void => {
    readDeadline?.cancel();
    if (readTimeoutMs !== null && !readTimedOut) {
      readDeadline = startDeadline(readTimeoutMs, () => {
        readTimedOut = true;
        emit({ event: 'read-timed-out', ...now() });
      });
    }
  };

  const endOfError = (code: string, localEnd: LocalEnd): SwarmEvent => {
    switch (code) {
      // tcp_reset() gives EPIPE instead of ECONNRESET once the server's FIN has come.
      case 'ECONNRESET':
      case 'EPIPE': {
        const stage = dataSeen ? 'after-data' : 'before-data';
        return { event: 'reset', stage, ...now(), ...localEnd };
      }
      case 'ETIMEDOUT':
        return { event: 'timed-out-by-kernel', ...now() };
      default:
        return { event: 'failed', stage: 'connected', code, ...now(), ...localEnd };
    }
  };

  if (keepAliveMs !== null) {
    socket.setKeepAlive(true, keepAliveMs);
  }
  socket.on('data', (chunk: Uint8Array) => {
    dataSeen = true;
    emit({ event: 'received', bytes: chunk.length, ...now() });
    awaitData();
  });
  socket.once('end', () => {
    readDeadline?.cancel();
    emit({ event: 'closed-by-server', ...now() });
    if (reconnectAfterMs !== undefined) {
      close();
    }
  });
  const send = (bytes: number): boolean => {
    if (socket.destroyed) {
      return false;
    }
    socket.write(payloadOf(bytes), (error) => {
      if (!error) {
        dataSeen = true;
        emit({ event: 'sent', bytes, ...now() });
      }
      if (closesAtOnce === true) {
        close();
      }
    });
    return true;
  };

  /** Once: the write of a socket that is destroyed calls back too. */
  const close = (): void => {
    if (!socket.destroyed) {
      readDeadline?.cancel();
      socket.destroy();
      emit({ event: 'closed-by-client', ...now() });
      onOver();
    }
  };

  awaitData();
  if (sendBytes > 0) {
    send(sendBytes);
  } else if (closesAtOnce === true) {
    close();
  }

  return {
    send,
    end: (code, localEnd) => {
      readDeadline?.cancel();
      emit(endOfError(code, localEnd));
    },
  };
};
