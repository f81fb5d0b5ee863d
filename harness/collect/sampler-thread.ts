/**
 * Looks at the listener every few milliseconds from a thread of its own, so that neither side
 * delays the other. Counting SYN-RECV rows is dear (see queue-lengths.ts), so that is done only as
 * often as costs a small share of the thread's time.
 */
import { appendFileSync, openSync, readSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { parentPort, workerData } from 'node:worker_threads';
import type { Sample } from '../domain/evidence.ts';
import { monotonicMs } from './clock.ts';
import { acceptQueueReader, synQueueLength } from './queue-lengths.ts';

export interface SamplerInput {
  readonly tableFile: string;
  readonly netstatFile: string;
  readonly outputFile: string;
  readonly everyMs: number;
  readonly port: number;
}

const { tableFile, netstatFile, outputFile, everyMs, port } = workerData as SamplerInput;

const SHARE_OF_TIME_FOR_WALKS = 0.03;
const FLUSH_AFTER_SAMPLES = 200;
/** The first two lines of /proc/net/netstat, header and values of TcpExt, fit into this. */
const NETSTAT_BYTES = 16_384;

const acceptQueueLength = acceptQueueReader(tableFile, port);
const netstat = openSync(netstatFile, 'r');
const netstatBytes = new Uint8Array(NETSTAT_BYTES);
const decoder = new TextDecoder();
let pending: Sample[] = [];
let nextWalkAtMs = 0;

function walk(): number {
  const startedMs = monotonicMs();
  const length = synQueueLength(tableFile);
  nextWalkAtMs = startedMs + (monotonicMs() - startedMs) / SHARE_OF_TIME_FOR_WALKS;
  return length;
}

function listenCounters(): Pick<Sample, 'ListenOverflows' | 'ListenDrops'> {
  const length = readSync(netstat, netstatBytes, 0, NETSTAT_BYTES, 0);
  const [header = '', values = ''] = decoder
    .decode(netstatBytes.subarray(0, length))
    .split('\n', 2);
  const names = header.split(' ');
  const words = values.split(' ');
  const counters = (['ListenOverflows', 'ListenDrops'] as const).flatMap((name) => {
    const column = names.indexOf(name);
    return column < 0 ? [] : [[name, Number(words[column])] as const];
  });
  return Object.fromEntries(counters);
}

function sample(): void {
  const atMs = monotonicMs();
  const length = acceptQueueLength();
  pending.push({
    monotonicMs: atMs,
    ...(length === undefined ? {} : { acceptQueueLength: length }),
    ...(atMs >= nextWalkAtMs ? { synQueueLength: walk() } : {}),
    ...listenCounters(),
  });
  if (pending.length >= FLUSH_AFTER_SAMPLES) flush();
}

function flush(): void {
  if (pending.length === 0) return;
  appendFileSync(outputFile, pending.map((line) => `${JSON.stringify(line)}\n`).join(''));
  pending = [];
}

sample();
const timer = setInterval(sample, everyMs);
const started = performance.eventLoopUtilization();
parentPort?.once('message', () => {
  clearInterval(timer);
  sample();
  flush();
  const { utilization } = performance.eventLoopUtilization(started);
  parentPort?.postMessage(utilization);
});
