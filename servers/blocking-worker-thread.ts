/**
 * One worker: it takes one connection from the accept queue, is done with it, and takes the next.
 * libuv calls accept(2) again only when the callback for the connection before has returned
 * (uv__server_io), so a callback that blocks until the answer is written leaves everybody else in
 * the kernel's queue, with the other workers, which listen on the same socket in loops of their own.
 */
import { createServer, type Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { descriptorOf, type Pause, readUntil, writeAll } from './blocking-socket.ts';
import { peerOf } from './listening.ts';
import { END_OF_HEAD, type RequestHead, readRequestHead } from './request-head.ts';
import { type FromWorker, STAGES, type WorkerData } from './worker-contract.ts';

if (parentPort === null) {
  throw new Error('This file is a worker of blocking-workers.js; start that instead.');
}
const main = parentPort;
const { listen, fd, workMs, readTimeoutMs, stage } = workerData as WorkerData;

/** Reaches the main thread although this one does not turn its loop. */
const post = (message: FromWorker): void => main.postMessage(message);

const responseOf = (status: string, body: string): string =>
  [
    `HTTP/1.1 ${status}`,
    'content-type: text/plain',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');

const tryReading = (text: string): RequestHead | { readonly wrong: string } => {
  try {
    return readRequestHead(text);
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
};

/** Sleeps on the stage, so that the last one wakes it. */
const pause: Pause = (ms) => {
  const dueMs = performance.now() + ms;
  for (;;) {
    const now = Atomics.load(stage, 0);
    const leftMs = dueMs - performance.now();
    if (now === STAGES.leaving) return false;
    if (leftMs <= 0) return true;
    Atomics.wait(stage, 0, now, leftMs);
  }
};

/** Takes as long as the request asks for, as with a slow database behind it. */
const answerTo = (head: RequestHead | { readonly wrong: string }): string | undefined => {
  if ('wrong' in head) return responseOf('400 Bad Request', `${head.wrong}\n`);
  const forMs = head.workMs ?? workMs;
  return pause(forMs) ? responseOf('200 OK', `Worked for ${forMs} ms.\n`) : undefined;
};

const exchange = (socket: Socket): void => {
  const peer = peerOf(socket);
  post({ kind: 'told', told: { event: 'accepted', ...peer } });
  const read = readUntil(socket, END_OF_HEAD, { timeoutMs: readTimeoutMs, pause });
  if (read === 'late') {
    post({ kind: 'mishap', told: { event: 'no-request', ...peer } });
    return;
  }
  if (read === 'gone') {
    post({ kind: 'mishap', told: { event: 'client-gone', ...peer } });
    return;
  }
  const head = tryReading(read.text);
  if ('request' in head && head.request > 0) {
    post({ kind: 'told', told: { event: 'saw', request: head.request, ...peer } });
  }
  const answer = answerTo(head);
  if (answer !== undefined && writeAll(socket, answer) === 'gone') {
    post({ kind: 'mishap', told: { event: 'client-gone', ...peer } });
  }
};

/**
 * All workers know the listening socket by the same descriptor, so that whoever closes it closes it
 * for all: each waits until nobody has work any more. From then on no thread opens anything, so the
 * close(2) of the others meets no descriptor. To return before would accept the next connection.
 */
const leave = (): void => {
  post({ kind: 'rests' });
  pause(Number.POSITIVE_INFINITY);
  server.close();
  main.close();
};

// Paused, Node itself does not read; destroy() calls close(2) before it returns.
const server = createServer({ pauseOnConnect: true }, (socket) => {
  exchange(socket);
  socket.destroy();
  if (Atomics.load(stage, 0) >= STAGES.ending) leave();
});
main.on('message', leave);

/** In the turn of listen(2), so that nobody is accepted before all workers are there. */
const awaitService = (): void => {
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  post({ kind: 'listening', fd: descriptorOf(server), port });
  Atomics.wait(stage, 0, STAGES.starting);
};

const { host, port, backlog } = listen;
if (fd === undefined) {
  server.listen({ host, port, ...(backlog === null ? {} : { backlog }) }, awaitService);
} else {
  // libuv calls listen(2) once more: the same backlog changes nothing, and the queue stays.
  server.listen({ fd }, backlog ?? undefined, awaitService);
}
