import { Worker } from 'node:worker_threads';
import type { ServerCommand, ServerEvent } from '../harness/domain/wire.ts';
import type { ThreadData } from './never-accepts-thread.ts';

/** A listener on a thread that is blocked. The thread keeps the process alive until `unref`. */
export interface BlockedListener {
  readonly host: string;
  readonly port: number;
  /** Lets the thread's loop turn for good: what is queued is accepted, and what comes later. */
  readonly accept: () => Promise<void>;
  /** Ends the thread; its listener is closed and what waits in its queue is reset. */
  readonly end: () => Promise<void>;
  readonly unref: () => void;
}

/** The `threadId` of a thread that is no more. */
const ENDED = -1;

const released = (): Error => new Error('The listener was released.');

/** The first event of that name. Rejects when the thread fails instead, or ends. */
const nextEvent = <Name extends ServerEvent['event']>(
  worker: Worker,
  name: Name,
): Promise<Extract<ServerEvent, { readonly event: Name }>> =>
  new Promise((resolve, reject) => {
    const isWanted = (
      event: ServerEvent,
    ): event is Extract<ServerEvent, { readonly event: Name }> => event.event === name;
    const settle = (event: ServerEvent): void => {
      if (isWanted(event)) {
        worker.off('message', settle);
        resolve(event);
      } else if (event.event === 'failed') {
        reject(Object.assign(new Error(event.message), { code: event.code }));
      }
    };
    worker.on('message', settle);
    worker.once('error', reject);
    worker.once('exit', () => reject(released()));
  });

/** Rejects with Node's own error, code included, when it cannot listen. */
export const startBlockedListener = async (options: {
  readonly host: string;
  readonly port: number;
  readonly backlog: number;
}): Promise<BlockedListener> => {
  const wakeUps = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const workerData: ThreadData = { options: { ...options, cap: null, answers: false }, wakeUps };
  // Without options of the test runner's process: its loaders and preloads would start here too.
  const worker = new Worker(new URL('./never-accepts-thread.js', import.meta.url), {
    workerData,
    execArgv: [],
    env: {},
    name: 'backlog-lab listener',
  });
  const end = async (): Promise<void> => {
    await worker.terminate();
  };
  const listening = await nextEvent(worker, 'listening').catch(async (error: unknown) => {
    await end();
    throw error;
  });
  return {
    host: listening.address,
    port: listening.port,
    accept: async () => {
      if (worker.threadId === ENDED) {
        throw released();
      }
      const accepting = nextEvent(worker, 'accepting');
      const command: ServerCommand = { command: 'accept' };
      worker.ref();
      worker.postMessage(command);
      Atomics.add(wakeUps, 0, 1);
      Atomics.notify(wakeUps, 0);
      await accepting;
      worker.unref();
    },
    end,
    unref: () => worker.unref(),
  };
};
