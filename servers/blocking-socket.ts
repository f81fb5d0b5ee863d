/**
 * A connection used as a program with one thread for each connection uses it: every call waits,
 * and the event loop of its thread stands still meanwhile.
 */
import { readSync, writeSync } from 'node:fs';
import type { Socket } from 'node:net';

/** As long as Node's own limit for the head of a request. */
const LONGEST_BYTES = 16_384;
const LOOK_EVERY_MS = 1;

/** The file descriptor of what Node keeps internally: undocumented, and there on every Unix. */
export const descriptorOf = (owner: object): number => {
  const { _handle: handle } = owner as { readonly _handle?: { readonly fd?: unknown } | null };
  if (typeof handle?.fd === 'number') return handle.fd;
  throw Object.assign(new Error(`Node ${process.version} does not show the descriptor.`), {
    code: 'ERR_NO_HANDLE',
  });
};

const GONE: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/** What the call returns, or the code of an error that a peer can cause. */
const tried = <Result>(call: () => Result): Result | 'gone' | 'nothing-yet' => {
  try {
    return call();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EAGAIN') return 'nothing-yet';
    if (GONE.has(code)) return 'gone';
    throw error;
  }
};

/** Blocks the thread for so many milliseconds. False: it is to go on with nothing any more. */
export type Pause = (ms: number) => boolean;

/**
 * What has come by the time that it contains `mark`, or is as long as the head of a request may be.
 * `gone`: the peer has closed or reset the connection before. libuv has made the descriptor
 * non-blocking, so that a read with a deadline has to look again and again.
 */
export const readUntil = (
  socket: Socket,
  mark: string,
  { timeoutMs, pause }: { readonly timeoutMs: number; readonly pause: Pause },
): { readonly text: string } | 'gone' | 'late' => {
  const fd = descriptorOf(socket);
  const bytes = Buffer.alloc(LONGEST_BYTES);
  const dueMs = performance.now() + timeoutMs;
  let length = 0;
  while (length < bytes.length && bytes.indexOf(mark) < 0) {
    const read = tried(() => readSync(fd, bytes, length, bytes.length - length, null));
    if (read === 'gone' || read === 0) return 'gone';
    if (read !== 'nothing-yet') length += read;
    else if (performance.now() >= dueMs || !pause(LOOK_EVERY_MS)) return 'late';
  }
  return { text: bytes.toString('latin1', 0, length) };
};

/** For what fits into an empty send buffer: it is never full. */
export const writeAll = (socket: Socket, text: string): 'written' | 'gone' =>
  tried(() => writeSync(descriptorOf(socket), text)) === 'gone' ? 'gone' : 'written';
