import { isIPv6, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { RequestOutcome } from '../harness/domain/application.ts';
import { monotonicMs, type ProgramLog } from '../servers/kit/program-log.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import { type Ending, type Target, watchedSocket } from './watched-socket.ts';

export interface Upgrade {
  readonly target: Target;
  readonly wave: string;
  readonly client: number;
  readonly request: number;
  readonly connectTimeoutMs: number;
  /** From the beginning of the attempt to the server's 101. */
  readonly upgradeTimeoutMs: number;
  /** From the connection to the request for the upgrade. */
  readonly askAfterMs: number;
}

const urlOf = ({ host, port }: Target): string =>
  `ws://${isIPv6(host) ? `[${host}]` : host}:${port}/`;

/** What the end of its connection means to an upgrade that was not answered. */
const outcomeOf = ({ stage, how }: Ending): RequestOutcome => {
  if (stage === 'connected') return 'connection-lost';
  return how === 'timed-out' ? 'connect-timed-out' : 'connect-failed';
};

/**
 * Connects and asks for the upgrade; the connection is held from then on. `onSettled` is called once:
 * when it has been upgraded, or when there is no connection that could be.
 */
export const openWebSocket = (upgrade: Upgrade, log: ProgramLog, onSettled: () => void): Socket => {
  const { target, wave, client, request, upgradeTimeoutMs, askAfterMs } = upgrade;
  const connectTimeoutMs = Math.min(upgrade.connectTimeoutMs, upgradeTimeoutMs);
  let deadline: Deadline | undefined;
  let outcome: RequestOutcome | undefined;

  const end = (its: RequestOutcome, code?: string): void => {
    if (outcome !== undefined) return;
    outcome = its;
    deadline?.cancel();
    const tell = outcome === 'answered' ? log.tell : log.warn;
    const how = code === undefined ? {} : { code };
    tell({ event: 'request-ended', request, outcome, client, ...how });
  };
  const awaitUpgrade = (): void => {
    const leftMs = Math.max(0, beganMs + upgradeTimeoutMs - monotonicMs());
    deadline = startDeadline(leftMs, () => {
      end('read-timed-out');
      socket.destroy();
    });
  };

  const ask = (): void => {
    if (socket.destroyed) return;
    const websocket = new WebSocket(urlOf(target), {
      perMessageDeflate: false,
      headers: { 'x-request': `${request}` },
      createConnection: () => socket,
    });
    websocket.on('open', () => {
      end('answered');
      onSettled();
    });
    // Whatever it is, 503 instead of 101 included: `ws` ends the connection, which tells it.
    websocket.on('error', () => undefined);
  };

  log.tell({ event: 'request', request, client, wave });
  // After the log has stamped it: nobody may read a time limit as shorter than it is.
  const beganMs = monotonicMs();
  const socket = watchedSocket(target, { client, wave, connectTimeoutMs }, log, {
    onConnected: () => {
      awaitUpgrade();
      if (askAfterMs === 0) ask();
      else setTimeout(ask, askAfterMs);
    },
    onEnd: (ending) => {
      end(outcomeOf(ending), ending.code);
      if (outcome !== 'answered') onSettled();
    },
  });
  return socket;
};
