/** What a client library reported, as words of a table. */
import { timerOf, timerOfEvent } from '../domain/library-timers.ts';
import type { Connection } from '../domain/tcp.ts';
import type { FiredTimer, LibraryStory, ReportedError } from '../domain/usual-clients.ts';
import { count, duration, seconds, times } from './words.ts';

/** `14 ms`, `2.05 s`. */
export const elapsed = (ms: number): string => (ms < 1_000 ? duration(ms) : `${seconds(ms)} s`);

/** `ECONNRESET: socket hang up`, with the cause that says more where there is one. */
export function errorWords(error: ReportedError): string {
  const { cause } = error;
  const own = `${error.code ?? error.name}: ${error.message}`;
  return cause === undefined || cause.message === error.message
    ? own
    : `${own}, caused by ${errorWords(cause)}`;
}

/** What it said before the end, and how it ended. */
export function outcomeWords(story: LibraryStory): string {
  return [...saidWords(story), endWords(story)].join('; ');
}

function endWords({ end }: LibraryStory): string {
  switch (end.kind) {
    case 'failed':
      return `${errorWords(end.error)}, after ${elapsed(end.afterMs)}`;
    case 'closed':
      return `closed without an error after ${elapsed(end.afterMs)}`;
    case 'answered':
      return `answered after ${elapsed(end.afterMs)}`;
    case 'still-waiting':
      return `still waiting after ${elapsed(end.afterMs)}`;
    case 'unsettled':
      return 'the run ended before';
  }
}

/** Equal sayings are told once, with their number. */
function saidWords({ said, end }: LibraryStory): readonly string[] {
  const groups = new Map<string, number[]>();
  for (const { what, error, afterMs } of said) {
    const words = error === null ? `event '${what}'` : `event '${what}' (${errorWords(error)})`;
    groups.set(words, [...(groups.get(words) ?? []), afterMs]);
  }
  const repeated = end.kind === 'failed' ? errorWords(end.error) : null;
  return [...groups].flatMap(([words, atMs]) =>
    words === `event 'error' (${repeated})` && atMs.length === 1
      ? []
      : [`${words} ${whenWords(atMs)}`],
  );
}

function whenWords(atMs: readonly number[]): string {
  const [first = 0] = atMs;
  return atMs.length === 1
    ? `after ${elapsed(first)}`
    : `${times(atMs.length)}, first after ${elapsed(first)}`;
}

/** Every timer that fired, in the order of what was reported. */
export function timersOf({ client, said, end }: LibraryStory): readonly FiredTimer[] {
  const { library } = client;
  const fired = [
    ...said.map(({ what, error }) =>
      error === null ? timerOfEvent(library, what) : timerOf(library, error),
    ),
    ...(end.kind === 'failed' ? [timerOf(library, end.error)] : []),
  ].filter((timer) => timer !== null);
  const byName = new Map(fired.map((timer) => [timerName(timer), timer]));
  return [...byName.values()];
}

export const timerWords = (story: LibraryStory): string => {
  const names = timersOf(story).map(timerName);
  return names.length === 0 ? 'no timer' : names.join(' and ');
};

const timerName = (timer: FiredTimer): string => {
  if (timer === null) return 'no timer';
  return timer.by === 'kernel' ? "the kernel's (ETIMEDOUT)" : timer.option;
};

/** What its packets show, equal connections put together. */
export function wireWords({ connections }: LibraryStory): string {
  if (connections.length === 0) return 'nothing';
  const groups = new Map<string, number>();
  for (const connection of connections) {
    const words = connectionWords(connection);
    groups.set(words, (groups.get(words) ?? 0) + 1);
  }
  return [...groups]
    .map(([words, number]) => (number === 1 ? words : `${words} (${times(number)})`))
    .join('; ');
}

function connectionWords(connection: Connection): string {
  const { state, syns, data } = connection;
  if (state === 'unanswered') return `${count(syns.length, 'SYN')}, no answer`;
  const end = serverEnd(connection);
  if (end !== null) return `connected, ${end} from the server`;
  const sent = data.filter(({ from }) => from === 'client').length;
  return sent === 0
    ? 'connected, then silence'
    : `connected, ${count(sent, 'data segment')} in vain`;
}

/** The server's first word about the end. */
function serverEnd({ resets, finishes }: Connection): 'RST' | 'FIN' | null {
  const firstOf = (ends: Connection['resets']): number =>
    ends.find(({ from }) => from === 'server')?.atMs ?? Infinity;
  const [resetMs, finishMs] = [firstOf(resets), firstOf(finishes)];
  if (Math.min(resetMs, finishMs) === Infinity) return null;
  return finishMs <= resetMs ? 'FIN' : 'RST';
}
