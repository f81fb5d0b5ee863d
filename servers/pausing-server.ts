/**
 * Answers short requests at once, as long as its event loop turns, which stands still again and
 * again, as that of every real server does: garbage collection, a slow query, a synchronous write.
 */
import { createServer, type Socket } from 'node:net';
import { blockEventLoop } from './block-event-loop.ts';
import { lineReader } from './kit/lines.ts';
import { duration, optional, readOptions, usageError, whole } from './kit/options.ts';
import type { ProgramLog } from './kit/program-log.ts';
import { readRequest, responseLine } from './kit/request-lines.ts';
import { notACommand, runProgram, wordOf } from './kit/run-program.ts';
import { listenAgain } from './listen-again.ts';
import { LISTEN_HELP, listen, listenOptions, peerOf } from './listening.ts';
import { LARGEST_BACKLOG } from './server-options.ts';

const HELP = `Answers one-line requests, and pauses again and again: its event loop is blocked, so that it
neither accepts nor reads nor answers, as in garbage collection or a slow query.

Usage: node dist/servers/pausing-server.js [options]

  --pause TIME         how long the loop is blocked each time (default 0: never)
  --pause-every TIME   from the beginning of one pause to that of the next (default 1s)
  --pauses N           so many, and then no more (default: without end)
${LISTEN_HELP}
A connection may ask as often as it likes: the line "request 7" is answered by "response 7".

Events are printed as JSON lines. Commands are read from standard input, one JSON object a line:
  {"command":"listen","backlog":8}  listen(2) again on the same socket
  {"command":"close"}               end, as the end of standard input and SIGTERM do

Examples:
  node dist/servers/pausing-server.js --port 9999 --backlog 8192
  node dist/servers/pausing-server.js --port 9999 --backlog 8192 --pause 400ms --pause-every 1s

Exit codes: 0 closed, 2 wrong usage, 4 could not listen.
`;

const MOST_PAUSES = 1_000_000;

const READERS = {
  ...listenOptions('511'),
  pause: duration(0, '0'),
  'pause-every': duration(1, '1s'),
  pauses: optional(whole(1, MOST_PAUSES)),
};

const readPausingOptions = (args: readonly string[]) => {
  const options = readOptions(args, READERS);
  if (options !== 'help' && options.pause >= options['pause-every']) {
    throw usageError(
      `A pause of ${options.pause}ms every ${options['pause-every']}ms leaves no time to work.`,
      'pass a --pause-every that is longer than --pause.',
    );
  }
  return options;
};

const serve = (socket: Socket, log: ProgramLog): void => {
  // A connection that has ended does not know its peer any more.
  const peer = peerOf(socket);
  log.tell({ event: 'accepted', ...peer });
  const answer = (line: string): void => {
    const request = readRequest(line);
    if (request === undefined) {
      socket.destroy();
      return;
    }
    log.tell({ event: 'saw', request, ...peer });
    socket.write(responseLine(request));
  };
  const read = lineReader(answer);
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.setEncoding('utf8').on('data', (text: string) => {
    if (!read(text)) socket.destroy();
  });
};

const backlogIn = (command: unknown): number => {
  const backlog =
    typeof command === 'object' && command !== null && 'backlog' in command
      ? Number(command.backlog)
      : Number.NaN;
  if (wordOf(command) !== 'listen' || !Number.isInteger(backlog)) throw notACommand(command);
  if (backlog < 0 || backlog > LARGEST_BACKLOG) throw notACommand(command);
  return backlog;
};

/** Returns what ends it before its time. */
const pauseAgainAndAgain = (
  {
    pause,
    'pause-every': everyMs,
    pauses = Number.POSITIVE_INFINITY,
  }: {
    readonly pause: number;
    readonly 'pause-every': number;
    readonly pauses: number | undefined;
  },
  log: ProgramLog,
): (() => void) => {
  let left = pauses;
  const timer = setInterval(() => {
    left -= 1;
    if (left === 0) clearInterval(timer);
    blockEventLoop(pause, 'a pause', log);
  }, everyMs);
  return () => clearInterval(timer);
};

await runProgram({
  name: 'pausing-server',
  help: HELP,
  readOptions: readPausingOptions,
  begin: async (options, log) => {
    const server = createServer((socket) => serve(socket, log));
    await listen(server, options, log);
    const stopPausing = options.pause > 0 ? pauseAgainAndAgain(options, log) : () => undefined;
    return {
      obey: (command) => listenAgain(server, backlogIn(command), log),
      // The connections end with the process.
      end: () => {
        stopPausing();
        server.close();
        log.tell({ event: 'closed' });
      },
    };
  },
});
