import { monotonicMs } from './monotonic.ts';

export interface Turns {
  readonly members: number;
  /** Between two turns of one member. */
  readonly everyMs: number;
}

/**
 * Calls `act` for the members 0, 1, ... over and over, spread evenly over the period, the first
 * at once. Turns that a busy loop has missed follow together, but at most one of each member.
 * Returns what ends it.
 */
export const takeTurns = (turns: Turns, act: (member: number) => void): (() => void) => {
  const startedMs = monotonicMs();
  let taken = 0;
  let timer: NodeJS.Timeout | undefined;
  const catchUp = (): void => {
    const { from, until, nextAtMs } = dueTurns(turns, taken, monotonicMs() - startedMs);
    taken = until;
    timer = setTimeout(catchUp, Math.ceil(startedMs + nextAtMs - monotonicMs()));
    for (let turn = from; turn < until; turn += 1) act(turn % turns.members);
  };
  catchUp();
  return () => clearTimeout(timer);
};

/** Turn n is due at n/members of the period; all times in milliseconds since the first turn. */
export const dueTurns = (
  { members, everyMs }: Turns,
  taken: number,
  elapsedMs: number,
): { readonly from: number; readonly until: number; readonly nextAtMs: number } => {
  const until = Math.max(taken, Math.floor((elapsedMs * members) / everyMs) + 1);
  return {
    from: Math.max(taken, until - members),
    until,
    nextAtMs: (until * everyMs) / members,
  };
};
