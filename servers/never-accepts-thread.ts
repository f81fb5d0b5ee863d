/**
 * The listening thread. libuv accepts whenever the event loop turns, and `pauseOnConnect` and
 * `maxConnections` accept first: the one way not to call accept(2) in a `net` server is a loop that
 * does not turn. So this thread blocks in Atomics.wait in the very tick of listen(2), and takes its
 * commands from there.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { getSystemErrorName } from 'node:util';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { ServerCommand, ServerEvent } from '../harness/domain/wire.ts';
import type { ServerOptions } from './server-options.ts';

/** `wakeUps` counts the commands posted so far; the thread sleeps on it. */
export interface ThreadData {
  readonly options: ServerOptions;
  readonly wakeUps: Int32Array;
}

if (parentPort === null) {
  throw new Error('This file is the listening thread of never-accepts.js; start that instead.');
}
const port = parentPort;
const { options, wakeUps } = workerData as ThreadData;
const accepted = new Set<Socket>();
/** Until then the loop does not turn: for ever, unless a command says otherwise. */
let blockedUntilMs = Number.POSITIVE_INFINITY;
/** While it serves: how long its loop is blocked, and how long it turns in between. */
let duty: { readonly blockedMs: number; readonly openMs: number } | undefined;
let dutyTimer: NodeJS.Timeout | undefined;

const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Reaches the main thread although this one does not turn its loop. */
const post = (event: ServerEvent): void => port.postMessage(event);

const fail = (code: string, message: string): void => {
  post({ event: 'failed', monotonicMs: monotonicMs(), code, message });
};

/** A connection that its client reset while it was queued is accepted, but has no peer any more. */
const peerOf = ({
  remoteAddress = '',
  remotePort = 0,
}: {
  readonly [Field in keyof Peer]?: Peer[Field] | undefined;
}): Peer => ({
  remoteAddress,
  remotePort,
});

interface Peer {
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** Holds the connection and reads what comes, so that a client that goes away is let go. */
const keepOpen = (socket: Socket): void => {
  const peer = peerOf(socket);
  post({ event: 'accepted', monotonicMs: monotonicMs(), ...peer });
  accepted.add(socket);
  socket.on('error', () => undefined);
  socket.on('close', () => accepted.delete(socket));
  socket.on('data', (chunk: Uint8Array) => {
    post({ event: 'received', monotonicMs: monotonicMs(), ...peer, bytes: chunk.length });
    if (options.answers) {
      socket.write(chunk);
    }
  });
};

const server = createServer(keepOpen);
if (options.cap !== null) {
  server.maxConnections = options.cap;
  server.on('drop', (peer) => {
    post({ event: 'dropped', monotonicMs: monotonicMs(), ...peerOf(peer ?? {}) });
  });
}

/** The main thread fills in the accept-queue limit: it is free to run `ss`. */
const postListening = (event: 'listening' | 'listening-again', backlog: number | null): void => {
  const bound = server.address();
  if (bound === null || typeof bound === 'string') {
    throw new Error('The server has no address although it listens.');
  }
  post({
    event,
    monotonicMs: monotonicMs(),
    address: bound.address,
    port: bound.port,
    backlog,
    acceptQueueLimit: null,
  });
};

/** The part of Node's internal TCP handle that is used here: 0, or a negative errno. */
type WithHandle = Server & { readonly _handle?: { readonly listen?: (backlog: number) => number } };

/**
 * listen(2) once more on the same socket. `server.listen` refuses (ERR_SERVER_ALREADY_LISTEN), and
 * listening on the file descriptor makes a second libuv handle that would own the same socket. The
 * internal handle's `listen` is uv_listen, which is listen(2) plus the watcher that is already
 * there: synchronous, so that the loop need not turn.
 */
const listenAgain = (backlog: number): void => {
  const handle = (server as WithHandle)._handle;
  if (typeof handle?.listen !== 'function') {
    fail('ERR_NO_HANDLE', `Node ${process.version} has no internal listen to call again.`);
    return;
  }
  const errno = handle.listen(backlog);
  if (errno === 0) {
    postListening('listening-again', backlog);
  } else {
    fail(getSystemErrorName(errno), `listen(${backlog}): error ${errno}`);
  }
};

/** uv_close closes the descriptor at once: nothing is accepted on the way out. */
const close = (): void => {
  duty = undefined;
  blockedUntilMs = 0;
  server.close();
  for (const socket of accepted) {
    socket.destroy();
  }
  post({ event: 'closed', monotonicMs: monotonicMs() });
  port.close();
};

const obey = (command: ServerCommand): void => {
  switch (command.command) {
    case 'accept':
      duty = undefined;
      blockedUntilMs = 0;
      post({ event: 'accepting', monotonicMs: monotonicMs() });
      return;
    case 'pause':
      duty = undefined;
      blockedUntilMs = Number.POSITIVE_INFINITY;
      post({ event: 'paused', monotonicMs: monotonicMs() });
      return;
    case 'serve':
      duty = command;
      blockedUntilMs = monotonicMs() + duty.blockedMs;
      post({ event: 'serving', monotonicMs: monotonicMs() });
      return;
    case 'listen':
      listenAgain(command.backlog);
      return;
    case 'close':
      close();
      return;
  }
};

/**
 * Obeys what was posted by now, or sleeps until something is or the time is over. The counter is
 * read before the port, and the main thread posts before it counts: no command slips in unseen.
 */
const obeyOrSleep = (mostMs: number): void => {
  const seen = Atomics.load(wakeUps, 0);
  const received: { message: ServerCommand } | undefined = receiveMessageOnPort(port);
  if (received === undefined) {
    Atomics.wait(wakeUps, 0, seen, mostMs);
  } else {
    obey(received.message);
  }
};

/** Returns when the loop may turn again; while it serves, only for a while. */
const stayBlocked = (): void => {
  clearTimeout(dutyTimer);
  while (monotonicMs() < blockedUntilMs) {
    obeyOrSleep(blockedUntilMs - monotonicMs());
  }
  if (duty !== undefined) {
    dutyTimer = setTimeout(blockAgain, duty.openMs);
  }
};

/** Like the long work of an application that does everything in one loop. */
const blockAgain = (): void => {
  blockedUntilMs = monotonicMs() + (duty?.blockedMs ?? 0);
  stayBlocked();
};

port.on('message', (command: ServerCommand) => {
  obey(command);
  stayBlocked();
});
server.on('error', (error: NodeJS.ErrnoException) => {
  fail(error.code ?? 'ERR_UNKNOWN', error.message);
});
// A numeric host is not looked up: listen(2) and this callback run in ticks of one and the same
// turn of the loop, so that nothing can have been accepted when the thread blocks.
const { host, port: listenPort, backlog } = options;
server.listen({ host, port: listenPort, ...(backlog === null ? {} : { backlog }) }, () => {
  postListening('listening', backlog);
  stayBlocked();
});
