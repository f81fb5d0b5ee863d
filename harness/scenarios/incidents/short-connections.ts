/**
 * Document 003: clients that connect for every request, and a server that now and then does not
 * accept for a moment.
 *
 * The server asks for a backlog of 8192 and gets 128. Its event loop stands still for 600 ms, again
 * and again, and each time more clients begin a request than the accept queue has places: they are
 * refused, and give up before their SYN would be repeated. With somaxconn 8192 all have a place. A
 * pool holds fewer connections than there are places, so that nobody can be refused at any speed.
 */
import type { Failure, Incident, Phase } from '../../domain/incident.ts';
import type { Observations } from '../../domain/observations.ts';
import type { Parameters } from '../../domain/parameters.ts';
import type { ProgramOptions, RunPlan, Step } from '../../domain/plan.ts';
import type { Scenario } from '../../domain/scenario.ts';
import type { Obstacle } from '../../domain/verdict.ts';
import { awaitStep, commandStep, DEFAULTS, planOf, setOnServer, withNetstat } from '../parts.ts';
import {
  awaitServer,
  PATIENCE_MS,
  predictProgram,
  restStep,
  rolesOf,
  startProgram,
  variantsOf,
} from './phases.ts';
import { bothByTheSame, inEveryPause } from './short-connections-claims.ts';
import {
  connectTimeouts,
  crowdedPauses,
  HASTY,
  PATIENT,
  PLACES_WHEN_CUT,
  tookMs,
} from './short-connections-figures.ts';
import { figures, questions } from './short-connections-tables.ts';

const ID = 'short-connections';

const SOMAXCONN = 'net.core.somaxconn';
const CUT = 128;
const RAISED = 8_192;

/**
 * In a pause all 300 clients are due, more than twice the places, and a machine that starts them
 * 300 ms late does not matter. Between two pauses is time to answer all that wait, and for refused
 * clients to give up: then all are there again.
 */
const CLIENTS = 300;
const EVERY = '500ms';
const PAUSES = { pause: '600ms', 'pause-every': '1500ms', pauses: 6 } as const;
/** Nobody gives up a connection that was accepted: only the way to it is looked at. */
const READ_TIMEOUT = '10s';
/** The document's code, and the limit that its report found in force. Both below the first repetition. */
const TIMEOUTS = { [PATIENT]: '500ms', [HASTY]: '300ms' } as const;
const LONG_TIMEOUT = '3s';
/** Both pools together are fewer than the places. */
const POOL = 60;
/**
 * To wait for a connection that is in use is not to connect: it may take as long as an answer. What
 * happens to who waits no longer than for a connection is measured in a phase of its own.
 */
const POOL_WAIT = READ_TIMEOUT;

/** Two ranges within the pinned one: 600 requests a second take half of 14000 ports in ten seconds. */
const FIRST_PORTS = { [PATIENT]: 33_000, [HASTY]: 47_000 } as const;
/** As many connections may wait in TIME-WAIT without being thrown away. */
const MOST_CONNECTIONS = 16_384;

type Wave = keyof typeof TIMEOUTS;

const phaseOf = (name: string, role: Phase['role'], title: string, somaxconn = CUT): Phase => ({
  name,
  role,
  title,
  parameters: { sysctls: { server: { [SOMAXCONN]: `${somaxconn}` }, client: {} } },
  lastsMs: 10_500,
});

const PHASES: readonly Phase[] = [
  phaseOf('fault', 'fault', `somaxconn ${CUT}`),
  phaseOf('somaxconn', 'remedy', `somaxconn ${RAISED}`, RAISED),
  phaseOf('pool', 'remedy', `pools of ${POOL}, wait ${POOL_WAIT}`),
  phaseOf('timeout-3s', 'measured', `both timeouts ${LONG_TIMEOUT}`),
  phaseOf('listen-again', 'measured', 'sysctl after pause 2, listen(2) after 4'),
  phaseOf('pool-impatient', 'measured', `pools of ${POOL}, wait 300 or 500 ms`),
];

const roleOf = rolesOf(PHASES);
const decisive = PHASES.filter(({ role }) => role !== 'measured').map(({ name }) => name);

/** What sets the clients of a phase apart. */
const optionsIn = (phase: string | undefined): ProgramOptions => {
  switch (phase) {
    case 'pool':
      return { pool: POOL, 'pool-wait': POOL_WAIT };
    case 'pool-impatient':
      return { pool: POOL };
    case 'timeout-3s':
      return { 'connect-timeout': LONG_TIMEOUT };
    default:
      return {};
  }
};

