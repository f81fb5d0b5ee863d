import { snapshotFile } from '../domain/evidence.ts';
import { NOT_INSTALLED } from '../evidence/netstat-text.ts';
import { monotonicMs } from './clock.ts';
import { readCounterFiles } from './counters.ts';
import type { RunCommand } from './hosts.ts';
import { readHostTexts } from './namespaces-site.ts';
import type { RunRecorder } from './run-recorder.ts';
import type { HostTexts, Site } from './site.ts';

/** Between these two moments no counter of either host moved, if `still`. */
export interface SnapshotTimes {
  readonly stillFromMonotonicMs: number;
  readonly stillUntilMonotonicMs: number;
  readonly still: boolean;
}

interface SnapshotWanted {
  readonly name: string;
  readonly netstat?: boolean;
  /** How long it looks for a moment in which no counter moves; 0: it is taken as things are. */
  readonly stillWithinMs: number;
}

interface View {
  readonly server: HostTexts;
  /** By the hosts' names. */
  readonly clients: ReadonlyMap<string, HostTexts>;
  readonly listen: string;
  /** Only where it was asked for. */
  readonly netstatText?: string;
}

/**
 * Reads counters, socket tables and the listener of both hosts. The counters are read before and
 * after everything else, and all of it again until they stood still in between: so the counters,
 * the tables and the packets up to that moment tell of the same instant.
 */
export async function takeSnapshot(
  { name, netstat = false, stillWithinMs }: SnapshotWanted,
  site: Site,
  port: number,
  recorder: RunRecorder,
  run: RunCommand,
): Promise<SnapshotTimes> {
  const giveUpAt = monotonicMs() + stillWithinMs;
  for (;;) {
    const stillFromMonotonicMs = monotonicMs();
    const before = await tellingCounters(site);
    const view = await look(site, port, run, netstat);
    const still = before === (await tellingCounters(site)) && before === tellingIn(view, site);
    const stillUntilMonotonicMs = monotonicMs();
    if (still || stillUntilMonotonicMs > giveUpAt) {
      record(name, view, recorder);
      return { stillFromMonotonicMs, stillUntilMonotonicMs, still };
    }
  }
}

async function tellingCounters({ server, clients, tellingOf }: Site): Promise<string> {
  const counters = await Promise.all(clients.map((client) => client.readCounters()));
  return [readCounterFiles(server), ...counters].map(tellingOf).join();
}

/** The texts that are kept were read in between, and must tell of the same instant. */
const tellingIn = ({ server, clients }: View, { tellingOf }: Site): string =>
  [server, ...clients.values()].map(({ netstat, snmp }) => tellingOf({ netstat, snmp })).join();

/** Shows the listener with its limit, which /proc does not show. */
export const listenerCommand = (port: number): readonly string[] => [
  ...['ss', '-Hltnm', `sport = :${port}`],
];

/** Prints NOT_INSTALLED where there is no net-tools, so that nothing is missing in the run folder. */
const NETSTAT_COMMAND: readonly string[] = [
  ...[
    'sh',
    '-c',
    `command -v netstat >/dev/null || exec echo '${NOT_INSTALLED}'; LC_ALL=C netstat -s`,
  ],
];

async function look(
  { server, clients }: Site,
  port: number,
  run: RunCommand,
  netstat: boolean,
): Promise<View> {
  const texts = await Promise.all(
    clients.map(async (client) => [client.name, await client.readTexts()] as const),
  );
  return {
    server: readHostTexts(server.procNet),
    clients: new Map(texts),
    listen: await run(server.inside(listenerCommand(port)), 'server'),
    ...(netstat ? { netstatText: await run(server.inside(NETSTAT_COMMAND), 'server') } : {}),
  };
}

function record(name: string, view: View, recorder: RunRecorder): void {
  for (const [host, texts] of [['server', view.server] as const, ...view.clients]) {
    for (const [file, text] of Object.entries(texts)) {
      recorder.write(snapshotFile(name, host, file as keyof HostTexts), text);
    }
  }
  recorder.write(snapshotFile(name, 'server', 'ss-listen'), `${view.listen}\n`);
  if (view.netstatText !== undefined) {
    recorder.write(snapshotFile(name, 'server', 'netstat-s'), `${view.netstatText}\n`);
  }
}
