/**
 * No claim of its own: one cell of the sweep. It measures what both queues of a listener hold.
 *
 * First more clients come than the accept queue holds. The server then accepts what waits and is
 * blocked again; SYN-ACKs are held back behind the wire, and more clients come than the SYN queue
 * holds. The run ends before any SYN is repeated.
 */
import type { Parameters } from '../domain/parameters.ts';
import type { Scenario } from '../domain/scenario.ts';
import { predictCapacities } from '../kernel/predict-capacities.ts';
import { assertOneSyn, ONE_SYN_MS } from './one-syn.ts';
import {
  awaitStep,
  commandStep,
  connectAndSettle,
  DEFAULTS,
  plannedLimit,
  planOf,
  snapshotStep,
} from './parts.ts';

export const QUEUE_CAPACITIES = 'queue-capacities';
/** The snapshot in which the accept queue is full. */
export const ACCEPT_QUEUE_FULL = 'accept-queue-full';

/** Clients that come although the accept queue is full. */
const REFUSED = 2;
const fillOf = (parameters: Parameters): number => plannedLimit(parameters) + 1 + REFUSED;

export const queueCapacities: Scenario = {
  id: QUEUE_CAPACITIES,
  title: 'What both queues of a listener hold',
  story:
    'More clients come than the accept queue holds. The server accepts all that wait, and more clients come than the SYN queue holds; they never see a SYN-ACK, so each request stays where it can be counted. The sweep repeats this for many settings.',
  claims: [],
  defaults: { ...DEFAULTS, backlog: 8, clients: 40, connectTimeoutMs: ONE_SYN_MS },
  variants: [],
  plan: (parameters) => {
    assertOneSyn(parameters);
    const burst: Parameters = { ...parameters, arrivals: { kind: 'burst' } };
    return planOf(QUEUE_CAPACITIES, parameters, [
      ...connectAndSettle(burst, 'fill', fillOf(parameters), { ownPort: true }),
      snapshotStep(ACCEPT_QUEUE_FULL),
      commandStep({ command: 'accept' }),
      awaitStep({ kind: 'accept-queue-length', equals: 0 }),
      commandStep({ command: 'pause' }),
      { kind: 'gate', closed: true, holds: 'syn-acks' },
      ...connectAndSettle(burst, 'flood', parameters.clients, { ownPort: true }),
    ]);
  },
  predict: (parameters, kernel) =>
    predictCapacities(
      { ...parameters, fill: fillOf(parameters), flood: parameters.clients },
      kernel,
    ),
};
