import { closeSync, existsSync, openSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { FILES } from '../domain/evidence.ts';
import type { RunCommand } from './hosts.ts';
import type { RunRecorder } from './run-recorder.ts';

/** Where tracefs is mounted, in this sandbox's own mount namespace. */
const TRACEFS = '/sys/kernel/tracing';
/** Kernel memory for all processors together. */
const BUFFERS_KIB = 16_384;
const LEAST_BUFFER_KIB = 256;
/** Shown in kfree_skb's format from 6.15 on (a11a791ca81e): `{ 60, "TCP_LISTEN_OVERFLOW" }`. */
const LISTEN_OVERFLOW = /\{ ?(\d+|0x[0-9a-f]+), "TCP_LISTEN_OVERFLOW" ?\}/;

/** The events that tell of listen queues; a kernel that lacks one does without it. */
const EVENTS = ['sock/inet_sock_set_state', 'tcp/tcp_retransmit_synack', 'tcp/tcp_send_reset'];

/**
 * Kernel trace events of our port, in a tracing instance of our own. The instance outlives
 * processes, so a keeper outside of the sandbox makes it, and removes it whatever happens.
 * Disposing writes trace.txt. Another program of the machine on the same port number is in it too.
 */
export async function startTrace(
  instance: string,
  port: number,
  recorder: RunRecorder,
  run: RunCommand,
): Promise<AsyncDisposable> {
  await run(['mount', '-t', 'tracefs', 'tracefs', TRACEFS]);
  const folder = path.join(TRACEFS, 'instances', instance);
  // Its keeper was killed and that of another run has tidied up: one witness fewer.
  if (!existsSync(folder)) return { [Symbol.asyncDispose]: () => Promise.resolve() };
  // While a file of it is open nobody can remove the instance, whatever becomes of its keeper.
  const held = openSync(path.join(folder, 'tracing_on'), 'r');
  const set = (file: string, value: string): void => writeFileSync(path.join(folder, file), value);
  set('trace_clock', 'mono');
  const share = Math.floor(BUFFERS_KIB / os.availableParallelism());
  set('buffer_size_kb', `${Math.max(LEAST_BUFFER_KIB, share)}`);
  for (const event of EVENTS) enable(folder, event, `sport==${port}`, 'sport;');
  const overflow = listenOverflowReason(folder);
  if (overflow !== undefined) enable(folder, 'skb/kfree_skb', `reason==${overflow}`, 'reason;');
  return {
    [Symbol.asyncDispose]: async () => {
      set('tracing_on', '0');
      const trace = readFileSync(path.join(folder, 'trace'), 'utf8');
      recorder.write(FILES.trace, linesOfPort(trace, port));
      closeSync(held);
      removeIfForsaken(folder);
    },
  };
}

/**
 * The trace without what other programs of the machine did: its comments, events that name the port
 * (tcp_send_reset as `src=address:port`), and drops, which the kernel has chosen by their reason.
 */
function linesOfPort(trace: string, port: number): string {
  const named = new RegExp(` (?:[sd]port=|(?:src|dest)=\\S+:)${port}(?!\\S)`);
  const ours = (line: string): boolean =>
    line.startsWith('#') || line.includes(': kfree_skb: ') || named.test(line);
  return `${trace.split('\n').filter(ours).join('\n')}\n`;
}

/** A keeper holds a file of the instance open too, and removes it later; unless it was killed. */
function removeIfForsaken(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // EBUSY: the keeper is there.
  }
}

/** An event without the field (tcp_send_reset keeps whole socket addresses) is filtered when it is written. */
function enable(folder: string, event: string, filter: string, field: string): void {
  const eventFolder = path.join(folder, 'events', event);
  if (!existsSync(eventFolder)) return;
  const format = readFileSync(path.join(eventFolder, 'format'), 'utf8');
  if (format.includes(` ${field}`)) writeFileSync(path.join(eventFolder, 'filter'), filter);
  writeFileSync(path.join(eventFolder, 'enable'), '1');
}

function listenOverflowReason(folder: string): string | undefined {
  const format = path.join(folder, 'events/skb/kfree_skb/format');
  return existsSync(format) ? LISTEN_OVERFLOW.exec(readFileSync(format, 'utf8'))?.[1] : undefined;
}
