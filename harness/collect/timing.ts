import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { FILES, type MachineTiming } from '../domain/evidence.ts';
import { compiledProgram } from '../package-files.ts';
import type { RunRecorder } from './run-recorder.ts';

/** Watches from now on how punctual this machine is; disposing writes what was seen. */
export function watchTiming(recorder: RunRecorder): AsyncDisposable {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(compiledProgram('harness/collect/timing-thread.js'), {
    workerData: { stop },
  });
  const told = once(worker, 'message') as Promise<[MachineTiming]>;
  told.catch(() => undefined);
  return {
    [Symbol.asyncDispose]: async () => {
      Atomics.store(stop, 0, 1);
      Atomics.notify(stop, 0);
      const [timing] = await told;
      recorder.write(FILES.timing, JSON.stringify(timing));
    },
  };
}
