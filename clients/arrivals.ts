import type { Arrivals } from '../harness/domain/wire.ts';
import { monotonicMs } from './monotonic.ts';

/** Connects a client that is there. */
type Start = () => void;

/**
 * Makes the client with this index, counted from 0, and returns what starts it; `onSettled` comes
 * when its attempt has an outcome.
 */
export type PrepareOne = (index: number, onSettled: () => void) => Start;

/**
 * For so long clients are made or started in one turn of the loop, at least one; in between, the loop
 * reads what the kernel reports and ends whose time is up, so that the last of thousands do not make
 * the first look slow. Node calls connect(2) for those that were started right after the slice.
 */
const SLICE_MS = 3;

/** Does it for each index up to `end` or to the end of this turn's time; returns which one is next. */
function doSlice(first: number, end: number, one: (index: number) => void): number {
  const untilMs = monotonicMs() + SLICE_MS;
  let index = first;
  do {
    one(index);
    index += 1;
  } while (index < end && monotonicMs() < untilMs);
  return index;
}

function doSlices(end: number, one: (index: number) => void, onDone: () => void, first = 0): void {
  const next = doSlice(first, end, one);
  if (next < end) {
    setImmediate(doSlices, end, one, onDone, next);
  } else {
    onDone();
  }
}

/** All are made before the first one starts, so that their SYNs come close together. */
const burst = (clients: number, prepare: (index: number) => Start): void => {
  const starts: Start[] = [];
  doSlices(
    clients,
    (index) => starts.push(prepare(index)),
    () =>
      doSlices(
        clients,
        (index) => starts[index]?.(),
        () => undefined,
      ),
  );
};

/** Keeps to the times of the whole series: a late client does not delay those after it. */
const atRate = (clients: number, perSecond: number, start: (index: number) => void): void => {
  const startedMs = monotonicMs();
  let index = 0;
  const dueMs = (): number => (index * 1_000) / perSecond - (monotonicMs() - startedMs);
  const startDue = (): void => {
    const due = Math.floor(((monotonicMs() - startedMs) * perSecond) / 1_000) + 1;
    index = doSlice(index, Math.min(clients, due), start);
    if (index >= clients) return;
    const leftMs = dueMs();
    if (leftMs <= 0) {
      setImmediate(startDue);
    } else {
      setTimeout(startDue, Math.ceil(leftMs));
    }
  };
  startDue();
};

/** Starts `clients` clients as `arrivals` says; `onAllSettled` comes once, at the end. */
export const letArrive = (
  arrivals: Arrivals,
  clients: number,
  prepareOne: PrepareOne,
  onAllSettled: () => void,
): void => {
  let unsettled = clients;
  const prepare = (index: number): Start =>
    prepareOne(index, () => {
      unsettled -= 1;
      if (unsettled === 0) {
        onAllSettled();
      } else if (arrivals.kind === 'sequential') {
        start(index + 1);
      }
    });
  const start = (index: number): void => prepare(index)();
  switch (arrivals.kind) {
    case 'burst':
      burst(clients, prepare);
      break;
    case 'sequential':
      start(0);
      break;
    case 'rate':
      atRate(clients, arrivals.perSecond, start);
      break;
  }
};
