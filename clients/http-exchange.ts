import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { RequestOutcome } from '../harness/domain/application.ts';
import type { ProgramLog } from '../servers/kit/program-log.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import { type Ending, type Target, watchedSocket } from './watched-socket.ts';

export interface ExchangeToMake {
  readonly request: number;
  readonly client: number;
  readonly wave: string;
  readonly target: Target;
  readonly path: string;
  readonly connectTimeoutMs: number;
  /** Time without a complete answer after the request was written. */
  readonly readTimeoutMs: number;
}

export interface Exchange {
  /** Resolves when the request has ended and its connection is closed. */
  readonly over: Promise<void>;
  /** Closes the connection; a request that has no outcome by then gets none. */
  readonly abandon: () => void;
}

/** Makes one HTTP request on a connection of its own, and tells what became of both. */
export const startExchange = (exchange: ExchangeToMake, log: ProgramLog): Exchange => {
  const { request, client, wave, target, connectTimeoutMs, readTimeoutMs } = exchange;
  let ended = false;
  let deadline: Deadline | undefined;
  let ending: Ending | undefined;
  let complaint: string | undefined;

  const end = (outcome: RequestOutcome, code?: string): void => {
    deadline?.cancel();
    if (ended) return;
    ended = true;
    const tell = outcome === 'answered' ? log.tell : log.warn;
    const coded = code === undefined ? {} : { code };
    tell({ event: 'request-ended', request, outcome, client, ...coded });
  };
  log.tell({ event: 'request', request, client, wave });
  const socket = watchedSocket(target, { client, wave, connectTimeoutMs }, log, {
    // The request is written in the same turn.
    onConnected: () => {
      deadline = startDeadline(readTimeoutMs, () => {
        end('read-timed-out');
        socket.destroy();
      });
    },
    onEnd: (how) => {
      ending = how;
    },
  });
  const { host, port } = target;
  const headers = { 'x-request': `${request}`, connection: 'close' };
  // Node uses no agent when it is given the connection.
  const outgoing = httpRequest({
    ...{ host, port, path: exchange.path, headers },
    createConnection: () => socket,
  });
  outgoing.on('response', (response: IncomingMessage) => {
    response.once('end', () => end('answered'));
    response.resume();
  });
  outgoing.on('error', (error: NodeJS.ErrnoException) => {
    complaint = error.code;
  });
  outgoing.end();
  const over = new Promise<void>((resolve) => {
    outgoing.once('close', () => {
      end(outcomeOf(ending), codeOf(ending, complaint));
      resolve();
    });
  });
  const abandon = (): void => {
    ended = true;
    deadline?.cancel();
    socket.destroy();
  };
  return { over, abandon };
};

/** Of a request that was not answered, from the end of its connection. */
const outcomeOf = (ending: Ending | undefined): RequestOutcome => {
  if (ending?.stage !== 'connecting') return 'connection-lost';
  return ending.how === 'timed-out' ? 'connect-timed-out' : 'connect-failed';
};

/**
 * Node's HTTP client calls a FIN before the answer ECONNRESET too, so it is asked only when it has
 * closed the connection itself: it could not read the answer.
 */
const codeOf = (ending: Ending | undefined, complaint: string | undefined): string | undefined =>
  ending?.how === 'closed-by-us' ? complaint : ending?.code;
