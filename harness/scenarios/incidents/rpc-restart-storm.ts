/**
 * Document 000: an RPC provider restarts while 1000 consumers are connected.
 *
 * It listens, and then makes itself ready before it accepts anybody. Its consumers look after their
 * channels every 2 s and come all at once. 900 are near; 100 come over a line that delays their
 * final ACK: all their SYNs are admitted before the queue is full, and with 999 places one of them
 * is fooled. Its request is forgotten before the provider accepts, and what it writes is lost.
 */
import type { Incident, Phase } from '../../domain/incident.ts';
import type { Observations } from '../../domain/observations.ts';
import type { Parameters } from '../../domain/parameters.ts';
import { OPENING_SNAPSHOT, type RunPlan, type Step } from '../../domain/plan.ts';
import type { Scenario } from '../../domain/scenario.ts';
import type { Obstacle } from '../../domain/verdict.ts';
import { retransmissionTolerance } from '../../kernel/schedules.ts';
import { connectionsOf } from '../../verdict/waves.ts';
import { awaitStep, commandStep, DEFAULTS, plannedLimit, planOf, snapshotStep } from '../parts.ts';
import {
  awaitClients,
  PATIENCE_MS,
  predictProgram,
  restStep,
  rolesOf,
  startProgram,
  variantsOf,
} from './phases.ts';
import { lostRequestsSymptom, resetSymptom, twoEndsSymptom } from './rpc-restart-storm-claims.ts';
import { STORMED, startupWork } from './rpc-restart-storm-figures.ts';
import { COST_COLUMNS, costOfStorm, failures, figures } from './rpc-restart-storm-tables.ts';
import { symptomClaim } from './symptom.ts';

const ID = 'rpc-restart-storm';

const NEAR = 900;
const FAR = 100;
const CONSUMERS = NEAR + FAR;
/** The second client address: the gate stands before it alone. */
const FAR_ADDRESS = 1;

/** With a short queue the first start would be a storm already. */
const AMPLE_BACKLOG = 4_096;
/**
 * However busy the machine is, the consumers close first: where the provider does, its host keeps
 * the connection in TIME-WAIT, and a new one from the same port takes its place.
 */
const LEAVE_WITHIN = '9s';
/** Off the times 1, 2 and 3 s at which a refused SYN is repeated. */
const CONNECT_TIMEOUT = '2500ms';
/**
 * One repetition of a SYN-ACK, after 1 s; the request is forgotten 3 s after its SYN. The document
 * had 2 repetitions, and its consumer found out a minute later.
 */
const SYNACK_RETRIES = '1';
const REQUEST_LIVES_MS = 3_000;
/** Each consumer says a word that often, and with it finishes a handshake whose ACK was held back. */
const REQUEST_EVERY_MS = 1_000;
/**
 * The consumers check every 2 s, so that a fooled one connects within about 2 s of listen(2). Then
 * its request must have been forgotten before anybody is accepted.
 */
const STARTUP_WORK_MS = 6_500;

const phaseOf = (name: string, role: Phase['role'], backlog: number, lastsMs: number): Phase => ({
  name,
  role,
  title: `backlog ${backlog}`,
  parameters: { backlog },
  lastsMs,
});

const PHASES: readonly Phase[] = [
  phaseOf('fault', 'fault', 998, 12_000),
  phaseOf('remedy', 'remedy', 1_024, 12_000),
  phaseOf('backlog-128', 'measured', 128, 14_000),
  phaseOf('backlog-511', 'measured', 511, 14_000),
];

const consumersStep = (wave: string, clients: number, address?: number): Step => ({
  kind: 'start-clients',
  wave,
  program: 'rpc-consumers',
  options: {
    clients,
    'request-every': `${REQUEST_EVERY_MS}ms`,
    'connect-timeout': CONNECT_TIMEOUT,
  },
  ...(address === undefined ? {} : { address }),
});

const serving = (times: number): readonly Step[] => [
  awaitClients('near', 'channel-serves', times * NEAR),
  awaitClients('far', 'channel-serves', times * FAR),
];

const acceptQueueHolds = (connections: number): Step =>
  awaitStep({ kind: 'accept-queue-length', equals: connections }, PATIENCE_MS);

/** The far consumers' SYNs are admitted while there is room; their ACKs come when there is not. */
const delayedStorm = (places: number): readonly Step[] => [
  acceptQueueHolds(NEAR),
  awaitStep({ kind: 'syn-queue-length', equals: FAR }, PATIENCE_MS),
  { kind: 'gate', closed: false },
  acceptQueueHolds(Math.min(CONSUMERS, places)),
];

