/** Which settings a sweep measures, and each of them as the parameters of a run. */
import type { Parameters } from '../domain/parameters.ts';
import type { CellSettings } from '../domain/sweep.ts';
import { oldSynQueueFormula } from '../kernel/queue-capacity.ts';
import { queueCapacities } from './queue-capacities.ts';

export interface SweepLists {
  readonly backlog: readonly number[];
  readonly somaxconn: readonly number[];
  readonly maxSynBacklog: readonly number[];
  readonly syncookies: readonly number[];
}

/** Every combination of the lists. */
export const productOf = (lists: SweepLists): readonly CellSettings[] =>
  lists.backlog.flatMap((backlog) =>
    lists.somaxconn.flatMap((somaxconn) =>
      lists.maxSynBacklog.flatMap((maxSynBacklog) =>
        lists.syncookies.map((syncookies) => ({ backlog, somaxconn, maxSynBacklog, syncookies })),
      ),
    ),
  );

/** What the accept queue depends on: the figures of claim 002-e. */
const ACCEPT_QUEUE: SweepLists = {
  backlog: [1, 2, 5, 128, 511, 4_096],
  somaxconn: [1, 2, 128, 4_096],
  maxSynBacklog: [128],
  syncookies: [1],
};

/** What the SYN queue depends on: the figures of claims 002-a and 002-b. */
const SYN_QUEUE: SweepLists = {
  backlog: [1, 2, 7, 8, 128, 511],
  somaxconn: [4_096],
  maxSynBacklog: [64, 128, 256, 512, 4_096],
  syncookies: [0],
};

const WITH_COOKIES: SweepLists = { ...SYN_QUEUE, maxSynBacklog: [64, 128], syncookies: [1, 2] };

const keyOf = ({ backlog, somaxconn, maxSynBacklog, syncookies }: CellSettings): string =>
  [backlog, somaxconn, maxSynBacklog, syncookies].join(' ');

/** The settings that the documents and claims name, each once. */
export const defaultCells = (): readonly CellSettings[] => {
  const all = [ACCEPT_QUEUE, SYN_QUEUE, WITH_COOKIES].flatMap(productOf);
  return [...new Map(all.map((cell) => [keyOf(cell), cell])).values()];
};

/** More clients than any known rule lets into the SYN queue. */
const BEYOND = 4;

const floodFor = ({ backlog, somaxconn, maxSynBacklog }: CellSettings): number =>
  Math.max(
    Math.min(backlog, somaxconn) + 1,
    oldSynQueueFormula(backlog, somaxconn, maxSynBacklog),
  ) + BEYOND;

export const parametersOf = (cell: CellSettings): Parameters => ({
  ...queueCapacities.defaults,
  backlog: cell.backlog,
  clients: floodFor(cell),
  // Nobody looks at the queues of a cell over time.
  sampleEveryMs: 0,
  sysctls: {
    server: {
      'net.core.somaxconn': `${cell.somaxconn}`,
      'net.ipv4.tcp_max_syn_backlog': `${cell.maxSynBacklog}`,
      'net.ipv4.tcp_syncookies': `${cell.syncookies}`,
    },
    client: {},
  },
});

/** For the order of runs: a large queue takes long to fill. */
export const clientsOf = (cell: CellSettings): number =>
  Math.min(cell.backlog, cell.somaxconn) + floodFor(cell);
