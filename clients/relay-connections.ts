import type { Socket } from 'node:net';
import type { ProgramLog } from '../servers/kit/program-log.ts';
import { startDeadline } from './deadline.ts';
import type { Numbering } from './program-options.ts';
import { watchedSocket } from './watched-socket.ts';

/**
 * A relay over its cap closes a connection right after the handshake: one that is younger than this
 * is not yet known to stay. A relay that shares a busy machine takes up to 100 ms for it.
 */
const PROBATION_MS = 1_000;

export interface RelayConnections {
  /** Connects to a relay, and again and again when that fails or the connection ends. */
  readonly keep: (relay: number, hear: (socket: Socket | undefined) => void) => void;
  /** Attempts without outcome, connections on probation. */
  readonly isSettled: () => boolean;
  /** Says of each open connection how many bytes were written to it; one that ended said so then. */
  readonly tellSent: () => void;
}

export const relayConnections = (
  settings: {
    readonly relays: readonly string[];
    readonly numbering: Numbering;
    readonly connectTimeoutMs: number;
    readonly reconnectAfterMs: number;
    readonly log: ProgramLog;
  },
  hear: { readonly mayReconnect: () => boolean; readonly onSettled: () => void },
): RelayConnections => {
  const { relays, numbering, connectTimeoutMs, reconnectAfterMs, log } = settings;
  const unsettled = new Set<number>();
  const open = new Map<number, Socket>();

  const tellSentOn = (client: number, socket: Socket): void => {
    const bytes = socket.bytesWritten;
    if (bytes > 0) log.tell({ event: 'sent', client, bytes });
  };

  const connect = (
    relay: number,
    host: string,
    set: (socket: Socket | undefined) => void,
    reconnects?: number,
  ): void => {
    const client = numbering.nextClient();
    unsettled.add(client);
    const settle = (): void => {
      unsettled.delete(client);
      hear.onSettled();
    };
    const socket = watchedSocket(
      { ...numbering.nextTarget(), host },
      { client, wave: `relay ${relay}`, connectTimeoutMs, reconnects },
      log,
      {
        onConnected: () => {
          set(socket);
          open.set(client, socket);
          startDeadline(PROBATION_MS, settle);
        },
        onEnd: () => {
          set(undefined);
          open.delete(client);
          tellSentOn(client, socket);
          setTimeout(() => {
            if (hear.mayReconnect()) connect(relay, host, set, client);
          }, reconnectAfterMs);
          settle();
        },
      },
    );
    // Nobody sends anything, but an unread connection would not notice its end.
    socket.resume();
  };
  return {
    keep: (relay, set) => connect(relay, relays[relay] ?? '', set),
    isSettled: () => unsettled.size === 0,
    tellSent: () => {
      for (const [client, socket] of open) tellSentOn(client, socket);
      open.clear();
    },
  };
};
