/**
 * Looks at the listener every few milliseconds from a thread of its own, so that neither side
 * delays the other. The listener's row comes first in /proc/net/tcp and the kernel stops after the
 * bytes asked for: that read is cheap. Counting SYN-RECV rows walks the kernel's whole hash table
 * (3 to 6 ms), so it is done only as often as costs about a tenth of the thread's time.
 */
import { appendFileSync, openSync, readFileSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { Sample } from '../domain/evidence.ts';
import { monotonicMs } from './clock.ts';

export interface SamplerInput {
  readonly tableFile: string;
  readonly netstatFile: string;
  readonly outputFile: string;
  readonly everyMs: number;
}

const { tableFile, netstatFile, outputFile, everyMs } = workerData as SamplerInput;

/** The header line and the first row of /proc/net/tcp6, the longer of the two tables. */
const FIRST_ROW_BYTES = 400;
const SHARE_OF_TIME_FOR_WALKS = 0.1;
const FLUSH_AFTER_SAMPLES = 200;

const firstRow = new Uint8Array(FIRST_ROW_BYTES);
const table = openSync(tableFile, 'r');
const decoder = new TextDecoder();
let pending: Sample[] = [];
let nextWalkAtMs = 0;

function acceptQueueLength(): number | undefined {
  const length = readSync(table, firstRow, 0, FIRST_ROW_BYTES, 0);
  const row = decoder.decode(firstRow.subarray(0, length)).split('\n')[1]?.trim().split(/\s+/);
  return row?.[3] === '0A' ? Number.parseInt(row[4]?.split(':')[1] ?? '', 16) : undefined;
}

function synQueueLength(): number {
  const startedMs = monotonicMs();
  const rows = readFileSync(tableFile, 'latin1').match(/^ *\d+: \S+ \S+ 03 /gm);
  const tookMs = monotonicMs() - startedMs;
  nextWalkAtMs = startedMs + tookMs / SHARE_OF_TIME_FOR_WALKS;
  return rows?.length ?? 0;
}

function listenCounters(): Pick<Sample, 'ListenOverflows' | 'ListenDrops'> {
  const [header = '', values = ''] = readFileSync(netstatFile, 'latin1').split('\n', 2);
  const names = header.split(' ');
  const words = values.split(' ');
  const counterNamed = (name: string): number | undefined => {
    const column = names.indexOf(name);
    return column < 0 ? undefined : Number(words[column]);
  };
  const ListenOverflows = counterNamed('ListenOverflows');
  const ListenDrops = counterNamed('ListenDrops');
  return {
    ...(ListenOverflows === undefined ? {} : { ListenOverflows }),
    ...(ListenDrops === undefined ? {} : { ListenDrops }),
  };
}

function sample(): void {
  const atMs = monotonicMs();
  const length = acceptQueueLength();
  pending.push({
    monotonicMs: atMs,
    ...(length === undefined ? {} : { acceptQueueLength: length }),
    ...(atMs >= nextWalkAtMs ? { synQueueLength: synQueueLength() } : {}),
    ...listenCounters(),
  });
  if (pending.length >= FLUSH_AFTER_SAMPLES) flush();
}

function flush(): void {
  if (pending.length === 0) return;
  appendFileSync(outputFile, pending.map((line) => `${JSON.stringify(line)}\n`).join(''));
  pending = [];
}

const timer = setInterval(sample, everyMs);
sample();
parentPort?.once('message', () => {
  clearInterval(timer);
  sample();
  flush();
  parentPort?.postMessage('stopped');
});
