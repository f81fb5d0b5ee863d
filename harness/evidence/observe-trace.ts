import { type Evidence, FILES, snapshotFile, type TimelineEntry } from '../domain/evidence.ts';
import type { TraceEvent } from '../domain/observations.ts';
import { createEvidenceReader } from './evidence-reader.ts';
import { readListenerPointers } from './proc-net-tcp.ts';
import { readTraceEvents, type TracedEvent } from './trace-events.ts';

/** The listener's addresses in kernel memory, as far as the socket tables show them. */
const listenerPointers = (
  evidence: Evidence,
  timeline: readonly TimelineEntry[],
  port: number,
): ReadonlySet<string> => {
  // What is missing here was noted when the snapshots were read; the pointers are only a help.
  const reader = createEvidenceReader(evidence);
  const pointers = timeline
    .filter((entry) => entry.kind === 'snapshot')
    .flatMap((entry) => [
      snapshotFile(entry.label, 'server', 'tcp'),
      snapshotFile(entry.label, 'server', 'tcp6'),
    ])
    .flatMap((file) => reader.text(file, (text) => readListenerPointers(text, port)) ?? []);
  return new Set(pointers);
};

/** tcp_send_reset names its ends `src=address:port`; the other TCP events have `sport` and `dport`. */
const namesPort = ({ fields }: TracedEvent, port: number): boolean => {
  const { sport, dport, src, dest } = fields;
  const ends = [sport, dport, src?.split(':').at(-1), dest?.split(':').at(-1)];
  return ends.includes(String(port));
};

/**
 * A dropped packet is the listener's if the kernel says so (`rx_sk`, from 6.11 on). Where either
 * side does not show the address, only the reason tells: TCP_LISTEN_OVERFLOW (a11a791ca81e, 6.15)
 * is a final ACK dropped for a full accept queue.
 */
const isDropOfListener = ({ fields }: TracedEvent, pointers: ReadonlySet<string>): boolean => {
  const { rx_sk: socket, reason } = fields;
  if (socket !== undefined && pointers.size > 0) return pointers.has(socket);
  return reason === 'TCP_LISTEN_OVERFLOW';
};

/**
 * The kernel's trace events that concern the listener's port; undefined when no trace was taken.
 * A trace is of the whole machine: what other programs do on the same port number is in it too.
 * No verdict uses it, so what the kernel lost of it, or wrote oddly, is no problem.
 */
export const observeTrace = (
  evidence: Evidence,
  timeline: readonly TimelineEntry[],
  toMs: (monotonicMs: number) => number,
  port: number,
): TraceEvent[] | undefined => {
  const trace = evidence.get(FILES.trace);
  if (trace === undefined) return undefined;
  const pointers = listenerPointers(evidence, timeline, port);
  return readTraceEvents(new TextDecoder().decode(trace))
    .filter((event) =>
      event.name === 'kfree_skb' ? isDropOfListener(event, pointers) : namesPort(event, port),
    )
    .map(({ monotonicMs, name, fields }) => ({ atMs: toMs(monotonicMs), name, fields }));
};
