import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { FILES } from '../domain/evidence.ts';
import type { AddressFamily } from '../domain/tcp.ts';
import { compiledProgram } from '../package-files.ts';
import type { HostNamespace } from './hosts.ts';
import type { RunRecorder } from './run-recorder.ts';
import type { SamplerInput } from './sampler-thread.ts';

/** Samples the listener's queues and counters into the run folder until it is disposed of. */
export function startSampler(
  server: HostNamespace,
  options: { readonly family: AddressFamily; readonly everyMs: number },
  recorder: RunRecorder,
): AsyncDisposable {
  const workerData: SamplerInput = {
    tableFile: `${server.procNet}/${options.family === 4 ? 'tcp' : 'tcp6'}`,
    netstatFile: `${server.procNet}/netstat`,
    outputFile: recorder.place(FILES.samples),
    everyMs: options.everyMs,
  };
  const thread = new Worker(compiledProgram('harness/collect/sampler-thread.js'), { workerData });
  // A full disk ends the thread; the missing samples are noticed when the run is judged.
  const ended = once(thread, 'error').catch(() => undefined);
  return {
    [Symbol.asyncDispose]: async () => {
      const { utilization } = thread.performance.eventLoopUtilization();
      const cost = { everyMs: options.everyMs, busyShare: utilization };
      recorder.write(FILES.samplerCost, JSON.stringify(cost, null, 1));
      thread.postMessage('stop');
      await Promise.race([once(thread, 'message'), ended, once(thread, 'exit')]);
      await thread.terminate();
    },
  };
}
