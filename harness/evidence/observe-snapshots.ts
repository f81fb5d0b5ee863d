import { FILES, snapshotFile, type TimelineEntry } from '../domain/evidence.ts';
import type { Counters, Snapshot } from '../domain/observations.ts';
import { CLOSING_SNAPSHOT, OPENING_SNAPSHOT } from '../domain/plan.ts';
import type { AddressFamily, Host, ListenSocket, SocketRow } from '../domain/tcp.ts';
import type { EvidenceReader } from './evidence-reader.ts';
import { readInterfaceDrops } from './net-dev.ts';
import { readCounters } from './netstat.ts';
import { readNetstatText } from './netstat-text.ts';
import { stillAt } from './observe-time.ts';
import { readSocketTable } from './proc-net-tcp.ts';
import { type ListenRow, readListenSockets } from './ss-listen.ts';

/** The end of the wire has this name on both hosts. */
const WIRE = 'wire';

export interface ListenerAt {
  readonly family: AddressFamily;
  readonly port: number;
  /** Snapshots that the plan wants with the text of `netstat -s`. */
  readonly netstatIn: ReadonlySet<string>;
}

const byHost = <T>(of: (host: Host) => T): Readonly<Record<Host, T>> => ({
  server: of('server'),
  client: of('client'),
});

const observeCounters = (reader: EvidenceReader, name: string, host: Host): Counters =>
  new Map([
    ...(reader.text(snapshotFile(name, host, 'netstat'), readCounters) ?? []),
    ...(reader.text(snapshotFile(name, host, 'snmp'), readCounters) ?? []),
  ]);

/**
 * IPv6 sockets are read only in a run over IPv6: a kernel without IPv6 has no tcp6, and the
 * sockets of an IPv4 run are all in tcp.
 */
const observeSockets = (
  reader: EvidenceReader,
  name: string,
  host: Host,
  family: AddressFamily,
): SocketRow[] => {
  const ofFamily = (wanted: AddressFamily, file: 'tcp' | 'tcp6'): SocketRow[] =>
    reader.text(snapshotFile(name, host, file), (text) => readSocketTable(text, wanted)) ?? [];
  return family === 4 ? ofFamily(4, 'tcp') : [...ofFamily(4, 'tcp'), ...ofFamily(6, 'tcp6')];
};

const observeWireDrops = (reader: EvidenceReader, name: string, host: Host): number | undefined => {
  const file = snapshotFile(name, host, 'dev');
  return reader.text(file, (text) => {
    const drops = readInterfaceDrops(text, WIRE);
    if (drops === undefined) reader.note(file, `There is no interface '${WIRE}'.`);
    return drops;
  });
};

const observeListener = (
  reader: EvidenceReader,
  name: string,
  port: number,
): ListenSocket | undefined => {
  const sockets = reader.text(snapshotFile(name, 'server', 'ss-listen'), readListenSockets) ?? [];
  const [first, ...others] = sockets.filter(({ localPort }) => localPort === port);
  return first && others.reduce(together, listenSocketOf(first));
};

const listenSocketOf = ({
  localAddress: _a,
  localPort: _p,
  ...listener
}: ListenRow): ListenSocket => listener;

/** Several servers on the same port, at addresses of their own, as if they were one. */
const together = (one: ListenSocket, other: ListenRow): ListenSocket => ({
  ...one,
  acceptQueueLength: one.acceptQueueLength + other.acceptQueueLength,
  ...(one.drops === undefined || other.drops === undefined
    ? {}
    : { drops: one.drops + other.drops }),
});

const observeSnapshot = (
  reader: EvidenceReader,
  name: string,
  atMs: number,
  { family, port, netstatIn }: ListenerAt,
): Snapshot => {
  const listener = observeListener(reader, name, port);
  const netstatText = netstatIn.has(name)
    ? reader.text(snapshotFile(name, 'server', 'netstat-s'), readNetstatText)
    : undefined;
  return {
    name,
    atMs,
    counters: byHost((host) => observeCounters(reader, name, host)),
    sockets: byHost((host) => observeSockets(reader, name, host, family)),
    wireDrops: byHost((host) => observeWireDrops(reader, name, host)),
    ...(listener === undefined ? {} : { listener }),
    ...(netstatText === undefined ? {} : { netstatText }),
  };
};

/** The books are balanced between these two; another snapshot may be taken in full traffic. */
const BALANCED_BETWEEN: ReadonlySet<string> = new Set([OPENING_SNAPSHOT, CLOSING_SNAPSHOT]);

const noteUnrest = (reader: EvidenceReader, entry: TimelineEntry): void => {
  if (entry.stillFromMonotonicMs !== undefined || !BALANCED_BETWEEN.has(entry.label)) return;
  reader.note(FILES.timeline, `The counters did not stand still for snapshot '${entry.label}'.`);
};

/** The snapshots that the timeline says were taken, by name and in that order. */
export const observeSnapshots = (
  reader: EvidenceReader,
  timeline: readonly TimelineEntry[],
  toMs: (monotonicMs: number) => number,
  listenerAt: ListenerAt,
): ReadonlyMap<string, Snapshot> => {
  const snapshots = new Map<string, Snapshot>();
  for (const entry of timeline.filter(({ kind }) => kind === 'snapshot')) {
    noteUnrest(reader, entry);
    const atMs = toMs(stillAt(entry));
    snapshots.set(entry.label, observeSnapshot(reader, entry.label, atMs, listenerAt));
  }
  return snapshots;
};

const growth = (before: Counters | undefined, after: Counters | undefined): Counters => {
  const grown = new Map<string, number>();
  for (const [name, value] of after ?? []) {
    const earlier = before?.get(name);
    if (earlier !== undefined) grown.set(name, value - earlier);
  }
  return grown;
};

/** Closing minus opening for every counter that both have. */
export const counterGrowth = (
  snapshots: ReadonlyMap<string, Snapshot>,
): Readonly<Record<Host, Counters>> => {
  const before = snapshots.get(OPENING_SNAPSHOT)?.counters;
  const after = snapshots.get(CLOSING_SNAPSHOT)?.counters;
  return byHost((host) => growth(before?.[host], after?.[host]));
};
