/**
 * No document's claim is put to the test here, but a server of the user's. It accepts, so a burst
 * may or may not outrun it; that it is frozen then shows exactly how many connections may wait.
 */
import { HarnessError } from '../domain/harness-error.ts';
import type { OwnServer, Parameters } from '../domain/parameters.ts';
import { CLOSING_SNAPSHOT, type RunPlan, type Step } from '../domain/plan.ts';
import type { Prediction } from '../domain/prediction.ts';
import type { KernelModel, Scenario } from '../domain/scenario.ts';
import { predictionOf, predictOverflow } from '../kernel/predict.ts';
import { acceptQueueCapacity } from '../kernel/queue-capacity.ts';
import {
  BURST,
  FILL,
  FROZEN_SNAPSHOT,
  IDLE,
  THAWED_SNAPSHOT,
} from '../verdict/own-server-figures.ts';
import { ONE_SYN_MS } from './one-syn.ts';
import {
  BEYOND_PLACES,
  holdsItsPlaces,
  refusalsAreSeen,
  refusesTheNext,
} from './own-server-claims.ts';
import {
  addressesFor,
  awaitStep,
  connectAndSettle,
  DEFAULTS,
  plannedLimit,
  planOf,
  settledStep,
  snapshotStep,
} from './parts.ts';

export const OWN_SERVER = 'own-server';

/** Only somaxconn bounds what a server may ask for that has not listened yet. */
const ANY_BACKLOG = 2 ** 31 - 1;
/** A server that is at work changes a queue more often than that. */
const REST_MS = 1_500;
/** A slow server may take its time over a long queue. */
const REST_DEADLINE_MS = 120_000;

const queuesAtRest = awaitStep({ kind: 'queues-at-rest', forMs: REST_MS }, REST_DEADLINE_MS);

function ownServerOf({ ownServer }: Parameters): OwnServer {
  if (ownServer !== undefined) return ownServer;
  throw new HarnessError('USAGE', `The scenario ${OWN_SERVER} needs a server of yours.`, {
    remedy: "pass --server-command 'node my-server.js' --port 3000",
  });
}

const mostClients = (parameters: Parameters): number =>
  1 + parameters.clients + plannedLimit(parameters) + 1 + BEYOND_PLACES;

function middle(parameters: Parameters): readonly Step[] {
  const burst: Parameters = { ...parameters, arrivals: { kind: 'burst' } };
  const oneSynMs = Math.min(parameters.connectTimeoutMs, ONE_SYN_MS);
  const [fill] = connectAndSettle(burst, FILL, BEYOND_PLACES, { connectTimeoutMs: oneSynMs });
  return [
    // It takes leave at once, or a server that serves one client at a time would be busy with it.
    ...connectAndSettle(burst, IDLE, 1, { closesAtOnce: true }),
    queuesAtRest,
    snapshotStep(IDLE),
    ...connectAndSettle(parameters, BURST, parameters.clients),
    queuesAtRest,
    { kind: 'freeze', frozen: true },
    snapshotStep(FROZEN_SNAPSHOT),
    ...(fill?.kind === 'connect' ? [{ ...fill, beyondPlaces: true }] : []),
    settledStep(burst, FILL, mostClients(parameters)),
  ];
}

/** While it is frozen nothing moves, so the books are closed then, and it goes on afterwards. */
const AFTERWARDS: readonly Step[] = [
  { kind: 'freeze', frozen: false },
  queuesAtRest,
  snapshotStep(THAWED_SNAPSHOT),
];

function plan(parameters: Parameters): RunPlan {
  const own = ownServerOf(parameters);
  const frame = planOf(OWN_SERVER, parameters, middle(parameters), { backlog: null, own });
  const closing = frame.steps.findIndex(
    (step) => step.kind === 'snapshot' && step.name === CLOSING_SNAPSHOT,
  );
  const most = mostClients(parameters);
  return {
    ...frame,
    network: {
      ...frame.network,
      clientAddresses: addressesFor({ ...parameters, clients: most }),
      mostClients: most,
    },
    steps: frame.steps.toSpliced(closing + 1, 0, ...AFTERWARDS),
  };
}

/** How many get in at once is a matter of the server's speed; when it is frozen, of its limit. */
function predict(parameters: Parameters, kernel: KernelModel): Prediction {
  const clients = acceptQueueCapacity(parameters.backlog, kernel) + BEYOND_PLACES;
  const { acceptQueueLength } = predictOverflow({ ...parameters, clients }, kernel);
  return predictionOf(parameters.backlog, kernel, {
    connected: null,
    timedOut: null,
    fooled: null,
    acceptQueueLength,
    synQueueLength: null,
    refusedSyns: null,
  });
}

export const ownServer: Scenario = {
  id: OWN_SERVER,
  title: 'Your own server under a storm of connections',
  story:
    'A program of yours is started in the sandbox. First one client comes, then many at once: do some find its accept queue full? Then the program is frozen, as by a blocked event loop or a long garbage collection, until the queue has overflowed, and goes on again.',
  claims: [holdsItsPlaces, refusesTheNext, refusalsAreSeen],
  defaults: { ...DEFAULTS, backlog: ANY_BACKLOG, clients: 200 },
  variants: [],
  plan,
  predict,
};
