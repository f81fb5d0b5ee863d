/** For experiments in which each refused client sends a single SYN: it stops waiting before the next. */
import { HarnessError } from '../domain/harness-error.ts';
import type { Observations } from '../domain/observations.ts';
import type { Parameters } from '../domain/parameters.ts';
import type { Obstacle } from '../domain/verdict.ts';
import { plannedSysctl } from './parts.ts';
import { wasDue } from './slow-machine.ts';

/** Leaves a busy machine time before the first repetition of a SYN (1 s). */
export const ONE_SYN_MS = 600;
export const LONGEST_ONE_SYN_MS = 900;

export const sendsOneSyn = ({ connectTimeoutMs }: Pick<Parameters, 'connectTimeoutMs'>): boolean =>
  connectTimeoutMs <= LONGEST_ONE_SYN_MS;

export function assertOneSyn({ connectTimeoutMs }: Parameters): void {
  if (sendsOneSyn({ connectTimeoutMs })) return;
  throw new HarnessError(
    'USAGE',
    `Cannot use a connect timeout of ${connectTimeoutMs} ms because each client here is to send a single SYN, and repeats it after 1000 ms.`,
    { remedy: `pass --connect-timeout ${LONGEST_ONE_SYN_MS}ms or less` },
  );
}

/** A machine so slow that a client's own timer came after the repetition of its SYN. */
export function repeatedItsSyn(seen: Observations): Obstacle | null {
  const isLate = seen.connections.some(({ syns }) => syns.some((syn) => wasDue(syns, syn)));
  return isLate && sendsOneSyn(seen.plan.parameters)
    ? {
        reason: 'the machine was too slow: a client repeated its SYN before its own timer ended it',
        remedy: 'start the run again when the machine is less busy',
      }
    : null;
}

/** A sysctl of the server on whose value the experiment rests. Throws `USAGE` for any other. */
export function assertServerSysctl(
  parameters: Parameters,
  key: string,
  allowed: number,
  because: string,
): void {
  const asked = plannedSysctl(parameters, 'server', key);
  if (asked === allowed) return;
  throw new HarnessError('USAGE', `Cannot set ${key} to ${asked} because ${because}.`, {
    remedy: `leave it out; the scenario needs ${allowed} at first`,
  });
}
