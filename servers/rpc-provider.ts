/**
 * An RPC service that opens its port and only then makes itself ready, as services do that load
 * their caches after they have told the registry where they are.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { blockEventLoop } from './block-event-loop.ts';
import { encodeFrame, type Frame, readFrames } from './kit/frames.ts';
import { duration, readOptions } from './kit/options.ts';
import type { ProgramLog } from './kit/program-log.ts';
import { notACommand, runProgram, type Work } from './kit/run-program.ts';
import { LISTEN_HELP, listen, listenOptions, peerOf } from './listening.ts';

const HELP = `An RPC provider: it answers each request and each heartbeat at once.

  node dist/servers/rpc-provider.js [options]

  --startup-work TIME  from listen(2) on the event loop is blocked for that long, so that nobody is
                       accepted: caches are loaded, classes are compiled (default 0)
  --leave-within TIME  so long consumers may take to finish when it ends (default 2s)
${LISTEN_HELP}
The default of --backlog is 511. Times are written 300ms, 3s or 300 (milliseconds).

It writes one JSON object a line: listening, blocking and unblocked (the start-up work), accepted,
saw (each request that it has read), connection-error, closed. {"command":"close"} and the end of
standard input end it cleanly: it listens no more, asks each consumer to finish and to close its
connection, and waits for them.

A frame is a length (4 bytes, big-endian) and so many bytes of JSON: {"kind":"request","request":7}
is answered by {"kind":"response","request":7}, {"kind":"heartbeat"} by
{"kind":"heartbeat-answer"}; {"kind":"goaway"} asks the consumer to finish.

Exit codes: 0 closed, 2 wrong usage, 4 failed.

Examples:
  node dist/servers/rpc-provider.js --port 20880
  node dist/servers/rpc-provider.js --port 20880 --backlog 128 --startup-work 3s
`;

const OPTIONS = {
  ...listenOptions('511'),
  'startup-work': duration(0, '0'),
  'leave-within': duration(1, '2s'),
};

type Options = Exclude<ReturnType<typeof readOptions<typeof OPTIONS>>, 'help'>;

const GOAWAY = encodeFrame({ kind: 'goaway' });
const HEARTBEAT_ANSWER = encodeFrame({ kind: 'heartbeat-answer' });

const serve = (socket: Socket, log: ProgramLog): void => {
  const peer = peerOf(socket);
  const answer = (frame: Frame): void => {
    if (frame.kind === 'heartbeat') socket.write(HEARTBEAT_ANSWER);
    if (frame.kind !== 'request') return;
    const { request } = frame;
    log.tell({ event: 'saw', request, ...peer });
    socket.write(encodeFrame({ kind: 'response', request }));
  };
  log.tell({ event: 'accepted', ...peer });
  // A consumer that is killed resets its connection: that concerns nobody else.
  socket.on('error', ({ code, message }: NodeJS.ErrnoException) =>
    log.warn({ event: 'connection-error', code, ...peer }, message),
  );
  readFrames(socket, answer);
};

/** Each connection is closed by its consumer, once nothing on it is unanswered: no request is lost. */
const leave = async (
  server: Server,
  connections: ReadonlySet<Socket>,
  leaveWithinMs: number,
  log: ProgramLog,
): Promise<void> => {
  const closed = new Promise((resolve) => server.close(resolve));
  for (const connection of connections) {
    if (connection.writable) connection.write(GOAWAY);
  }
  const patience = setTimeout(() => {
    for (const connection of connections) connection.destroy();
  }, leaveWithinMs);
  await closed;
  clearTimeout(patience);
  log.tell({ event: 'closed' });
};

const begin = async (options: Options, log: ProgramLog): Promise<Work> => {
  const connections = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
    serve(socket, log);
  });
  await listen(server, options, log);
  // Still in the turn of listen(2): the loop has not accepted anybody.
  const startupWorkMs = options['startup-work'];
  if (startupWorkMs > 0) blockEventLoop(startupWorkMs, 'start-up work', log);
  return {
    obey: (command) => {
      throw notACommand(command);
    },
    end: () => leave(server, connections, options['leave-within'], log),
  };
};

await runProgram({
  name: 'rpc-provider',
  help: HELP,
  readOptions: (args) => readOptions(args, OPTIONS),
  begin,
});
