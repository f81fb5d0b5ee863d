/** What the scenarios about a cap on a server's connections share. */
import { HarnessError } from '../domain/harness-error.ts';
import type { Observations } from '../domain/observations.ts';
import type { Parameters } from '../domain/parameters.ts';
import type { Connection } from '../domain/tcp.ts';
import type { Obstacle } from '../domain/verdict.ts';
import { plannedLimit } from './parts.ts';

/** How long a client whose connection was closed waits before it connects again. */
export const RECONNECT_AFTER_MS = 250;

/** These scenarios have a cap by default, and no option takes it away. */
export const capOf = ({ cap = Number.POSITIVE_INFINITY }: Parameters): number => cap;

export const clientsBeyondCap = (parameters: Parameters): number =>
  Math.max(0, parameters.clients - capOf(parameters));

/** Why claims about too small a cap are not put to the test. */
export const nothingBeyondCap = (parameters: Parameters): string | null =>
  clientsBeyondCap(parameters) > 0
    ? null
    : `${parameters.clients} clients do not exceed the cap of ${capOf(parameters)}; pass --clients ${capOf(parameters) + 1} or more, or a smaller --cap`;

/** Why claims about a cap that holds all are not put to the test. */
export const someBeyondCap = (parameters: Parameters): string | null =>
  clientsBeyondCap(parameters) === 0
    ? null
    : `the cap of ${capOf(parameters)} is too small for ${parameters.clients} clients; pass --cap ${parameters.clients} or more`;

/** With a queue that overflows nobody could tell whether the cap or the queue turns clients away. */
export function assertNoOverflow(parameters: Parameters): void {
  const places = plannedLimit(parameters) + 1;
  if (parameters.clients <= places) return;
  throw new HarnessError(
    'USAGE',
    `Cannot tell the cap from the queue: ${parameters.clients} clients may find the accept queue with its ${places} places full.`,
    { remedy: `pass --clients ${places} or fewer, or a larger --backlog and --somaxconn` },
  );
}

/** When the server said its last word, before the client had said its own. */
export function closedByServerMs({ finishes, resets }: Connection): number | undefined {
  const [end] = [...finishes, ...resets].sort((left, right) => left.atMs - right.atMs);
  return end?.from === 'server' ? end.atMs : undefined;
}

/** The kernel hands a connection over in microseconds, so what is longer is the machine's fault. */
const AT_ONCE_MS = 1_000;

/** Whether "at once" could be seen: a server that gets no processor closes late. */
export function closedTooLate(seen: Observations): Obstacle | null {
  const late = seen.connections.filter((connection) => {
    const closedMs = closedByServerMs(connection);
    const answeredMs = connection.synAcks[0]?.atMs;
    return closedMs !== undefined && answeredMs !== undefined && closedMs - answeredMs > AT_ONCE_MS;
  });
  return late.length === 0
    ? null
    : {
        reason: `the machine was too slow: ${late.length} connections lived for more than ${AT_ONCE_MS / 1_000} s before the server closed them`,
        remedy: 'start the run again when the machine is less busy',
      };
}
