/**
 * A connection layer as it is often written in Node: WebSockets on a listener that nobody gave a
 * backlog, and an upgrade that costs time on the event loop, on which nobody is accepted meanwhile.
 */
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { duration, readOptions } from './kit/options.ts';
import { monotonicMs, type ProgramLog } from './kit/program-log.ts';
import { notACommand, runProgram, type Work } from './kit/run-program.ts';
import { LISTEN_HELP, type ListenOptions, listen, listenOptions, peerOf } from './listening.ts';

const HELP = `A WebSocket server whose upgrades are expensive. It echoes what it receives.

  node dist/servers/websocket-server.js [options]

  --upgrade-cost TIME  CPU time that each upgrade takes on the event loop (default 2ms)
${LISTEN_HELP}
The default of --backlog is none. Times are written 300ms, 3s or 300 (milliseconds).

It writes one JSON object a line: listening, accepted (every TCP connection), saw (an upgrade
request with the header x-request), closed. {"command":"close"} and the end of standard input
close every connection and end it.

Exit codes: 0 closed, 2 wrong usage, 4 failed.

Examples:
  node dist/servers/websocket-server.js --port 8080
  node dist/servers/websocket-server.js --port 8080 --backlog 4096 --upgrade-cost 5ms
`;

const OPTIONS = { ...listenOptions('none'), 'upgrade-cost': duration(0, '2ms') };

/** Looks up a session, checks a token: the loop does nothing else meanwhile. */
const keepBusy = (forMs: number): void => {
  const untilMs = monotonicMs() + forMs;
  while (monotonicMs() < untilMs);
};

const tellRequest = ({ headers, socket }: IncomingMessage, log: ProgramLog): void => {
  const request = Number(headers['x-request']);
  if (request >= 1) log.tell({ event: 'saw', request, ...peerOf(socket) });
};

const echo = (websocket: WebSocket): void => {
  // A broken frame; `ws` closes the connection.
  websocket.on('error', () => undefined);
  websocket.on('message', (data, binary) => websocket.send(data, { binary }));
};

const onlyWebSockets: RequestListener = (_, response) => {
  response.writeHead(426, { connection: 'close', upgrade: 'websocket' }).end();
};

const begin = async (
  options: ListenOptions & { readonly 'upgrade-cost': number },
  log: ProgramLog,
): Promise<Work> => {
  const server = createServer(onlyWebSockets);
  const upgrades = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const connections = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    log.tell({ event: 'accepted', ...peerOf(socket) });
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  server.on('upgrade', (request, socket, head) => {
    tellRequest(request, log);
    // A turn may upgrade hundreds: whoever waits for this line would hear of the first after seconds.
    log.flush();
    keepBusy(options['upgrade-cost']);
    upgrades.handleUpgrade(request, socket, head, echo);
  });
  await listen(server, options, log);
  return {
    obey: (command) => {
      throw notACommand(command);
    },
    end: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const connection of connections) connection.destroy();
      await closed;
      log.tell({ event: 'closed' });
    },
  };
};

await runProgram({
  name: 'websocket-server',
  help: HELP,
  readOptions: (args) => readOptions(args, OPTIONS),
  begin,
});
