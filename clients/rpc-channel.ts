import { encodeFrame, type Frame, readFrames } from '../servers/kit/frames.ts';
import type { ProgramLog } from '../servers/kit/program-log.ts';
import { trackRequests } from './rpc-requests.ts';
import type { UnderWay } from './under-way.ts';
import {
  type Ending,
  type Target,
  type WatchedConnection,
  watchedSocket,
} from './watched-socket.ts';

export interface ChannelTimes {
  readonly requestTimeoutMs: number;
  /** A channel on which nothing was written for so long writes a heartbeat. */
  readonly heartbeatEveryMs: number;
}

/** One connection to the provider, from its attempt to its end. */
export interface RpcChannel {
  /** Its connection's number. */
  readonly client: number;
  /** Connected, as far as this end knows, and not asked to go away. */
  readonly isOpen: () => boolean;
  readonly send: (request: number) => void;
  /** Resolves when the socket is closed. */
  readonly close: () => Promise<void>;
}

export interface ChannelSurroundings {
  readonly times: ChannelTimes;
  readonly log: ProgramLog;
  readonly underWay: UnderWay;
  /** Aborted: write nothing of your own accord any more. */
  readonly stopped: AbortSignal;
}

const HEARTBEAT = encodeFrame({ kind: 'heartbeat' });

export const openChannel = (
  target: Target,
  connection: WatchedConnection,
  { times, log, underWay, stopped }: ChannelSurroundings,
  hear: { readonly onConnected: () => void; readonly onEnd: (ending: Ending) => void },
): RpcChannel => {
  const { client } = connection;
  const { requestTimeoutMs, heartbeatEveryMs } = times;
  const requests = trackRequests({ client, requestTimeoutMs }, log, underWay);
  let state: 'connecting' | 'open' | 'leaving' | 'ended' = 'connecting';
  /** Frames that the provider owes an answer, those of requests that have timed out among them. */
  let unanswered = 0;
  let heartbeat: NodeJS.Timeout | undefined;

  const write = (bytes: Uint8Array): void => {
    socket.write(bytes);
    unanswered += 1;
    heartbeat?.refresh();
  };
  const beat = (): void => {
    if (state === 'open' && !stopped.aborted) write(HEARTBEAT);
  };
  // To close a socket that has unread bytes, or gets some later, would send a RST.
  const closeIfDone = (): void => {
    if (state === 'leaving' && unanswered === 0) socket.destroy();
  };
  const onFrame = (frame: Frame): void => {
    if (frame.kind === 'goaway') state = 'leaving';
    if (frame.kind === 'response') requests.answered(frame.request);
    if (frame.kind === 'response' || frame.kind === 'heartbeat-answer') unanswered -= 1;
    closeIfDone();
  };

  underWay.begin();
  const socket = watchedSocket(target, connection, log, {
    onConnected: () => {
      state = 'open';
      underWay.end();
      heartbeat = setTimeout(beat, heartbeatEveryMs);
      hear.onConnected();
    },
    onEnd: (ending) => {
      if (state === 'connecting') underWay.end();
      state = 'ended';
      clearTimeout(heartbeat);
      requests.lost(ending.code);
      hear.onEnd(ending);
    },
  });
  readFrames(socket, onFrame);

  return {
    client,
    isOpen: () => state === 'open',
    send: (request) => {
      requests.add(request);
      write(encodeFrame({ kind: 'request', request }));
    },
    close: () =>
      new Promise((resolve) => {
        socket.once('close', () => resolve());
        socket.destroy();
      }),
  };
};
