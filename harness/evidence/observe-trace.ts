import { type Evidence, FILES, snapshotFile, type TimelineEntry } from '../domain/evidence.ts';
import type { KernelTrace } from '../domain/observations.ts';
import type { ClientStory } from '../domain/tcp.ts';
import { createEvidenceReader } from './evidence-reader.ts';
import { readListenerPointers } from './proc-net-tcp.ts';
import { readTraceEnding, readTraceEvents, type TracedEvent } from './trace-events.ts';

/**
 * The listener's hashed addresses in kernel memory, as far as the socket tables show them. A table
 * is of one network namespace and an address of one socket at a time, so no listener of another
 * sandbox can be taken for ours, though it has the same port and address.
 */
const listenerPointers = (
  evidence: Evidence,
  timeline: readonly TimelineEntry[],
  port: number,
): ReadonlySet<string> => {
  // What is missing here was noted when the snapshots were read; what no pointer tells stays unknown.
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

/** Where the event says which socket received the packet: always the listener's, or nobody's. */
const listenerOf = ({ name, fields }: TracedEvent): string | undefined => {
  if (name === 'kfree_skb') return fields['rx_sk'];
  const { skaddr, state } = fields;
  return state === 'TCP_LISTEN' ? skaddr : undefined;
};

/** tcp_send_reset names its ends `src=address:port`; the other TCP events have `sport` and `dport`. */
const clientPortOf = ({ fields: { dport, dest } }: TracedEvent): string | undefined =>
  dport ?? dest?.split(':').at(-1);

/** By what an event is known to be of this run. */
interface Owned {
  readonly pointers: ReadonlySet<string>;
  readonly clientPorts: ReadonlySet<string>;
  /** In a machine of our own a drop is ours, whatever it names. */
  readonly everyDrop: boolean;
}

/**
 * Another sandbox has the same addresses and the same server port, but its clients have other
 * ports, as good as always; where not, there are events too many, and the trace disagrees with all
 * other witnesses.
 */
const isOurs = (event: TracedEvent, { pointers, clientPorts, everyDrop }: Owned): boolean => {
  if (everyDrop && event.name === 'kfree_skb') return true;
  const listener = listenerOf(event);
  if (event.name === 'kfree_skb' || listener !== undefined) return pointers.has(listener ?? '');
  return clientPorts.has(clientPortOf(event) ?? '');
};

/**
 * The kernel's trace events that concern our listener or its clients; undefined when no trace was
 * taken. What the kernel lost of it, or wrote oddly, is no problem of the run: only claims about a
 * kernel probe use it.
 */
export const observeTrace = (
  evidence: Evidence,
  timeline: readonly TimelineEntry[],
  toMs: (monotonicMs: number) => number,
  port: number,
  clients: readonly ClientStory[],
): KernelTrace | undefined => {
  const bytes = evidence.get(FILES.trace);
  if (bytes === undefined) return undefined;
  const text = new TextDecoder().decode(bytes);
  const ending = readTraceEnding(text);
  const pointers = listenerPointers(evidence, timeline, port);
  const traced = ending?.traced ?? new Set();
  const everyDrop = traced.has('every-drop');
  const clientPorts = new Set(
    clients.flatMap(({ localPort }) => (localPort ? [`${localPort}`] : [])),
  );
  return {
    events: readTraceEvents(text)
      .filter((event) => isOurs(event, { pointers, clientPorts, everyDrop }))
      .map(({ monotonicMs, name, fields }) => ({ atMs: toMs(monotonicMs), name, fields })),
    traced,
    ...(ending === undefined ? {} : { lost: ending.lost }),
    listenerKnown: everyDrop || pointers.size > 0,
  };
};
