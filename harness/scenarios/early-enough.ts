/** For runs that must be over before any client repeats its SYN. */
import type { Observations } from '../domain/observations.ts';
import type { Obstacle } from '../domain/verdict.ts';
import { repeatedSyns } from '../verdict/figures.ts';

/** A good deal less than the second after which the first SYN is repeated (since 3.1). */
export const EARLY_ENOUGH_MS = 500;
export const LATEST_MS = 900;

/** A machine so slow that a client repeated its SYN before its own, short timer ended it. */
export const repeatedTooEarly = (seen: Observations): Obstacle | null =>
  seen.plan.parameters.connectTimeoutMs > LATEST_MS || repeatedSyns(seen) === 0
    ? null
    : {
        reason: 'the machine was too slow: a SYN was repeated before the clients gave up',
        remedy: 'start the run again when the machine is less busy, or with fewer --clients',
      };
