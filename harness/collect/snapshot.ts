import { readFileSync } from 'node:fs';
import { snapshotFile } from '../domain/evidence.ts';
import { NOT_INSTALLED } from '../evidence/netstat-text.ts';
import { monotonicMs } from './clock.ts';
import { type CounterFiles, readCounterFiles } from './counters.ts';
import type { HostNamespace, Laboratory, RunCommand } from './hosts.ts';
import type { RunRecorder } from './run-recorder.ts';

/** Between these two moments no counter of either host moved, if `still`. */
export interface SnapshotTimes {
  readonly stillFromMonotonicMs: number;
  readonly stillUntilMonotonicMs: number;
  readonly still: boolean;
}

interface SnapshotWanted {
  readonly name: string;
  readonly netstat?: boolean;
}

/** How long a snapshot looks for a moment in which no counter moves. */
const STILLNESS_DEADLINE_MS = 2_000;

interface View {
  readonly counters: { readonly server: CounterFiles; readonly client: CounterFiles };
  readonly tables: readonly {
    readonly host: HostNamespace;
    readonly tcp: string;
    readonly tcp6: string;
    readonly dev: string;
  }[];
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
  { name, netstat = false }: SnapshotWanted,
  laboratory: Laboratory,
  port: number,
  recorder: RunRecorder,
  run: RunCommand,
): Promise<SnapshotTimes> {
  const giveUpAt = monotonicMs() + STILLNESS_DEADLINE_MS;
  for (;;) {
    const stillFromMonotonicMs = monotonicMs();
    const view = await look(laboratory, port, run, netstat);
    const still = same(view.counters, countersOf(laboratory));
    const stillUntilMonotonicMs = monotonicMs();
    if (still || stillUntilMonotonicMs > giveUpAt) {
      record(name, view, recorder);
      return { stillFromMonotonicMs, stillUntilMonotonicMs, still };
    }
  }
}

const countersOf = ({ server, client }: Laboratory): View['counters'] => ({
  server: readCounterFiles(server),
  client: readCounterFiles(client),
});

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
  laboratory: Laboratory,
  port: number,
  run: RunCommand,
  netstat: boolean,
): Promise<View> {
  const { server, client } = laboratory;
  return {
    counters: countersOf(laboratory),
    tables: [server, client].map((host) => ({
      host,
      tcp: readFileSync(`${host.procNet}/tcp`, 'utf8'),
      tcp6: readIfThere(`${host.procNet}/tcp6`),
      dev: readFileSync(`${host.procNet}/dev`, 'utf8'),
    })),
    listen: await run(server.inside(listenerCommand(port)), 'server'),
    ...(netstat ? { netstatText: await run(server.inside(NETSTAT_COMMAND), 'server') } : {}),
  };
}

const same = (before: View['counters'], after: View['counters']): boolean =>
  JSON.stringify(before) === JSON.stringify(after);

/** A kernel without IPv6 has no tcp6. */
function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function record(name: string, view: View, recorder: RunRecorder): void {
  for (const { host, tcp, tcp6, dev } of view.tables) {
    const { netstat, snmp } = view.counters[host.host];
    const files = { netstat, snmp, tcp, tcp6, dev } as const;
    for (const [file, text] of Object.entries(files)) {
      recorder.write(snapshotFile(name, host.host, file as keyof typeof files), text);
    }
  }
  recorder.write(snapshotFile(name, 'server', 'ss-listen'), `${view.listen}\n`);
  if (view.netstatText !== undefined) {
    recorder.write(snapshotFile(name, 'server', 'netstat-s'), `${view.netstatText}\n`);
  }
}
