/**
 * Fixtures for other people's tests: `import { fullListener } from 'backlog-lab'`. Neither root nor
 * a namespace is needed, so nothing of the machine is changed, and nothing is offered that only a
 * gate or another host can do: on loopback no client can be fooled since Linux 4.10.
 */
import { isIPv4 } from 'node:net';
import { type BlockedListener, startBlockedListener } from './blocked-listener.ts';
import { type Filling, fillAcceptQueue } from './fill-accept-queue.ts';

export interface ListenerOptions {
  /** A numeric loopback address: 127.0.0.1 (default), another one of 127.0.0.0/8, or ::1. */
  readonly host?: string;
  /** 0 (default) lets the system choose a free one. */
  readonly port?: number;
}

export interface FullListenerOptions extends ListenerOptions {
  /** Argument of listen(2), from 1 (default): Node's net module replaces 0 by 511. */
  readonly backlog?: number;
}

/** Listens and never accepts, and its accept queue has room: a client is connected, sends, waits. */
export interface SilentListener extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Closes the listener and all its connections. A client that hangs is refused when it asks again. */
  release(): Promise<void>;
}

/** Listens and never accepts, and its accept queue is full: a client is not even connected. */
export interface FullListener extends SilentListener {
  readonly backlog: number;
  /** Connections in its accept queue, made by the fixture. On Linux min(backlog, somaxconn) + 1. */
  readonly capacity: number;
  /**
   * What happened to one connect attempt more than the queue holds. `ignores`: it was not answered,
   * a client hangs until its own timeout (Linux: seen). `refuses`: it ended with ECONNREFUSED, as
   * Microsoft documents for Windows, where a client tries a few times first, for a second or two.
   */
  readonly whenFull: 'ignores' | 'refuses';
  /** What was measured to call it full: a sentence for people. */
  readonly proof: string;
  /**
   * Accepts what is queued and what comes from now on, reads it and answers nothing. A client that
   * hangs is connected when its kernel repeats the SYN, on Linux 1 s after its first.
   */
  accept(): Promise<void>;
}

const LARGEST_PORT = 65_535;
/** The largest int: what listen(2) takes. */
const LARGEST_BACKLOG = 2_147_483_647;

const checkWhole = (name: string, value: number, least: number, most: number): void => {
  if (!(Number.isInteger(value) && value >= least && value <= most)) {
    const reason =
      name === 'backlog' && value === 0
        ? "Node's net module replaces 0 by 511: the smallest backlog is 1"
        : `it is not a whole number from ${least} to ${most}`;
    throw new RangeError(`Cannot listen with ${name} ${value} because ${reason}.`);
  }
};

/** A name is not looked up: it may stand for two addresses, and a client would try the other one. */
const checkHost = (host: string): void => {
  if (host !== '::1' && !(isIPv4(host) && host.startsWith('127.'))) {
    throw new RangeError(
      `Cannot listen on "${host}" because it is not a numeric loopback address: pass 127.0.0.1 or ::1.`,
    );
  }
};

/** `release` works once; who calls it again waits for the same end. */
const releasable = (
  end: () => Promise<void>,
): Pick<SilentListener, 'release' | typeof Symbol.asyncDispose> => {
  let released: Promise<void> | undefined;
  const release = (): Promise<void> => {
    released ??= end();
    return released;
  };
  return { release, [Symbol.asyncDispose]: release };
};

const fill = async (listener: BlockedListener, backlog: number): Promise<Filling> => {
  try {
    return await fillAcceptQueue(listener, backlog);
  } catch (error) {
    await listener.end();
    throw error;
  }
};

/**
 * Resolves when the accept queue is proved full. Rejects with a RangeError for wrong options, with
 * Node's own error when it cannot listen (EADDRINUSE, ...), and with an Error that says what was
 * seen when the queue cannot be filled. Does not keep the process alive.
 */
export const fullListener = async ({
  backlog = 1,
  host = '127.0.0.1',
  port = 0,
}: FullListenerOptions = {}): Promise<FullListener> => {
  checkWhole('backlog', backlog, 1, LARGEST_BACKLOG);
  checkWhole('port', port, 0, LARGEST_PORT);
  checkHost(host);
  const listener = await startBlockedListener({ host, port, backlog });
  const { capacity, whenFull, proof, empty } = await fill(listener, backlog);
  listener.unref();
  return {
    host: listener.host,
    port: listener.port,
    backlog,
    capacity,
    whenFull,
    proof,
    accept: listener.accept,
    ...releasable(async () => {
      await listener.end();
      empty();
    }),
  };
};

/**
 * Resolves when it listens; the first 512 clients are connected on Linux, fewer where the system
 * caps the backlog. Rejects as `fullListener` does. Does not keep the process alive.
 */
export const silentListener = async ({
  host = '127.0.0.1',
  port = 0,
}: ListenerOptions = {}): Promise<SilentListener> => {
  checkWhole('port', port, 0, LARGEST_PORT);
  checkHost(host);
  const listener = await startBlockedListener({ host, port, backlog: 511 });
  listener.unref();
  return { host: listener.host, port: listener.port, ...releasable(listener.end) };
};
