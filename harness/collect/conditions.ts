import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { Condition } from '../domain/plan.ts';
import { countersNow } from './counters.ts';
import type { HostNamespace } from './hosts.ts';
import type { Swarm } from './swarm.ts';

/** What conditions look at. */
export interface Watched {
  readonly server: HostNamespace;
  readonly swarm: Swarm;
  readonly family: 4 | 6;
  readonly countersAt: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** A condition as something to look at again and again: whether it holds, and what is seen. */
export interface Looked {
  readonly reached: boolean;
  readonly seen: string;
}

export function lookAt(condition: Condition, watched: Watched): Looked {
  switch (condition.kind) {
    case 'wave-settled':
      return { reached: false, seen: 'attempts without an outcome' };
    case 'clients-connected':
      return atLeast('clients connected', watched.swarm.connectedIn(condition.wave), condition);
    case 'accept-queue-length':
      return equals('accept-queue length', acceptQueueLength(watched), condition);
    case 'syn-queue-length':
      return equals('SYN-queue length', synQueueLength(watched), condition);
    case 'counter-grown': {
      const before = watched.countersAt.get(condition.sinceSnapshot)?.get(condition.counter) ?? 0;
      const now = countersNow(watched.server).get(condition.counter) ?? 0;
      return atLeast(`growth of ${condition.counter}`, now - before, condition);
    }
  }
}

export function describeCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'wave-settled':
      return `every attempt of wave '${condition.wave}' to have an outcome`;
    case 'clients-connected':
      return `${condition.atLeast} clients of wave '${condition.wave}' to be connected`;
    case 'accept-queue-length':
      return `the accept queue to hold ${condition.equals}`;
    case 'syn-queue-length':
      return `the SYN queue to hold ${condition.equals}`;
    case 'counter-grown':
      return `${condition.counter} to grow by ${condition.atLeast} since '${condition.sinceSnapshot}'`;
  }
}

const atLeast = (what: string, value: number, wanted: { readonly atLeast: number }): Looked => ({
  reached: value >= wanted.atLeast,
  seen: `${what} ${value}`,
});

const equals = (what: string, value: number, wanted: { readonly equals: number }): Looked => ({
  reached: value === wanted.equals,
  seen: `${what} ${value}`,
});

const tableOf = ({ server, family }: Watched): string =>
  `${server.procNet}/${family === 4 ? 'tcp' : 'tcp6'}`;

const FIRST_ROW_BYTES = 400;

/** The listener's row comes first, and the kernel stops after the bytes asked for. */
function acceptQueueLength(watched: Watched): number {
  const file = openSync(tableOf(watched), 'r');
  try {
    const bytes = new Uint8Array(FIRST_ROW_BYTES);
    const length = readSync(file, bytes, 0, FIRST_ROW_BYTES, 0);
    const row = new TextDecoder().decode(bytes.subarray(0, length)).split('\n')[1] ?? '';
    return Number.parseInt(/ 0A [0-9A-F]+:([0-9A-F]+)/.exec(row)?.[1] ?? '-1', 16);
  } finally {
    closeSync(file);
  }
}

/** SYN-RECV rows; walks the kernel's whole hash table (3 to 6 ms). */
const synQueueLength = (watched: Watched): number =>
  readFileSync(tableOf(watched), 'latin1').match(/^ *\d+: \S+ \S+ 03 /gm)?.length ?? 0;
