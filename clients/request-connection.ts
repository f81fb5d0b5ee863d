import { lineReader } from '../servers/kit/lines.ts';
import type { ProgramLog } from '../servers/kit/program-log.ts';
import { readResponse, requestLine } from '../servers/kit/request-lines.ts';
import { startDeadline } from './deadline.ts';
import type { Numbering } from './program-options.ts';
import type { OpenRequest, RequestEnd } from './request-book.ts';
import { type Ending, watchedSocket } from './watched-socket.ts';

/** What all connections of the program have in common. */
export interface ConnectionSettings {
  readonly numbering: Numbering;
  readonly wave: string;
  readonly connectTimeoutMs: number;
  readonly readTimeoutMs: number;
  readonly log: ProgramLog;
}

/** A connection that carries requests, one after the other. */
export interface RequestConnection {
  readonly client: number;
  /** Writes the request, whose end is told and then called back with: one request at a time. */
  readonly ask: (request: OpenRequest, onEnded: (end: RequestEnd) => void) => void;
  readonly close: () => void;
}

export interface ConnectionHearing {
  readonly onConnected: (connection: RequestConnection) => void;
  /** Once; a request that was under way has ended before. */
  readonly onEnd: (ending: Ending) => void;
}

export const openRequestConnection = (
  settings: ConnectionSettings,
  hear: ConnectionHearing,
  reconnects?: number,
): RequestConnection => {
  const { numbering, wave, connectTimeoutMs, readTimeoutMs, log } = settings;
  const client = numbering.nextClient();
  let asked: { readonly request: number; readonly end: (end: RequestEnd) => void } | undefined;

  const ask = (open: OpenRequest, onEnded: (end: RequestEnd) => void): void => {
    const deadline = startDeadline(readTimeoutMs, () =>
      asked?.end({ outcome: 'read-timed-out', client }),
    );
    asked = {
      request: open.request,
      end: (end) => {
        asked = undefined;
        deadline.cancel();
        open.end(end);
        onEnded(end);
      },
    };
    socket.write(requestLine(open.request));
  };
  const read = lineReader((line) => {
    if (asked !== undefined && readResponse(line) === asked.request) {
      asked.end({ outcome: 'answered', client });
    } else {
      socket.destroy();
    }
  });
  const socket = watchedSocket(
    numbering.nextTarget(),
    { client, wave, connectTimeoutMs, reconnects },
    log,
    {
      onConnected: () => hear.onConnected(connection),
      onEnd: (ending) => {
        asked?.end({ outcome: 'connection-lost', client, ...codeOf(ending) });
        hear.onEnd(ending);
      },
    },
  );
  socket.setEncoding('utf8').on('data', (text: string) => {
    if (!read(text)) socket.destroy();
  });
  const connection = { client, ask, close: () => socket.destroy() };
  return connection;
};

/** What a request ends with whose connection came to nothing. */
export const endWithout = (ending: Ending, client: number): RequestEnd => ({
  outcome: ending.how === 'timed-out' ? 'connect-timed-out' : 'connect-failed',
  client,
  ...codeOf(ending),
});

const codeOf = ({ code }: Ending): { readonly code?: string } =>
  code === undefined ? {} : { code };
