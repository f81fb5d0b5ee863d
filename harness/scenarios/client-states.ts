/**
 * The states of a server that client libraries meet with `clients`. First the server is brought into
 * its state by a swarm, and the books of that are closed: so the run is judged like every other. The
 * libraries come after the closing snapshot, and their packets belong to no identity of the ledger.
 *
 * A fooled client needs a place in the queue for its SYN and none for its ACK. So the server calls
 * listen(2) again with a larger backlog, a gate holds back what the libraries send but their SYNs,
 * and listen(2) with the smaller backlog makes the queue full again before the gate opens.
 */
import type { Observations, Snapshot } from '../domain/observations.ts';
import type { Parameters } from '../domain/parameters.ts';
import { CLOSING_SNAPSHOT, type RunPlan, type Step } from '../domain/plan.ts';
import type { Scenario } from '../domain/scenario.ts';
import type { Obstacle } from '../domain/verdict.ts';
import { predictOverflow } from '../kernel/predict.ts';
import { predictServed } from '../kernel/predict-served.ts';
import { closing, refusedSyns } from '../verdict/figures.ts';
import { ONE_SYN_MS } from './one-syn.ts';
import {
  awaitStep,
  commandStep,
  connectAndSettle,
  DEFAULTS,
  planOf,
  snapshotStep,
} from './parts.ts';

/** Taken when every held library was connected and the queue was full. */
const HELD = 'held';
const ALL = 'all';
const SLACK_MS = 20_000;

/**
 * More than twice as many as there are libraries: a SYN queue that is more than half full forgets
 * its requests sooner (`reqsk_timer_handler`), which is another state.
 */
const BACKLOG = 64;
const REFUSED = 1;
const CAP = 2;

const load = ({ libraries }: Parameters): readonly Step[] =>
  libraries === undefined ? [] : [{ kind: 'load-libraries', clients: libraries.clients }];

const connectLibraries = (waitMs: number): Step => ({
  kind: 'connect-libraries',
  stopWaitingAfterMs: waitMs,
});

const ended = (waitMs: number): Step => awaitStep({ kind: 'libraries-ended' }, waitMs + SLACK_MS);

function meet({ libraries }: Parameters): readonly Step[] {
  return libraries === undefined
    ? []
    : [connectLibraries(libraries.waitMs), ended(libraries.waitMs)];
}

/** The libraries' SYNs are admitted, and then there is no place for their ACKs. */
function meetTooLate({ libraries, backlog }: Parameters): readonly Step[] {
  if (libraries === undefined) return [];
  return [
    commandStep({ command: 'listen', backlog: 2 * backlog }),
    { kind: 'gate', closed: true },
    connectLibraries(libraries.waitMs),
    awaitStep({ kind: 'syn-queue-length', equals: libraries.clients.length }),
    commandStep({ command: 'listen', backlog }),
    snapshotStep(HELD),
    { kind: 'gate', closed: false },
    ended(libraries.waitMs),
  ];
}

/** The libraries meet the server after its books are closed, and before the swarm lets go. */
const withMeeting = (plan: RunPlan, meeting: readonly Step[]): RunPlan => ({
  ...plan,
  steps: plan.steps.flatMap((step) =>
    step.kind === 'snapshot' && step.name === CLOSING_SNAPSHOT ? [step, ...meeting] : [step],
  ),
});

/** Loading takes the processors, so it comes first and disturbs nothing. */
const planFor = (
  id: string,
  parameters: Parameters,
  middle: readonly Step[],
  meeting: readonly Step[],
  cap?: number,
): RunPlan => {
  const server = cap === undefined ? {} : { maxConnections: cap };
  return withMeeting(planOf(id, parameters, [...load(parameters), ...middle], server), meeting);
};

const notThere = (state: string): Obstacle => ({
  reason: `the server was not in its state: ${state}`,
  remedy: 'start the run again when the machine is less busy',
});

const isFull = (snapshot: Snapshot | undefined): boolean =>
  snapshot?.listener !== undefined &&
  snapshot.listener.acceptQueueLength > snapshot.listener.acceptQueueLimit;

