import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { FILES } from '../domain/evidence.ts';
import { compiledProgram } from '../package-files.ts';
import type { HostNamespace } from './hosts.ts';
import type { RunRecorder } from './run-recorder.ts';
import type { SamplerInput } from './sampler-thread.ts';

/** Samples the listener's queues and counters into the run folder until it is disposed of. */
export function startSampler(
  tableFile: string,
  server: HostNamespace,
  options: { readonly everyMs: number; readonly port: number },
  recorder: RunRecorder,
): AsyncDisposable {
  const workerData: SamplerInput = {
    tableFile,
    netstatFile: `${server.procNet}/netstat`,
    outputFile: recorder.place(FILES.samples),
    ...options,
  };
  const thread = new Worker(compiledProgram('harness/collect/sampler-thread.js'), { workerData });
  // A full disk ends the thread; the missing samples are noticed when the run is judged.
  const ended = once(thread, 'error').then(
    () => [null],
    () => [null],
  );
  return {
    [Symbol.asyncDispose]: async () => {
      thread.postMessage('stop');
      const [busyShare] = await Promise.race([once(thread, 'message'), ended]);
      const cost = { everyMs: options.everyMs, busyShare: busyShare as number | null };
      recorder.write(FILES.samplerCost, JSON.stringify(cost, null, 1));
      await thread.terminate();
    },
  };
}
