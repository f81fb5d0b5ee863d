/**
 * An HTTP server that stops accepting while all its workers are busy, as Tomcat's blocking connector
 * does: further connections wait in the kernel's accept queue, whose length is the backlog, which
 * Tomcat calls acceptCount. The workers are threads; this one only keeps the log.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { duration, readOptions, whole } from './kit/options.ts';
import type { ProgramLog } from './kit/program-log.ts';
import { EXIT_CODES, notACommand, runProgram, type Work } from './kit/run-program.ts';
import { LISTEN_HELP, listenOptions, tellListening } from './listening.ts';
import { type FromWorker, STAGES, type WorkerData } from './worker-contract.ts';

const HELP = `Answers HTTP requests with a bounded number of workers, and accepts nobody while all are busy.

Usage: node dist/servers/blocking-workers.js [options]

  --workers N          threads, each with one connection at a time (default 2)
  --work TIME          how long an answer takes (default 50ms)
  --read-timeout TIME  close a connection that sends no request in that time (default 2s)
${LISTEN_HELP}
Without --backlog it listens with 100, as Tomcat does. A request may say how long its answer takes,
as in GET /?work=4s, and what its client calls it, in the header x-request.

Its log is printed as JSON lines. {"command":"close"} on standard input, its end, SIGINT and SIGTERM
end it: workers finish what they do, if that takes no longer than 2 s.

Examples:
  node dist/servers/blocking-workers.js --port 8080 --workers 2 --backlog 1
  curl 'http://127.0.0.1:8080/?work=4s'

Exit codes: 0 closed, 2 wrong usage, 4 failed.
`;

/** A worker that is busy for longer than that when the server ends lets go of its client. */
const MOST_PATIENCE_MS = 2_000;

const READERS = {
  ...listenOptions('100'),
  workers: whole(1, 256, 2),
  work: duration(0, '50ms'),
  'read-timeout': duration(1, '2s'),
};
type Options = Exclude<ReturnType<typeof readOptions<typeof READERS>>, 'help'>;

const startWorker = (workerData: WorkerData, log: ProgramLog): Worker => {
  const worker = new Worker(new URL('./blocking-worker-thread.js', import.meta.url), {
    workerData,
  });
  worker.on('message', (message: FromWorker) => {
    if (message.kind === 'told') log.tell(message.told);
    else if (message.kind === 'mishap') log.warn(message.told);
  });
  return worker;
};

/** The next message of that kind. Rejects when the worker fails instead. */
const nextMessage = <Kind extends FromWorker['kind']>(
  worker: Worker,
  kind: Kind,
): Promise<Extract<FromWorker, { readonly kind: Kind }>> =>
  new Promise((resolve, reject) => {
    const settle = (message: FromWorker): void => {
      if (message.kind !== kind) return;
      worker.off('message', settle);
      resolve(message as Extract<FromWorker, { readonly kind: Kind }>);
    };
    worker.on('message', settle);
    worker.once('error', reject);
  });

/** All workers, which listen on one socket and accept nobody yet. Rejects when one cannot. */
const startWorkers = async (options: Options, stage: Int32Array, log: ProgramLog) => {
  const { host, port, backlog, work: workMs, 'read-timeout': readTimeoutMs } = options;
  const start = (fd: number | undefined): Worker =>
    startWorker({ listen: { host, port, backlog }, fd, workMs, readTimeoutMs, stage }, log);
  const first = start(undefined);
  const listening = await nextMessage(first, 'listening');
  const others = Array.from({ length: options.workers - 1 }, () => start(listening.fd));
  await Promise.all(others.map((worker) => nextMessage(worker, 'listening')));
  return { workers: [first, ...others], port: listening.port };
};

const begin = async (options: Options, log: ProgramLog): Promise<Work> => {
  const stage = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const { workers, port } = await startWorkers(options, stage, log);
  for (const worker of workers) worker.on('error', (error) => giveUp(error, log));
  const bound = { address: options.host, port, family: '' };
  tellListening({ address: () => bound }, options, log);
  setStage(stage, STAGES.serving);
  return {
    obey: (command) => {
      throw notACommand(command);
    },
    end: async () => {
      await endWorkers(workers, stage);
      log.tell({ event: 'closed' });
    },
  };
};

const setStage = (stage: Int32Array, value: number): void => {
  Atomics.store(stage, 0, value);
  Atomics.notify(stage, 0);
};

/** A server with a worker less than it was told to have shows something else. */
const giveUp = ({ code = 'ERR', message }: NodeJS.ErrnoException, log: ProgramLog): void => {
  log.warn({ event: 'failed', code, message }, message);
  log.end(() => process.exit(EXIT_CODES.failed));
};

const endWorkers = async (workers: readonly Worker[], stage: Int32Array): Promise<void> => {
  setStage(stage, STAGES.ending);
  let patience: NodeJS.Timeout | undefined;
  const rested = workers.map((worker) => {
    worker.postMessage('end');
    return nextMessage(worker, 'rests');
  });
  const late = new Promise((resolve) => {
    patience = setTimeout(resolve, MOST_PATIENCE_MS);
  });
  await Promise.race([Promise.all(rested), late]);
  clearTimeout(patience);
  const gone = workers.map((worker) => once(worker, 'exit'));
  setStage(stage, STAGES.leaving);
  await Promise.all(gone);
};

await runProgram<Options>({
  name: 'blocking-workers',
  help: HELP,
  readOptions: (args) => readOptions(args, READERS),
  begin,
});
