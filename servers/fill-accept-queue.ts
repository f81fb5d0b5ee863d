/**
 * Fills the accept queue of a listener that never accepts, one connection after the other, until an
 * attempt more is not answered or refused: how many a queue holds is left to the system to show.
 */
import { connect, type Socket } from 'node:net';
import timers from 'node:timers/promises';
import { readAcceptQueue } from './accept-queue-length.ts';

export interface Filling {
  readonly capacity: number;
  readonly whenFull: 'ignores' | 'refuses';
  readonly proof: string;
  /** Lets the connections go. */
  readonly empty: () => void;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

/** Taken when the module is loaded: a test may put false timers in their place later. */
const { setTimeout: wait, setImmediate: turn } = timers;

const LOOK_EVERY_MS = 10;
/**
 * On loopback an answer takes microseconds, so silence tells soon. Windows answers with RST and its
 * clients repeat the SYN half a second after each (Microsoft KB 175523): the refusal comes later.
 */
const PATIENCE_MS = process.platform === 'win32' ? 5_000 : 250;

/** What showed that the queue is full, and how many it holds if the kernel said so. */
interface Full {
  readonly whenFull: 'ignores' | 'refuses';
  readonly seen: string;
  readonly length?: number;
}

interface Attempt {
  readonly socket: Socket;
  /** Rejects when the attempt failed for a reason that is not the queue's, such as EMFILE. */
  readonly outcome: Promise<'connected' | Full>;
}

const knock = (address: Address): Attempt => {
  const socket = connect({ ...address, autoSelectFamily: false });
  socket.unref();
  const outcome = new Promise<'connected' | Full>((resolve, reject) => {
    socket.once('connect', () => resolve('connected'));
    // It stays when the attempt is over: the listener resets its connections in the end.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') {
        const seen = 'one more connect attempt was refused (ECONNREFUSED)';
        resolve({ whenFull: 'refuses', seen });
      } else {
        reject(error);
      }
    });
  });
  return { socket, outcome };
};

/** Two turns contain a poll: what the kernel has reported by now is known after it. */
const poll = async (signal: AbortSignal): Promise<void> => {
  await turn(undefined, { signal });
  await turn(undefined, { signal });
};

/**
 * Resolves when an attempt that has no outcome by then counts as not answered. On Linux the kernel's
 * own condition decides. The loop polls before the look, since timers that are late starve it, and
 * after it, since the look may have met the very attempt at its place in the queue.
 */
const silence = async (address: Address, backlog: number, over: AbortSignal): Promise<Full> => {
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += LOOK_EVERY_MS) {
    await wait(LOOK_EVERY_MS, undefined, { signal: over });
    await poll(over);
    const queue = readAcceptQueue(address, backlog);
    if (queue !== undefined && queue.length > queue.limit) {
      await poll(over);
      const seen = `/proc/net shows ${queue.length} in the accept queue, whose limit is ${queue.limit}, and one more connect attempt was not answered`;
      return { whenFull: 'ignores', seen, length: queue.length };
    }
  }
  const queue = readAcceptQueue(address, backlog);
  if (queue !== undefined) {
    throw new Error(
      `one was not answered for ${PATIENCE_MS} ms, but /proc/net shows ${queue.length} in the queue, whose limit is ${queue.limit}`,
    );
  }
  return {
    whenFull: 'ignores',
    seen: `one more connect attempt was not answered for ${PATIENCE_MS} ms`,
  };
};

const tryOneMore = async (
  { socket, outcome }: Attempt,
  address: Address,
  backlog: number,
): Promise<'connected' | Full> => {
  const over = new AbortController();
  try {
    const result = await Promise.race([outcome, silence(address, backlog, over.signal)]);
    if (result !== 'connected') {
      socket.destroy();
    }
    return result;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    over.abort();
  }
};

/**
 * More than any system is known to hold: Linux backlog + 1, BSD and macOS up to one and a half times
 * the backlog, Windows the 32 connections that libuv has accepted in advance besides.
 */
const mostConnections = (backlog: number): number => 2 * backlog + 64;

/** Others may know a port that was given and have come first: then the queue holds more than `made`. */
const conclude = ({ whenFull, seen, length }: Full, made: number): Omit<Filling, 'empty'> => {
  const capacity = length ?? made;
  if (capacity === 0) {
    throw new Error(`${seen}, although the queue was empty`);
  }
  const proof = `${made} connections were made and never accepted; ${seen}.`;
  return { capacity, whenFull, proof };
};

/** Rejects, with nothing left open, when the queue cannot be filled. */
export const fillAcceptQueue = async (address: Address, backlog: number): Promise<Filling> => {
  const connections: Socket[] = [];
  const empty = (): void => {
    for (const socket of connections) {
      socket.destroy();
    }
  };
  try {
    while (connections.length < mostConnections(backlog)) {
      const attempt = knock(address);
      const full = await tryOneMore(attempt, address, backlog);
      if (full !== 'connected') {
        return { ...conclude(full, connections.length), empty };
      }
      connections.push(attempt.socket);
    }
    throw new Error(`a listener with backlog ${backlog} should not hold more`);
  } catch (cause) {
    empty();
    const { message } = cause as Error;
    throw new Error(
      `Cannot fill the accept queue of ${address.host} port ${address.port} after ${connections.length} connections: ${message}.`,
      { cause },
    );
  }
};
