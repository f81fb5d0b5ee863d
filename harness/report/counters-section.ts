import type { Observations } from '../domain/observations.ts';
import { HOSTS, type Host } from '../domain/tcp.ts';
import { COUNTER_MEANINGS, meaningOf } from './counter-meanings.ts';
import { hanging, padded, paddedStart, widest } from './layout.ts';
import { INDENT, type Page } from './page.ts';

export interface Moved {
  readonly host: Host;
  readonly counter: string;
  readonly by: number;
  readonly meaning: string | undefined;
}

/** Kernel counters that changed between the first and the last look, the telling ones explained. */
export function countersSection({ counters }: Observations, page: Page): readonly string[] {
  const { style, verbose, widthColumns } = page;
  const moved = movedCounters(counters);
  const shown = verbose ? moved : moved.filter(({ meaning }) => meaning !== undefined);
  const columns = {
    counter: widest(shown.map(({ counter }) => counter)),
    by: widest(shown.map(({ by }) => `${by}`)),
  };
  if (moved.length === 0) return [];
  const others = moved.length - shown.length;
  const title = style.bold('Kernel counters that moved during the run');
  return [
    others === 0 ? title : `${title} ${style.dim(`(${others} of less interest with --verbose)`)}`,
    ...shown.flatMap(({ host, counter, by, meaning }) =>
      hanging(
        `${INDENT}${padded(host, 6)}  ${padded(counter, columns.counter)}  ${paddedStart(`${by}`, columns.by)}  `,
        style.dim(meaning ?? ''),
        widthColumns,
      ).map((line) => line.trimEnd()),
    ),
  ];
}

/** The server's first, those that are explained before the others. */
export const movedCounters = (counters: Observations['counters']): readonly Moved[] =>
  HOSTS.flatMap((host) => movedOn(host, counters[host]));

function movedOn(host: Host, counters: ReadonlyMap<string, number>): readonly Moved[] {
  const moved = [...counters]
    .filter(([, by]) => by !== 0)
    .map(([counter, by]) => ({ host, counter, by, meaning: meaningOf(host, counter) }));
  return moved.sort((left, right) => rank(left) - rank(right));
}

/** In the order of the table of meanings; unexplained ones last. */
function rank({ counter, meaning }: Moved): number {
  return meaning === undefined ? ORDER.length : ORDER.indexOf(counter);
}

const ORDER = Object.keys(COUNTER_MEANINGS);
