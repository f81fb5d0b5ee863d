import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { FILES, snapshotFile } from '../domain/evidence.ts';
import type { RunPlan } from '../domain/plan.ts';
import type { AddressFamily } from '../domain/tcp.ts';
import type { RunCommand } from './hosts.ts';
import { withSymbols } from './kernel-symbols.ts';
import type { RunRecorder } from './run-recorder.ts';

/** Where tracefs is mounted, in this sandbox's own mount namespace. */
const TRACEFS = '/sys/kernel/tracing';
/** Kernel memory for all processors together; it is cleared when it is taken, which costs time. */
const LEAST_KIB = 4_096;
const MOST_KIB = 16_384;
/** A client's connection takes about ten events of a hundred bytes. */
const KIB_PER_CLIENT = 1;
const LEAST_BUFFER_KIB = 256;
/** The events that tell of listen queues; a kernel that lacks one does without it. */
const EVENTS = ['sock/inet_sock_set_state', 'tcp/tcp_retransmit_synack', 'tcp/tcp_send_reset'];
/** A drop names no port, but from 6.11 on the socket that received the packet. */
const DROPS = 'skb/kfree_skb';
/** Says in the ending that drops were traced without asking at which socket they happened. */
const EVERY_DROP = 'every-drop';
/** As tracepoints have them: `protocol` of a packet. */
const PROTOCOL: Readonly<Record<AddressFamily, number>> = { 4: 0x0800, 6: 0x86dd };
/** Shown in kfree_skb's format from 6.15 on (a11a791ca81e). */
const LISTEN_OVERFLOW = 'TCP_LISTEN_OVERFLOW';

export interface TraceContext {
  readonly recorder: RunRecorder;
  readonly run: RunCommand;
  /** Nobody else is there whose packets could be dropped. */
  readonly ownMachine: boolean;
}

/**
 * Kernel trace events of our port and all drops at sockets, in a tracing instance of our own. The
 * instance outlives processes, so a keeper outside of the sandbox makes it, and removes it whatever
 * happens. Disposing writes trace.txt: what other programs of the machine did on the same port
 * number is in it too.
 */
export async function startTrace(
  instance: string,
  { network: { port, family }, parameters: { clients } }: RunPlan,
  { recorder, run, ownMachine }: TraceContext,
): Promise<AsyncDisposable> {
  const instances = path.join(TRACEFS, 'instances');
  // Many machines have it mounted already, and would refuse to mount it twice.
  if (!existsSync(instances)) {
    // What starts a machine of our own has tried already.
    if (ownMachine) return { [Symbol.asyncDispose]: () => Promise.resolve() };
    await run(['mount', '-t', 'tracefs', 'tracefs', TRACEFS]);
  }
  const folder = path.join(instances, instance);
  const held = hold(folder);
  if (held === undefined) return { [Symbol.asyncDispose]: () => Promise.resolve() };
  const set = (file: string, value: string): void => writeFileSync(path.join(folder, file), value);
  set('trace_clock', 'mono');
  const buffersKib = Math.min(MOST_KIB, LEAST_KIB + clients * KIB_PER_CLIENT);
  const share = Math.floor(buffersKib / os.availableParallelism());
  set('buffer_size_kb', `${Math.max(LEAST_BUFFER_KIB, share)}`);
  const traced = [
    ...EVENTS.flatMap((event) => enable(folder, event, { field: 'sport', filter: `==${port}` })),
    ...enableDrops(folder, family, ownMachine),
    ...(formatOf(folder, DROPS)?.includes(`"${LISTEN_OVERFLOW}"`) ? [LISTEN_OVERFLOW] : []),
  ];
  return {
    [Symbol.asyncDispose]: async () => {
      set('tracing_on', '0');
      const raw = readFileSync(path.join(folder, 'trace'), 'utf8');
      const trace = traced.includes(EVERY_DROP) ? withSymbols(raw) : raw;
      recorder.write(
        FILES.trace,
        `${linesOfPort(trace, port, socketsOf(recorder))}${traceEnding(traced, lostEvents(folder))}`,
      );
      closeSync(held);
      removeIfForsaken(folder);
    },
  };
}

