import { startDeadline } from './deadline.ts';
import type { OpenRequest, RequestBook } from './request-book.ts';
import {
  type ConnectionSettings,
  openRequestConnection,
  type RequestConnection,
} from './request-connection.ts';

export interface ConnectionPool {
  /** Goes over a free connection, or waits in line for one, at most so long as the pool says. */
  readonly ask: (onOver: () => void) => void;
  /** Attempts that have no outcome yet. */
  readonly connecting: () => number;
}

/** The time before a connection that failed or ended is opened again. */
const REOPEN_AFTER_MS = 100;

type Granted = (connection: RequestConnection) => void;

/**
 * Opens so many connections at once and holds them. `mayReopen` is asked before each one that is
 * opened again, `onSettled` called when an attempt has its outcome.
 */
export const openPool = (
  { size, waitMs }: { readonly size: number; readonly waitMs: number },
  settings: ConnectionSettings,
  book: RequestBook,
  hear: { readonly mayReopen: () => boolean; readonly onSettled: () => void },
): ConnectionPool => {
  const free = new Set<RequestConnection>();
  /** The first in line first. */
  const waiting = new Set<Granted>();
  let connecting = 0;

  const settle = (): void => {
    connecting -= 1;
    hear.onSettled();
  };
  const open = (reconnects?: number): void => {
    connecting += 1;
    const connection = openRequestConnection(
      settings,
      {
        onConnected: (connected) => {
          offer(connected);
          settle();
        },
        onEnd: ({ stage }) => {
          free.delete(connection);
          setTimeout(() => {
            if (hear.mayReopen()) open(connection.client);
          }, REOPEN_AFTER_MS);
          if (stage === 'connecting') settle();
        },
      },
      reconnects,
    );
  };
  const offer = (connection: RequestConnection): void => {
    const [first] = waiting;
    if (first === undefined) {
      free.add(connection);
    } else {
      waiting.delete(first);
      first(connection);
    }
  };
  const acquire = (granted: Granted): void => {
    const [connection] = free;
    if (connection === undefined) {
      waiting.add(granted);
    } else {
      free.delete(connection);
      granted(connection);
    }
  };
  const askOver = (connection: RequestConnection, request: OpenRequest, onOver: () => void): void =>
    connection.ask(request, ({ outcome }) => {
      if (outcome === 'answered') offer(connection);
      // Its late answer would be taken for that of the next request.
      if (outcome === 'read-timed-out') connection.close();
      onOver();
    });

  for (let opened = 0; opened < size; opened += 1) open();
  return {
    ask: (onOver) => {
      const request = book.begin();
      const granted: Granted = (connection) => {
        deadline.cancel();
        askOver(connection, request, onOver);
      };
      const deadline = startDeadline(waitMs, () => {
        waiting.delete(granted);
        request.end({ outcome: 'connect-timed-out' });
        onOver();
      });
      acquire(granted);
    },
    connecting: () => connecting,
  };
};