/** The near consumers fill the queue, and everybody else is refused. */
const refusedStorm = (places: number): readonly Step[] => [
  acceptQueueHolds(places),
  awaitStep(
    {
      kind: 'counter-grown',
      counter: 'ListenOverflows',
      sinceSnapshot: OPENING_SNAPSHOT,
      atLeast: CONSUMERS - places,
    },
    PATIENCE_MS,
  ),
];

function middle(parameters: Parameters): readonly Step[] {
  const places = plannedLimit(parameters) + 1;
  const roomForAllNear = places >= NEAR + 1;
  const gate: readonly Step[] = roomForAllNear
    ? [{ kind: 'gate', closed: true, address: FAR_ADDRESS }]
    : [];
  return [
    consumersStep('near', NEAR),
    // So that the checks of the far ones come right after those of the near ones, not before.
    awaitClients('near', 'attempt', 1),
    consumersStep('far', FAR, FAR_ADDRESS),
    ...serving(1),
    commandStep({ command: 'close' }),
    awaitClients('near', 'refused', NEAR),
    // Refused at once, and again at the next check: the one after that is almost 2 s away.
    awaitClients('far', 'refused', 2 * FAR),
    ...gate,
    {
      kind: 'start-server',
      ...startProgram('rpc-provider', parameters.backlog, {
        'startup-work': `${STARTUP_WORK_MS}ms`,
      }),
      backlog: parameters.backlog,
    },
    ...(roomForAllNear ? delayedStorm(places) : refusedStorm(places)),
    snapshotStep(STORMED),
    ...serving(2),
    restStep('near'),
    restStep('far'),
  ];
}

const plan = (parameters: Parameters): RunPlan =>
  planOf(
    ID,
    { ...parameters, clientAddresses: 2 },
    middle(parameters),
    startProgram('rpc-provider', AMPLE_BACKLOG, { 'leave-within': LEAVE_WITHIN }),
  );

/** The requests of the far consumers must outlive the gate, and a fooled one's must not be accepted. */
function spoiledBy(seen: Observations): Obstacle | null {
  const { fromMs, untilMs } = startupWork(seen);
  const opened = seen.steps.find(({ label }) => label === 'open the gate');
  const admittedAtMs = connectionsOf(seen, 'far').flatMap(({ synAcks: [first] }) =>
    first !== undefined && first.atMs > fromMs && first.atMs < untilMs ? [first.atMs] : [],
  );
  if (opened === undefined || admittedAtMs.length === 0) return null;
  const { earlyMs, lateMs } = retransmissionTolerance(REQUEST_LIVES_MS);
  const firstForgottenMs = Math.min(...admittedAtMs) + REQUEST_LIVES_MS - earlyMs;
  const allHaveSpokenMs = opened.endedAtMs + REQUEST_EVERY_MS;
  const lastForgottenMs = Math.max(...admittedAtMs) + REQUEST_LIVES_MS + lateMs;
  const remedy = 'run the incident again on a machine with less other work';
  if (allHaveSpokenMs > firstForgottenMs) {
    return { reason: 'the line was slower than the kernel keeps a request', remedy };
  }
  const hasRoomForAll = plannedLimit(seen.plan.parameters) + 1 >= CONSUMERS;
  return !hasRoomForAll && untilMs < lastForgottenMs
    ? { reason: 'the provider accepted before a request could be forgotten', remedy }
    : null;
}

const scenario: Scenario = {
  id: ID,
  title: 'An RPC provider restarts while 1000 consumers are connected',
  story:
    'The provider opens its port and needs 6.5 s more until it accepts. Its consumers reconnect at their 2 s check, all at once; the last ACK of some is delayed. With backlog 998 there are 999 places: the thousandth consumer is connected and the provider knows nothing of it. Its calls time out under numbers that the provider never saw, until a RST ends the connection. With backlog 1024 calls time out while the provider starts, but it gets every one of them.',
  claims: [lostRequestsSymptom, twoEndsSymptom, resetSymptom].map((symptom) =>
    symptomClaim(symptom, rolesOf(PHASES)),
  ),
  defaults: {
    ...DEFAULTS,
    backlog: 998,
    clients: CONSUMERS,
    port: 9_980,
    phase: 'fault',
    sysctls: { server: { 'net.ipv4.tcp_synack_retries': SYNACK_RETRIES }, client: {} },
  },
  variants: variantsOf(PHASES),
  plan,
  spoiledBy,
  predict: ({ backlog }, kernel) => predictProgram(backlog, kernel),
};

export const rpcRestartStorm: Incident = {
  scenario,
  phases: PHASES,
  remedyOptions: [],
  figures,
  failures,
  questions: [
    {
      title: 'Open question: what does the storm cost, by backlog?',
      phases: ['backlog-128', 'backlog-511', 'fault', 'remedy'],
      columns: COST_COLUMNS,
      row: costOfStorm,
    },
  ],
};