/**
 * While a file of it is open nobody can remove the instance, whatever becomes of its keeper.
 * Undefined: its keeper was killed and that of another run has tidied up, so there is one witness fewer.
 */
function hold(folder: string): number | undefined {
  try {
    return openSync(path.join(folder, 'tracing_on'), 'r');
  } catch {
    return undefined;
  }
}

/**
 * The trace without what other programs of the machine did: its comments, events that name the port
 * (tcp_send_reset as `src=address:port`), and drops at sockets of the server.
 */
function linesOfPort(trace: string, port: number, sockets: ReadonlySet<string>): string {
  const named = new RegExp(` (?:[sd]port=|(?:src|dest)=\\S+:)${port}(?!\\S)`);
  const ours = (line: string): boolean => {
    const receiver = DROP.exec(line)?.[1];
    if (receiver !== undefined) return sockets.has(receiver);
    if (/: kfree_skb: /.test(line)) return true;
    return line.startsWith('#') || named.test(line);
  };
  return `${trace.split('\n').filter(ours).join('\n')}\n`;
}

const DROP = /: kfree_skb: .* rx_sk=(\w+)/;

/** The hashed addresses of the server's sockets, as the snapshots' tables name them. */
function socketsOf(recorder: RunRecorder): ReadonlySet<string> {
  const snapshots = recorder.place('snapshots');
  if (!existsSync(snapshots)) return new Set();
  const tables = readdirSync(snapshots).flatMap((name) =>
    (['tcp', 'tcp6'] as const).map((table) => recorder.place(snapshotFile(name, 'server', table))),
  );
  const texts = tables
    .filter((table) => existsSync(table))
    .map((table) => readFileSync(table, 'utf8'));
  return new Set(texts.flatMap((text) => text.match(/\b0{8}[\da-f]{8}\b/g) ?? []));
}

/** Says at the end what was traced, so that a trace that is cut off does not say it. */
const traceEnding = (traced: readonly string[], lost: number): string =>
  `# traced: ${traced.join(' ')}\n# lost: ${lost}\n`;

const LOSSES = /^(?:overrun|commit overrun|dropped events): (\d+)$/gm;

/** Events that found no place in the buffers, or were overwritten there. */
function lostEvents(folder: string): number {
  const processors = path.join(folder, 'per_cpu');
  const counts = readdirSync(processors).flatMap((processor) => [
    ...readFileSync(path.join(processors, processor, 'stats'), 'utf8').matchAll(LOSSES),
  ]);
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

/** A keeper holds a file of the instance open too, and removes it later; unless it was killed. */
function removeIfForsaken(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // EBUSY: the keeper is there.
  }
}

interface Choice {
  readonly field: string;
  /** What is asked of the field. */
  readonly filter: string;
}

/**
 * The event's name if this kernel has it. One without the field (tcp_send_reset keeps whole socket
 * addresses) is filtered when it is written; a drop that names no socket is nobody's.
 */
function enable(folder: string, event: string, { field, filter }: Choice): readonly string[] {
  const format = formatOf(folder, event);
  if (format === undefined) return [];
  const hasField = format.includes(` ${field};`);
  if (event === DROPS && !hasField) return [];
  const eventFolder = path.join(folder, 'events', event);
  if (hasField) writeFileSync(path.join(eventFolder, 'filter'), `${field}${filter}`);
  writeFileSync(path.join(eventFolder, 'enable'), '1');
  return [path.basename(event)];
}

/** Where a drop does not name its socket, only in a machine of our own is it ours for certain. */
function enableDrops(
  folder: string,
  family: AddressFamily,
  ownMachine: boolean,
): readonly string[] {
  const atSockets = enable(folder, DROPS, { field: 'rx_sk', filter: '!=0' });
  if (atSockets.length > 0 || !ownMachine) return atSockets;
  const all = enable(folder, DROPS, { field: 'protocol', filter: `==${PROTOCOL[family]}` });
  return all.length === 0 ? [] : [...all, EVERY_DROP];
}

/** Undefined: this kernel does not have the event. */
function formatOf(folder: string, event: string): string | undefined {
  const file = path.join(folder, 'events', event, 'format');
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
