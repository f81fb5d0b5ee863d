import { openSync, readSync } from 'node:fs';
import { FILES, type Sample } from '../domain/evidence.ts';
import { monotonicMs } from './clock.ts';
import type { HostNamespace } from './hosts.ts';
import { paceOf } from './pace.ts';
import { acceptQueueReader, synQueueLength } from './queue-lengths.ts';
import type { RunRecorder } from './run-recorder.ts';

export interface SamplerOptions {
  readonly tableFiles: readonly string[];
  readonly port: number;
  readonly everyMs: number;
  /** See `Site`. */
  readonly mostListeners: number;
}

/** Counting SYN-RECV rows walks a table (see queue-lengths.ts): as often as takes this share of the time. */
const SHARE_OF_TIME_FOR_WALKS = 0.01;
/** Somebody may be watching the file grow; a write for each sample would only cost more. */
const FLUSH_AFTER_MS = 90;
/** The first two lines of /proc/net/netstat, header and values of TcpExt, fit into this. */
const NETSTAT_BYTES = 16_384;

/**
 * Looks at the listener every few milliseconds until it is disposed of, and writes what it sees
 * into the run folder. It shares the loop of this process, which mostly waits: a sample takes about
 * 0.2 ms, and a thread of its own would take 80 ms to start.
 */
export function startSampler(
  server: HostNamespace,
  options: SamplerOptions,
  recorder: RunRecorder,
): AsyncDisposable {
  const look = whileThere(looker(server, options));
  const startedMs = monotonicMs();
  let busyMs = 0;
  let looks = 0;
  let pending: Sample[] = [];
  let flushedMs = startedMs;
  const flush = (): void => {
    flushedMs = monotonicMs();
    recorder.append(FILES.samples, pending.map((line) => `${JSON.stringify(line)}\n`).join(''));
    pending = [];
  };
  const pace = paceOf(options.everyMs);
  const sample = (): void => {
    const seen = look();
    if (seen === undefined) return;
    pending.push(seen);
    if (seen.monotonicMs - flushedMs >= FLUSH_AFTER_MS) flush();
    const costMs = monotonicMs() - seen.monotonicMs;
    busyMs += costMs;
    looks += 1;
    pace.looked(seen.monotonicMs, costMs);
  };
  sample();
  const timer = setInterval(() => {
    if (pace.isDue(monotonicMs())) sample();
  }, options.everyMs);
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      sample();
      flush();
      const busyShare = busyMs / (monotonicMs() - startedMs);
      const cost = { everyMs: options.everyMs, looks, busyShare };
      recorder.write(FILES.samplerCost, JSON.stringify(cost, null, 1));
    },
  };
}

/** A host whose holder has died has nothing to look at; the run ends for that reason elsewhere. */
function whileThere(look: () => Sample): () => Sample | undefined {
  let there = true;
  return () => {
    if (!there) return undefined;
    try {
      return look();
    } catch {
      there = false;
      return undefined;
    }
  };
}

function looker(
  { procNet }: HostNamespace,
  { tableFiles, port, mostListeners }: SamplerOptions,
): () => Sample {
  const acceptQueueLength = acceptQueueReader(tableFiles, port, mostListeners);
  const listenCounters = listenCountersReader(`${procNet}/netstat`);
  let nextWalkAtMs = 0;
  const walk = (): number => {
    const startedMs = monotonicMs();
    const length = synQueueLength(tableFiles, port);
    nextWalkAtMs = startedMs + (monotonicMs() - startedMs) / SHARE_OF_TIME_FOR_WALKS;
    return length;
  };
  return () => {
    const atMs = monotonicMs();
    const length = acceptQueueLength();
    return {
      monotonicMs: atMs,
      ...(length === undefined ? {} : { acceptQueueLength: length }),
      ...(atMs >= nextWalkAtMs ? { synQueueLength: walk() } : {}),
      ...listenCounters(),
    };
  };
}

type ListenCounters = Pick<Sample, 'ListenOverflows' | 'ListenDrops'>;

function listenCountersReader(netstatFile: string): () => ListenCounters {
  const netstat = openSync(netstatFile, 'r');
  const bytes = new Uint8Array(NETSTAT_BYTES);
  const decoder = new TextDecoder();
  return () => {
    const length = readSync(netstat, bytes, 0, NETSTAT_BYTES, 0);
    const [header = '', values = ''] = decoder.decode(bytes.subarray(0, length)).split('\n', 2);
    const names = header.split(' ');
    const words = values.split(' ');
    const counters = (['ListenOverflows', 'ListenDrops'] as const).flatMap((name) => {
      const column = names.indexOf(name);
      return column < 0 ? [] : [[name, Number(words[column])] as const];
    });
    return Object.fromEntries(counters);
  };
}
