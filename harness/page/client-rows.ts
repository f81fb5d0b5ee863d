/** Which clients a table shows, and in which order: indices into the columns. No document is needed. */

import { unpack } from '../report/page/packed.ts';
import {
  CLIENT_STATUSES,
  type ClientColumns,
  type ClientStatus,
  NO_PACKETS,
} from '../report/page/page-model.ts';

export interface Clients {
  readonly count: number;
  readonly number: readonly number[];
  readonly port: readonly number[];
  readonly status: readonly number[];
  readonly startedAtMs: readonly number[];
  readonly arrived: readonly number[];
  readonly afterMs: readonly number[];
  readonly syns: readonly number[];
  readonly refusedSyns: readonly number[];
  readonly place: readonly number[];
}

export const COLUMNS = [
  'number',
  'port',
  'status',
  'startedAtMs',
  'arrived',
  'afterMs',
  'syns',
  'refusedSyns',
  'place',
] as const;
export type ClientColumn = (typeof COLUMNS)[number];

export const unpackClients = (columns: ClientColumns): Clients => ({
  count: columns.count,
  number: unpack(columns.number),
  port: unpack(columns.port),
  status: unpack(columns.status),
  startedAtMs: unpack(columns.startedAtMs),
  arrived: unpack(columns.arrived),
  afterMs: unpack(columns.afterMs),
  syns: unpack(columns.syns).map(known),
  refusedSyns: unpack(columns.refusedSyns).map(known),
  place: unpack(columns.place),
});

const known = (segments: number): number => (segments === NO_PACKETS ? Number.NaN : segments);

export interface Choice {
  /** Null: all. */
  readonly status: ClientStatus | null;
  /** Digits with which the number or the port begins; empty: all. */
  readonly search: string;
  readonly sortBy: ClientColumn;
  readonly descending: boolean;
}

export const statusAt = ({ status }: Clients, index: number): ClientStatus =>
  CLIENT_STATUSES[status[index] ?? 0] ?? 'unsettled';

/** How many clients each outcome has; those that nobody has are absent. */
export function statusCounts(clients: Clients): ReadonlyMap<ClientStatus, number> {
  const counts = new Map<ClientStatus, number>();
  for (let index = 0; index < clients.count; index += 1) {
    const status = statusAt(clients, index);
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  return counts;
}

export function chosenRows(clients: Clients, choice: Choice): readonly number[] {
  const search = choice.search.trim();
  const rows: number[] = [];
  for (let index = 0; index < clients.count; index += 1) {
    if (isChosen(clients, index, choice.status, search)) rows.push(index);
  }
  const values = clients[choice.sortBy];
  const sign = choice.descending ? -1 : 1;
  return rows.sort((one, other) => sign * order(values[one], values[other]) || one - other);
}

function isChosen(
  clients: Clients,
  index: number,
  status: ClientStatus | null,
  search: string,
): boolean {
  if (status !== null && statusAt(clients, index) !== status) return false;
  return (
    search === '' ||
    `${clients.number[index]}`.startsWith(search) ||
    `${clients.port[index]}`.startsWith(search)
  );
}

/** What is not known comes last. */
function order(one = Number.NaN, other = Number.NaN): number {
  if (Number.isNaN(one) || Number.isNaN(other))
    return Number(Number.isNaN(one)) - Number(Number.isNaN(other));
  return one - other;
}