const clientsStep = (wave: Wave, { clients, phase }: Parameters): Step => ({
  kind: 'start-clients',
  wave,
  program: 'short-connections',
  options: {
    clients: clients / 2,
    every: EVERY,
    'connect-timeout': TIMEOUTS[wave],
    'read-timeout': READ_TIMEOUT,
    'first-source-port': FIRST_PORTS[wave],
    ...optionsIn(phase),
  },
});

/** somaxconn alone after a third of the pauses, listen(2) once more after another. */
const repairs = ({ backlog }: Parameters): readonly Step[] => [
  awaitServer('unblocked', PAUSES.pauses / 3),
  setOnServer(SOMAXCONN, RAISED),
  awaitServer('unblocked', (PAUSES.pauses * 2) / 3),
  commandStep({ command: 'listen', backlog }),
];

const middle = (parameters: Parameters): readonly Step[] => [
  clientsStep(PATIENT, parameters),
  clientsStep(HASTY, parameters),
  ...(parameters.phase === 'listen-again' ? repairs(parameters) : []),
  awaitServer('unblocked', PAUSES.pauses),
  restStep(PATIENT),
  restStep(HASTY),
  awaitStep({ kind: 'accept-queue-length', equals: 0 }, PATIENCE_MS),
  awaitStep({ kind: 'syn-queue-length', equals: 0 }, PATIENCE_MS),
];

function plan(parameters: Parameters): RunPlan {
  const server = startProgram('pausing-server', parameters.backlog, PAUSES);
  const { network, ...others } = planOf(ID, parameters, middle(parameters), server);
  return withNetstat({ ...others, network: { ...network, mostClients: MOST_CONNECTIONS } });
}

/** Again and again: what happens once may be an accident. */
const LEAST_CROWDED = 2;

/** Then hardly anything had to overflow, and the phases say little about each other. */
function spoiledBy(seen: Observations): Obstacle | null {
  if (!decisive.includes(seen.plan.parameters.phase ?? '')) return null;
  const crowded = crowdedPauses(seen).length;
  return crowded >= LEAST_CROWDED
    ? null
    : {
        reason: `pauses in which clients wanted more than ${PLACES_WHEN_CUT} places: only ${crowded}`,
        remedy: 'run the incident again on a machine with less other work',
      };
}

const scenario: Scenario = {
  id: ID,
  title: 'Short connections to a server that pauses, on somaxconn 128',
  story:
    'The server asks for a backlog of 8192, the kernel cuts it to 128. Its event loop stands still for 600 ms six times, and each time 300 clients connect: 129 find a place, the SYNs of all others are dropped, and after 300 or 500 ms those clients report that the connection timed out, the document’s error 110. With somaxconn 8192 everybody waits in the queue until the pause is over. With 120 connections in two pools the queue of 128 cannot overflow; who finds no connection free waits in line, and that has a limit of its own: with the limits for connecting, some would give up there, and no counter would tell.',
  claims: [
    inEveryPause(
      {
        id: '003-e (incident)',
        statement:
          'somaxconn 128: the clients report connect timeouts again and again and both counters rise; 8192: no error, and the counters stand still.',
      },
      ['fault', 'somaxconn'],
      roleOf,
    ),
    bothByTheSame(
      { id: '003-f (incident)', statement: 'Both counters rise by the same amount.' },
      decisive,
      roleOf,
    ),
    inEveryPause(
      {
        id: '003-g (incident)',
        statement:
          'A connection pool on the clients removes the problem: on somaxconn 128 there is no error, and the counters stand still.',
      },
      ['fault', 'pool'],
      roleOf,
    ),
  ],
  defaults: { ...DEFAULTS, backlog: RAISED, clients: CLIENTS, port: 9_983, phase: 'fault' },
  variants: variantsOf(PHASES),
  plan,
  spoiledBy,
  predict: ({ backlog, phase }, kernel) =>
    predictProgram(backlog, phase === 'listen-again' ? { ...kernel, somaxconn: RAISED } : kernel),
};

/** An error of each wave, from the second crowded pause. */
function failures(seen: Observations): readonly Failure[] {
  const fromMs = crowdedPauses(seen)[1]?.fromMs ?? 0;
  return [HASTY, PATIENT].flatMap((of) => {
    const failed = connectTimeouts(seen).find(
      ({ wave, startedAtMs }) => wave === of && startedAtMs >= fromMs,
    );
    if (failed?.client === undefined) return [];
    const { request, client, startedAtMs, endedAtMs = startedAtMs } = failed;
    const says = `request ${request} (${of}): no connection after ${Math.round(tookMs(failed))} ms: connection timed out`;
    return [{ says, atMs: endedAtMs, client, request }];
  });
}

export const shortConnections: Incident = {
  scenario,
  phases: PHASES,
  remedyOptions: ['pool', 'pool-wait'],
  figures,
  failures,
  questions: questions(['pool', 'pool-impatient']),
};