/** Full by the sockets, and by the SYN that was refused. */
const notFull = (seen: Observations): Obstacle | null =>
  isFull(closing(seen)) && refusedSyns(seen) > 0 ? null : notThere('its accept queue had places');

function notHeld(seen: Observations): Obstacle | null {
  const { libraries = [] } = seen;
  if (libraries.length === 0) return notFull(seen);
  const held = seen.snapshots.get(HELD);
  const requests = held?.sockets.server.filter(({ state }) => state === 'SYN-RECV').length;
  if (requests !== libraries.length) {
    return notThere(`${requests ?? 'no'} of ${libraries.length} libraries waited in its SYN queue`);
  }
  return isFull(held) ? notFull(seen) : notThere('its accept queue had places for them');
}

function notDropped(seen: Observations): Obstacle | null {
  const { libraries = [], servers } = seen;
  const dropped = servers[0]?.dropped ?? 0;
  return dropped >= libraries.length
    ? null
    : notThere(`it closed ${dropped} connections of ${libraries.length} libraries`);
}

const OVERFLOWING: Parameters = {
  ...DEFAULTS,
  backlog: BACKLOG,
  clients: BACKLOG + 1 + REFUSED,
  connectTimeoutMs: ONE_SYN_MS,
};

const ABORT = 'net.ipv4.tcp_abort_on_overflow';

type State = Pick<Scenario, 'id' | 'title' | 'story' | 'defaults' | 'spoiledBy'>;

const overflowing = (state: State, meeting: typeof meet): Scenario => ({
  ...state,
  claims: [],
  variants: [],
  plan: (parameters) =>
    planFor(
      state.id,
      parameters,
      connectAndSettle(parameters, ALL, parameters.clients),
      meeting(parameters),
    ),
  predict: (parameters, kernel) => predictOverflow(parameters, kernel),
});

const fullQueue = overflowing(
  {
    id: 'clients-full-queue',
    title: 'The accept queue is full',
    story: 'No SYN is answered. The kernel repeats it, and nothing tells the client why.',
    defaults: OVERFLOWING,
    spoiledBy: notFull,
  },
  meet,
);

const resetOnOverflow = overflowing(
  {
    id: 'clients-reset-on-overflow',
    title: 'The accept queue is full and tcp_abort_on_overflow is 1',
    story:
      'The SYN was answered while there was a place; the ACK finds none, and draws a RST. A client that connects again meets a full queue: its SYN is not answered.',
    defaults: { ...OVERFLOWING, sysctls: { server: { [ABORT]: '1' }, client: {} } },
    spoiledBy: notHeld,
  },
  meetTooLate,
);

const fooled = overflowing(
  {
    id: 'clients-fooled',
    title: 'The client is fooled: connected, and the server has no connection',
    story:
      'The SYN was answered while there was a place; the ACK finds none and is dropped. The client is connected in its own eyes, and whatever it sends is dropped.',
    defaults: OVERFLOWING,
    spoiledBy: notHeld,
  },
  meetTooLate,
);

const closedAtOnce: Scenario = {
  id: 'clients-closed-at-once',
  title: 'The server accepts, and closes at once',
  story:
    'The server has as many connections as it may have (server.maxConnections of Node): it accepts each further one and closes it.',
  claims: [],
  variants: [],
  defaults: { ...DEFAULTS, backlog: 511, clients: CAP, cap: CAP },
  plan: (parameters) =>
    planFor(
      'clients-closed-at-once',
      parameters,
      [
        commandStep({ command: 'accept' }),
        ...connectAndSettle(parameters, ALL, parameters.clients),
        awaitStep({ kind: 'connections-taken', atLeast: parameters.clients }),
      ],
      meet(parameters),
      parameters.cap ?? CAP,
    ),
  spoiledBy: notDropped,
  predict: (parameters, kernel) => predictServed(parameters.backlog, parameters.clients, kernel),
};

/** They claim nothing of a document, so neither `list` nor `verify` has them. */
export const CLIENT_STATES: readonly Scenario[] = [
  fullQueue,
  resetOnOverflow,
  fooled,
  closedAtOnce,
];
