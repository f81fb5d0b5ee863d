import { CONNECTION_COUNTERS } from '../domain/cluster.ts';
import { clientHostName, FILES, snapshotFile, type TimelineEntry } from '../domain/evidence.ts';
import type { Counters, Snapshot } from '../domain/observations.ts';
import { CLOSING_SNAPSHOT, OPENING_SNAPSHOT } from '../domain/plan.ts';
import type { AddressFamily, Host, ListenSocket, SocketRow } from '../domain/tcp.ts';
import type { EvidenceReader } from './evidence-reader.ts';
import { readInterfaceDrops } from './net-dev.ts';
import { readCounters } from './netstat.ts';
import { readNetstatText } from './netstat-text.ts';
import type { Interfaces } from './observe-cluster.ts';
import { stillAt } from './observe-time.ts';
import { ofOneEnd } from './one-host.ts';
import { readSocketTable } from './proc-net-tcp.ts';
import { type ListenRow, readListenSockets } from './ss-listen.ts';

/** The end of the wire has this name on both hosts. */
const WIRE = 'wire';

export interface ListenerAt {
  readonly family: AddressFamily;
  readonly port: number;
  /** Snapshots that the plan wants with the text of `netstat -s`. */
  readonly netstatIn: ReadonlySet<string>;
  /** The listener is an IPv6 socket that takes IPv4 too, so the server's sockets are in tcp6. */
  readonly bothFamilies?: boolean;
  /** Of the containers; absent: server and clients are on two hosts of our own. */
  readonly interfaces?: Interfaces;
  /** Server and clients share one host, whose loopback interface is the wire. */
  readonly oneHost?: boolean;
}

const byHost = <T>(of: (host: Host) => T): Readonly<Record<Host, T>> => ({
  server: of('server'),
  client: of('client'),
});

const countersAt = (reader: EvidenceReader, name: string, host: string): Counters =>
  new Map([
    ...(reader.text(snapshotFile(name, host, 'netstat'), readCounters) ?? []),
    ...(reader.text(snapshotFile(name, host, 'snmp'), readCounters) ?? []),
  ]);

/** A counter that one of several hosts does not have is not known of all of them. */
const sumOf = (counters: readonly Counters[]): Counters => {
  const [first = new Map<string, number>(), ...others] = counters;
  return new Map(
    [...first].flatMap(([name, value]) => {
      const values = others.map((each) => each.get(name));
      return values.every((each) => each !== undefined)
        ? [[name, values.reduce((sum, each) => sum + each, value)] as const]
        : [];
    }),
  );
};

/** In containers the agents' own connections move the other counters. */
const observeCounters = (
  reader: EvidenceReader,
  name: string,
  hosts: readonly Namespace[],
  { interfaces, oneHost }: ListenerAt,
  host: Host,
): Counters => {
  const all = sumOf(hosts.map(({ folder }) => countersAt(reader, name, folder)));
  const counters = oneHost === true ? ofOneEnd(all, host) : all;
  return interfaces === undefined
    ? counters
    : new Map([...counters].filter(([counter]) => CONNECTION_COUNTERS.has(counter)));
};

/** One network namespace that left texts in a snapshot, with its interface to the others. */
interface Namespace {
  readonly folder: string;
  readonly wire: string;
}

/** Clients in containers have a namespace each. */
const namespacesOf = (host: Host, { interfaces, oneHost }: ListenerAt): readonly Namespace[] => {
  if (interfaces === undefined) return [{ folder: host, wire: oneHost === true ? 'lo' : WIRE }];
  return host === 'server'
    ? [{ folder: host, wire: interfaces.listener }]
    : interfaces.clients.map((wire, index) => ({ folder: clientHostName(index), wire }));
};

/**
 * IPv6 sockets are read only in a run over IPv6: a kernel without IPv6 has no tcp6, and the
 * sockets of an IPv4 run are all in tcp.
 */
const observeSockets = (
  reader: EvidenceReader,
  name: string,
  host: string,
  { family, bothFamilies = false }: ListenerAt,
): SocketRow[] => {
  const ofFamily = (wanted: AddressFamily, file: 'tcp' | 'tcp6'): SocketRow[] =>
    reader.text(snapshotFile(name, host, file), (text) => readSocketTable(text, wanted)) ?? [];
  return family === 4 && !bothFamilies
    ? ofFamily(4, 'tcp')
    : [...ofFamily(4, 'tcp'), ...ofFamily(6, 'tcp6')];
};

const observeWireDrops = (
  reader: EvidenceReader,
  name: string,
  hosts: readonly Namespace[],
): number | undefined => {
  const drops = hosts.map(({ folder, wire }) => {
    const file = snapshotFile(name, folder, 'dev');
    return reader.text(file, (text) => {
      const lost = readInterfaceDrops(text, wire);
      if (lost === undefined) reader.note(file, `There is no interface '${wire}'.`);
      return lost;
    });
  });
  return drops.every((each) => each !== undefined)
    ? drops.reduce((sum, each) => sum + each, 0)
    : undefined;
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
  listenerAt: ListenerAt,
): Snapshot => {
  const { port, netstatIn } = listenerAt;
  const hostsOf = (host: Host): readonly Namespace[] => namespacesOf(host, listenerAt);
  const listener = observeListener(reader, name, port);
  const netstatText = netstatIn.has(name)
    ? reader.text(snapshotFile(name, 'server', 'netstat-s'), readNetstatText)
    : undefined;
  return {
    name,
    atMs,
    counters: byHost((host) => observeCounters(reader, name, hostsOf(host), listenerAt, host)),
    sockets: byHost((host) =>
      hostsOf(host).flatMap(({ folder }) => observeSockets(reader, name, folder, listenerAt)),
    ),
    wireDrops: byHost((host) => observeWireDrops(reader, name, hostsOf(host))),
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
