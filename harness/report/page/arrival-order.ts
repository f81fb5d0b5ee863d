import type { ClientView } from '../client-views.ts';

/** As which one, counted from 1, the first SYN of each client arrived, by the client's number. */
export function arrivalOrder(views: readonly ClientView[]): ReadonlyMap<number, number> {
  const arrived = views.flatMap(({ story: { client }, connection }) => {
    const atMs = connection?.syns[0]?.atMs;
    return atMs === undefined ? [] : [{ client, atMs }];
  });
  arrived.sort((one, other) => one.atMs - other.atMs);
  return new Map(arrived.map(({ client }, index) => [client, index + 1]));
}
