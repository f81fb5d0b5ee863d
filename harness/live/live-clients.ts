import { RECONNECTION_STRIDE } from '../domain/wire.ts';
import { fieldOf } from '../evidence/json-shape.ts';

/**
 * What a client itself knows while the run goes on, so nobody is fooled here: that takes the
 * server's side, after the run.
 */
export const CLIENT_STATES = [
  'unknown',
  'waiting',
  'connected',
  'closed',
  'timed-out',
  'refused',
  'reset',
  'failed',
] as const;
export type LiveClient = (typeof CLIENT_STATES)[number];

const STATE_AFTER: ReadonlyMap<unknown, LiveClient> = new Map<string, LiveClient>([
  ['attempt', 'waiting'],
  ['connected', 'connected'],
  ['timed-out', 'timed-out'],
  ['timed-out-by-kernel', 'timed-out'],
  ['refused', 'refused'],
  ['reset', 'reset'],
  ['failed', 'failed'],
  ['closed-by-server', 'closed'],
  ['closed-by-client', 'closed'],
]);

/** The state of each client as an index into CLIENT_STATES; client 1 stands first. */
export type LiveClients = Uint8Array;

/**
 * Who numbers the clients of a file: all processes of the swarm together, every other program for
 * itself, and to that each connection is a client.
 */
export const crowdOf = (events: readonly unknown[], file: string): string =>
  events.every((event) => (fieldOf(event, 'name') ?? 'swarm') === 'swarm') ? '' : file;

export function everybody(crowds: readonly LiveClients[]): LiveClients {
  const [only] = crowds;
  if (only !== undefined && crowds.length === 1) return only;
  const all = new Uint8Array(crowds.reduce((sum, { length }) => sum + length, 0));
  let from = 0;
  for (const crowd of crowds) {
    all.set(crowd, from);
    from += crowd.length;
  }
  return all;
}

/** One who connects again is the same one. Undefined: the event is about no client. */
function changeBy(event: unknown): { readonly index: number; readonly code: number } | undefined {
  const client = fieldOf(event, 'client');
  const state = STATE_AFTER.get(fieldOf(event, 'event'));
  if (state === undefined || typeof client !== 'number') return undefined;
  const person = client % RECONNECTION_STRIDE;
  if (!Number.isInteger(person) || person < 1) return undefined;
  return { index: person - 1, code: CLIENT_STATES.indexOf(state) };
}

export function takeClientEvents(before: LiveClients, events: readonly unknown[]): LiveClients {
  const changes = events.map(changeBy).filter((change) => change !== undefined);
  if (changes.length === 0) return before;
  const length = changes.reduce((most, { index }) => Math.max(most, index + 1), before.length);
  const after = new Uint8Array(length);
  after.set(before);
  for (const { index, code } of changes) after[index] = code;
  return after;
}

/** By index into CLIENT_STATES. */
function countCodes(clients: LiveClients): readonly number[] {
  const counts = CLIENT_STATES.map(() => 0);
  for (const code of clients) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

/** How many clients are in each state. */
export function tally(clients: LiveClients): Readonly<Record<LiveClient, number>> {
  const counts = countCodes(clients);
  const entries = CLIENT_STATES.map((state, code) => [state, counts[code] ?? 0] as const);
  return Object.fromEntries(entries) as Record<LiveClient, number>;
}

/** At most so many dots, each for `each` clients, in the state that most of these are in. */
export interface Dots {
  readonly each: number;
  readonly states: readonly LiveClient[];
}

export function dotsOf(clients: LiveClients, mostDots: number): Dots {
  const each = Math.max(1, Math.ceil(clients.length / Math.max(1, mostDots)));
  const states: LiveClient[] = [];
  for (let from = 0; from < clients.length; from += each) {
    const counts = countCodes(clients.subarray(from, from + each));
    states.push(CLIENT_STATES[counts.indexOf(Math.max(...counts))] ?? 'unknown');
  }
  return { each, states };
}
