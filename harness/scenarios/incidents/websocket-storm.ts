/**
 * Document 002: a WebSocket service in Node that gives listen() no backlog.
 *
 * A health check completes a handshake every second. Then 900 clients come, and when the first of
 * them is being upgraded 1100 more. Each upgrade keeps the event loop busy. A turn of the loop
 * upgrades all who have asked and accepts one connection (libuv 1.46): for seconds hardly anybody is
 * accepted. With Node's 511 the queue is full meanwhile. Clients come in when a repetition of their
 * SYN meets a place, some of them fooled, and a health check that gives up before its first
 * repetition fails.
 */
import type { Incident, Phase } from '../../domain/incident.ts';
import type { Observations } from '../../domain/observations.ts';
import type { Parameters } from '../../domain/parameters.ts';
import type { RunPlan, Step } from '../../domain/plan.ts';
import type { Scenario } from '../../domain/scenario.ts';
import type { Obstacle } from '../../domain/verdict.ts';
import { awaitStep, DEFAULTS, planOf, withNetstat } from '../parts.ts';
import {
  awaitClients,
  awaitServer,
  PATIENCE_MS,
  predictProgram,
  restStep,
  rolesOf,
  startProgram,
  variantsOf,
} from './phases.ts';
import { symptomClaim } from './symptom.ts';
import { bothCounters, failingHealthChecks, lateUpgrades } from './websocket-storm-claims.ts';
import { CHECKS, checksAtAFullQueue } from './websocket-storm-figures.ts';
import { failures, figures, howLargeABacklog } from './websocket-storm-tables.ts';

const ID = 'websocket-storm';

/** What Node passes to listen(2) when it is given nothing. */
const NODE_BACKLOG = 511;

const CLIENTS = 2_000;
/**
 * Accepted while nobody has asked yet, because of the round trips of TLS over a long line. When the
 * first does, they keep the loop busy for 3.6 s at least, for the cost of an upgrade is wall time.
 */
const FIRST = 900;
const FIRST_WITHIN = '900ms';
const ASK_AFTER = '900ms';
/**
 * They begin to come when the loop is busy, on a fast machine or a slow one. In 0.9 s they fill 512
 * places. Those after them come for another second, so that their repetitions leave no place that
 * becomes free to the next health check. The queue is full for two health checks at least.
 */
const STORM_WITHIN = '1900ms';
const UPGRADE_COST = '4ms';
const CHECK_EVERY = '1s';
/** Below the first repetition of a SYN: a check is refused once and fails. */
const CHECK_TIMEOUT = '800ms';
/** Nobody gives up: every client is served in the end, the only question is when. */
const PATIENT = '60s';

const phaseOf = (
  name: string,
  role: Phase['role'],
  backlog: number,
  title = `backlog ${backlog}`,
): Phase => ({ name, role, title, parameters: { backlog }, lastsMs: 12_000 });

const PHASES: readonly Phase[] = [
  phaseOf('fault', 'fault', NODE_BACKLOG, `no backlog (${NODE_BACKLOG})`),
  phaseOf('remedy', 'remedy', 4_096),
  phaseOf('backlog-1024', 'measured', 1_024),
  phaseOf('backlog-2048', 'measured', 2_048),
];

const clientsStep = (wave: string, clients: number, within: string): Step => ({
  kind: 'start-clients',
  wave,
  program: 'websocket-clients',
  options: {
    clients,
    within,
    'ask-after': ASK_AFTER,
    'connect-timeout': PATIENT,
    'upgrade-timeout': PATIENT,
  },
});

const middle = ({ clients }: Parameters): readonly Step[] => [
  {
    kind: 'start-clients',
    wave: CHECKS,
    program: 'health-check',
    options: { every: CHECK_EVERY, 'connect-timeout': CHECK_TIMEOUT },
  },
  awaitClients(CHECKS, 'health', 1),
  clientsStep('first', FIRST, FIRST_WITHIN),
  awaitServer('saw', 1),
  clientsStep('storm', clients - FIRST, STORM_WITHIN),
  awaitClients('first', 'request-ended', FIRST),
  awaitClients('storm', 'request-ended', clients - FIRST),
  ...['first', 'storm', CHECKS].map(restStep),
  // The last checks wait to be accepted, and to be closed, until the loop turns again.
  awaitStep({ kind: 'accept-queue-length', equals: 0 }, PATIENCE_MS),
  awaitStep({ kind: 'syn-queue-length', equals: 0 }, PATIENCE_MS),
];

const plan = (parameters: Parameters): RunPlan => {
  const { backlog } = parameters;
  const given = backlog === NODE_BACKLOG ? null : backlog;
  return withNetstat(
    planOf(
      ID,
      parameters,
      middle(parameters),
      startProgram('websocket-server', given, { 'upgrade-cost': UPGRADE_COST }),
    ),
  );
};

const roleOf = rolesOf(PHASES);

/** Then the failing checks of the document have had no occasion to fail. */
const spoiledBy = (seen: Observations): Obstacle | null =>
  roleOf(seen.plan.parameters.phase) === 'fault' && checksAtAFullQueue(seen) === 0
    ? {
        reason: 'no health check was begun while the accept queue was seen full',
        remedy: 'run the incident again on a machine with less other work',
      }
    : null;

const scenario: Scenario = {
  id: ID,
  title: 'A WebSocket service on Node’s default backlog, and 2000 clients at once',
  story:
    'Every upgrade keeps the event loop of the server busy for 4 ms, so that for seconds nobody accepts. Node listens with 511 where no backlog is given: the queue is full, clients wait for the next repetition of their SYN or are fooled, and health checks time out though nothing is broken. With backlog 4096 all have a place at once and every check is healthy. The last upgrade is hardly earlier: a larger queue makes none of them cheaper.',
  claims: [
    symptomClaim(failingHealthChecks, roleOf),
    symptomClaim(lateUpgrades, roleOf),
    bothCounters(roleOf),
  ],
  defaults: { ...DEFAULTS, backlog: NODE_BACKLOG, clients: CLIENTS, port: 9_982, phase: 'fault' },
  variants: variantsOf(PHASES),
  plan,
  spoiledBy,
  predict: ({ backlog }, kernel) => predictProgram(backlog, kernel),
};

export const websocketStorm: Incident = {
  scenario,
  phases: PHASES,
  remedyOptions: [],
  figures,
  failures,
  questions: [{ ...howLargeABacklog, phases: ['fault', 'backlog-1024', 'backlog-2048', 'remedy'] }],
};
