import type { Arrivals } from '../harness/domain/wire.ts';
import { monotonicMs } from './monotonic.ts';

/** Starts the client with this index, counted from 0, and says when its attempt has an outcome. */
export type StartOne = (index: number, onSettled: () => void) => void;

/**
 * So many clients of a burst start in one turn of the loop; in between, the loop reads what the
 * kernel reports, so that a burst of thousands does not make its first clients look slow.
 */
const BURST_SLICE = 64;

const burst = (clients: number, start: (index: number) => void, first = 0): void => {
  const next = Math.min(first + BURST_SLICE, clients);
  for (let index = first; index < next; index += 1) {
    start(index);
  }
  if (next < clients) {
    setImmediate(burst, clients, start, next);
  }
};

/** Keeps to the times of the whole series: a late client does not delay those after it. */
const atRate = (clients: number, perSecond: number, start: (index: number) => void): void => {
  const startedMs = monotonicMs();
  let index = 0;
  const startDue = (): void => {
    const elapsedMs = monotonicMs() - startedMs;
    while (index < clients && (index * 1_000) / perSecond <= elapsedMs) {
      start(index);
      index += 1;
    }
    if (index < clients) {
      setTimeout(startDue, Math.ceil((index * 1_000) / perSecond - elapsedMs));
    }
  };
  startDue();
};

/** Starts `clients` clients one by one as `arrivals` says; `onAllSettled` comes once, at the end. */
export const letArrive = (
  arrivals: Arrivals,
  clients: number,
  startOne: StartOne,
  onAllSettled: () => void,
): void => {
  let unsettled = clients;
  const start = (index: number): void => {
    startOne(index, () => {
      unsettled -= 1;
      if (unsettled === 0) {
        onAllSettled();
      } else if (arrivals.kind === 'sequential') {
        start(index + 1);
      }
    });
  };
  switch (arrivals.kind) {
    case 'burst':
      burst(clients, start);
      break;
    case 'sequential':
      start(0);
      break;
    case 'rate':
      atRate(clients, arrivals.perSecond, start);
      break;
  }
};
