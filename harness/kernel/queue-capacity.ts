import type { KernelModel } from '../domain/scenario.ts';

/**
 * What listen(2) makes of its argument: min(backlog, somaxconn), kept in 16 bits before 4.1
 * (becb74f0acca), so that 65536 becomes 0 there if somaxconn lets it through. `backlog` >= 0.
 */
export function acceptQueueLimit(backlog: number, kernel: KernelModel): number {
  const limit = Math.min(backlog, kernel.somaxconn);
  return kernel.rules.acceptQueueLimitBits === 16 ? limit % 2 ** 16 : limit;
}

/** Connections that wait for accept(2) at most: the queue is full *above* its limit (64a146513f8f). */
export function acceptQueueCapacity(backlog: number, kernel: KernelModel): number {
  return acceptQueueLimit(backlog, kernel) + 1;
}

/**
 * How many requests (SYN-RECV) a listener holds if nobody ever acknowledges and every peer is new.
 *
 * - The queue itself: to 4.3 a table of a power of two (72a3effaf633); from 4.4 the accept-queue
 *   limit (ef547f2ac16b); from 6.13 one more (3479c7549fb1). With limit 0, kernels of 4.4 to 6.12
 *   hold none at all.
 * - Without SYN cookies a request is refused while M - SQ < floor(M / 4), M being
 *   tcp_max_syn_backlog, so M - floor(M / 4) + 1 are held at most. From 4.14 that spares peers with
 *   a measured round-trip time (tcp_metrics): the figure holds for fresh client addresses.
 * - With tcp_syncookies 2 no request is ever held. Vanilla kernels before 3.12 treat 2 as 1;
 *   `KernelRules` does not tell them apart, so the figure is too small there.
 *
 * A table is sized from the limit before it is cut to 16 bits, and when the listener first listens.
 */
export function synQueueCapacity(backlog: number, kernel: KernelModel): number {
  if (kernel.syncookies === 2) return 0;
  const queue = synQueueLimit(backlog, kernel);
  if (kernel.syncookies !== 0) return queue;
  return Math.min(queue, threeQuarterBound(kernel.maxSynBacklog));
}

/** How many requests the 3/4 rule lets in; `maxSynBacklog` is tcp_max_syn_backlog. */
export const threeQuarterBound = (maxSynBacklog: number): number =>
  maxSynBacklog - Math.floor(maxSynBacklog / 4) + 1;

function synQueueLimit(backlog: number, kernel: KernelModel): number {
  switch (kernel.rules.synQueue) {
    case 'table':
      return oldSynQueueFormula(backlog, kernel.somaxconn, kernel.maxSynBacklog);
    case 'limit':
      return acceptQueueLimit(backlog, kernel);
    case 'limit-plus-one':
      return acceptQueueLimit(backlog, kernel) + 1;
  }
}

/**
 * The formula that documents quote, right to 4.3:
 * roundup_pow_of_two(max(8, min(backlog, somaxconn, tcp_max_syn_backlog)) + 1).
 */
export function oldSynQueueFormula(
  backlog: number,
  somaxconn: number,
  maxSynBacklog: number,
): number {
  const entries = Math.max(8, Math.min(backlog, somaxconn, maxSynBacklog)) + 1;
  let table = 1;
  while (table < entries) table *= 2;
  return table;
}
