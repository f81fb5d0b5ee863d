import type { SurePrediction } from '../domain/prediction.ts';
import type { KernelModel } from '../domain/scenario.ts';
import { type Admissions, admitBeforeKernel410 } from './full-queue-admissions.ts';
import { predictionOf, refuseAll, sumOf } from './predict.ts';
import { acceptQueueCapacity } from './queue-capacity.ts';
import { synsWithin, synTimesMs } from './schedules.ts';

/** Clients that come together and have the same patience. */
export interface Knockers {
  readonly clients: number;
  readonly connectTimeoutMs: number;
}

export interface TwoPatiences {
  readonly backlog: number;
  /** They come first, and take the places that there are. */
  readonly hasty: Knockers;
  /** They come when the hasty ones have knocked once. */
  readonly patient: Knockers;
}

/**
 * The experiment: a server that never accepts, clients that give up soon, and right behind them
 * others that wait longer. Limit + 1 clients fill the accept queue. From 4.10 each SYN of all others
 * is refused; before, see `admitBeforeKernel410`, which holds while the hasty ones do not live to
 * repeat their SYN.
 */
export function predictTwoPatiences(crowd: TwoPatiences, kernel: KernelModel): SurePrediction {
  const { backlog, hasty, patient } = crowd;
  const capacity = acceptQueueCapacity(backlog, kernel);
  const hastyServed = Math.min(hasty.clients, capacity);
  const patientServed = Math.min(patient.clients, capacity - hastyServed);
  const first = knock(backlog, without(hasty, hastyServed), 0, kernel);
  const second = knock(backlog, without(patient, patientServed), first.held, kernel);
  return predictionOf(backlog, kernel, {
    connected: hastyServed + patientServed + first.fooled + second.fooled,
    timedOut: first.refused + second.refused,
    fooled: first.fooled + second.fooled,
    acceptQueueLength: hastyServed + patientServed,
    synQueueLength: patient.clients > patientServed ? second.held : first.held,
    refusedSyns: sumOf(first.refusedSyns, second.refusedSyns),
  });
}

const without = (knockers: Knockers, served: number): Knockers => ({
  ...knockers,
  clients: knockers.clients - served,
});

function knock(
  backlog: number,
  { clients, connectTimeoutMs }: Knockers,
  held: number,
  kernel: KernelModel,
): Admissions {
  if (kernel.rules.synOnFullAcceptQueue === 'dropped') {
    return refuseAll(clients, connectTimeoutMs, kernel);
  }
  const requests = [{ atMs: 0, requests: held }];
  const knocking = { backlog, clients, connectTimeoutMs, held: requests, refusedUntilMs: 0 };
  return admitBeforeKernel410(knocking, kernel);
}

/** Requests that may be admitted to a full accept queue at once before 4.10: two are young then. */
const ADMITTED_AT_ONCE = 2;

/**
 * The experiment: the accept queue is full; hasty and patient clients come, the hasty ones first;
 * when those have given up the server begins to accept everything, before any SYN is repeated.
 *
 * - Whoever's patience reaches the first repetition of the SYN (1 s from 3.1 on, 3 s before) is
 *   served then.
 * - Before 4.10 two of the hasty clients are admitted at once, and served when their SYN-ACK is
 *   repeated. Holds for two hasty clients or more.
 */
export function predictResumed(crowd: TwoPatiences, kernel: KernelModel): SurePrediction {
  const { backlog, hasty, patient } = crowd;
  const capacity = acceptQueueCapacity(backlog, kernel);
  const admitted =
    kernel.rules.synOnFullAcceptQueue === 'dropped' ? 0 : Math.min(ADMITTED_AT_ONCE, hasty.clients);
  const refused = hasty.clients - admitted;
  const served = synsWithin(synTimesMs(kernel), patient.connectTimeoutMs).least > 1;
  return predictionOf(backlog, kernel, {
    connected: capacity + admitted + (served ? patient.clients : 0),
    timedOut: refused + (served ? 0 : patient.clients),
    fooled: 0,
    acceptQueueLength: 0,
    synQueueLength: 0,
    refusedSyns: { least: refused + patient.clients, most: refused + patient.clients },
  });
}
