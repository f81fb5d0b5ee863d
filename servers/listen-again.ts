import type { Server } from 'node:net';
import { getSystemErrorName } from 'node:util';
import { readAcceptQueueLimit } from './accept-queue-limit.ts';
import type { ProgramLog } from './kit/program-log.ts';

/** The part of Node's internal TCP handle that is used here: 0, or a negative errno. */
type WithHandle = Server & { readonly _handle?: { readonly listen?: (backlog: number) => number } };

/**
 * listen(2) once more on the same socket, which reads somaxconn anew and keeps the queue; tells
 * `listening-again` with the limit. `server.listen` refuses (ERR_SERVER_ALREADY_LISTEN). Throws an
 * Error whose code is the kernel's, or ERR_NO_HANDLE when Node has no such internal handle.
 */
export const listenAgain = (server: Server, backlog: number, log: ProgramLog): void => {
  const handle = (server as WithHandle)._handle;
  const bound = server.address();
  if (typeof handle?.listen !== 'function' || bound === null || typeof bound === 'string') {
    throw failure('ERR_NO_HANDLE', `Node ${process.version} has no internal listen to call again.`);
  }
  const errno = handle.listen(backlog);
  if (errno !== 0) throw failure(getSystemErrorName(errno), `listen(${backlog}): error ${errno}`);
  const { address, port } = bound;
  const acceptQueueLimit = readAcceptQueueLimit(address, port);
  log.tell(
    { event: 'listening-again', address, port, backlog, acceptQueueLimit },
    `listening again on ${address} port ${port}, accept queue limited to ${acceptQueueLimit ?? 'unknown'}`,
  );
};

const failure = (code: string, message: string): Error =>
  Object.assign(new Error(message), { code });
