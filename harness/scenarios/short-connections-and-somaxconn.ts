/**
 * Claims put to the test here: 003-e, 003-g.
 *
 * The server's loop is blocked most of the time, so what arrives meanwhile waits in the accept
 * queue. The same load comes three times: as short connections while somaxconn cuts the backlog,
 * over a pool of held connections, and as short connections again when somaxconn is raised.
 */
import { HarnessError } from '../domain/harness-error.ts';
import type { Parameters } from '../domain/parameters.ts';
import type { Step } from '../domain/plan.ts';
import type { Prediction } from '../domain/prediction.ts';
import type { KernelModel, Scenario } from '../domain/scenario.ts';
import { predictionOf } from '../kernel/predict.ts';
import { assertOneSyn } from './one-syn.ts';
import {
  awaitStep,
  commandStep,
  connectStep,
  DEFAULTS,
  planOf,
  setOnServer,
  settledStep,
  snapshotStep,
} from './parts.ts';
import {
  BLOCKED_MS,
  POOL,
  poolIsEnough,
  poolSize,
  REQUEST_BYTES,
  raisedSomaxconn,
  requestsEach,
  SHORT_CUT,
  SHORT_RAISED,
  SOMAXCONN,
  somaxconnDecides,
} from './short-connection-claims.ts';

const ID = 'short-connections-and-somaxconn';
const OPEN_MS = 100;

const serve = commandStep({ command: 'serve', blockedMs: BLOCKED_MS, openMs: OPEN_MS });

/**
 * Nothing more comes, so the server may take what waits without a pause: a slow machine would take
 * more than a minute otherwise, after which a client's kernel forgets what the server has not closed.
 */
const served: readonly Step[] = [
  commandStep({ command: 'accept' }),
  awaitStep({ kind: 'accept-queue-length', equals: 0 }),
];

const shortConnections = (parameters: Parameters, wave: string): readonly Step[] => [
  serve,
  connectStep(parameters, wave, parameters.clients, { closesAtOnce: true }),
  settledStep(parameters, wave, parameters.clients),
  ...served,
  snapshotStep(wave),
];

/** As many requests as there were short connections, at least, written without waiting. */
function pooled(parameters: Parameters): readonly Step[] {
  const clients = poolSize(parameters);
  const each = requestsEach(parameters);
  return [
    serve,
    connectStep({ ...parameters, arrivals: { kind: 'burst' } }, POOL, clients),
    settledStep(parameters, POOL, clients),
    ...Array.from(
      { length: each },
      (): Step => ({
        kind: 'send',
        wave: POOL,
        bytes: REQUEST_BYTES,
      }),
    ),
    awaitStep({ kind: 'bytes-answered', wave: POOL, atLeast: clients * each * REQUEST_BYTES }),
    snapshotStep(POOL),
  ];
}

function middle(parameters: Parameters): readonly Step[] {
  return [
    ...shortConnections(parameters, SHORT_CUT),
    ...pooled(parameters),
    setOnServer(SOMAXCONN, raisedSomaxconn(parameters)),
    commandStep({ command: 'listen', backlog: parameters.backlog }),
    ...shortConnections(parameters, SHORT_RAISED),
  ];
}

/** A request is what the pool sends; a short connection that closed could not be answered. */
function assertOwnPayload({ sendBytes }: Parameters): void {
  if (sendBytes === 0) return;
  throw new HarnessError(
    'USAGE',
    `Cannot send ${sendBytes} bytes over short connections because they close before the answer.`,
    { remedy: 'leave --send out: the pool sends requests of its own' },
  );
}

/**
 * How many fail in the first part is a matter of the programs' speed, not of a rule. Nobody is fooled
 * because each client sends a single SYN: repeated together, more of them are admitted than fit.
 */
function predict(parameters: Parameters, kernel: KernelModel): Prediction {
  const raised = { ...kernel, somaxconn: raisedSomaxconn(parameters) };
  const nobodyIsFooled = kernel.rules.synOnFullAcceptQueue === 'dropped';
  return predictionOf(parameters.backlog, raised, {
    connected: null,
    timedOut: null,
    fooled: nobodyIsFooled ? 0 : null,
    acceptQueueLength: 0,
    synQueueLength: nobodyIsFooled ? 0 : null,
    refusedSyns: null,
  });
}

export const shortConnectionsAndSomaxconn: Scenario = {
  id: ID,
  title: 'Short connections fail with somaxconn 128, and not with 8192',
  story:
    'Clients connect and close at once, 300 a second, and the server looks at its accept queue once a second only. With somaxconn 128 the queue is too short for that, and clients time out. The same requests over a pool of held connections never touch the queue, and with somaxconn 8192 short connections all fit.',
  claims: [somaxconnDecides, poolIsEnough],
  defaults: {
    ...DEFAULTS,
    backlog: 8_192,
    clients: 400,
    arrivals: { kind: 'rate', perSecond: 300 },
    connectTimeoutMs: 500,
    sysctls: { server: { [SOMAXCONN]: '128' }, client: {} },
  },
  variants: [{ name: '', parameters: {}, lastsMs: 5_000 }],
  plan: (parameters) => {
    assertOneSyn(parameters);
    assertOwnPayload(parameters);
    return planOf(ID, parameters, middle(parameters), { answers: true });
  },
  predict,
};
