/**
 * Document 001: an HTTP server whose workers are all busy and whose accept queue is short.
 *
 * Two slow requests occupy both workers. Then one client comes over a line that delays its final
 * ACK, and seven at once. The first is fooled: its handshake is over for it before the queue fills,
 * and its ACK arrives when it is full. Of the seven, those without a place are refused.
 */
import type { RequestOutcome, RequestStory } from '../../domain/application.ts';
import type { Failure, Incident, Phase } from '../../domain/incident.ts';
import type { Observations } from '../../domain/observations.ts';
import type { Parameters } from '../../domain/parameters.ts';
import type { RunPlan, Step } from '../../domain/plan.ts';
import type { Scenario } from '../../domain/scenario.ts';
import { growth, ignoredHandshakes, refusedSyns } from '../../verdict/figures.ts';
import { awaitStep, DEFAULTS, plannedLimit, planOf } from '../parts.ts';
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
import { type Symptom, symptomClaim } from './symptom.ts';

const ID = 'tomcat-accept-count';

const WORKERS = 2;
const NEAR_CLIENTS = 7;
/**
 * The slow backend: longer than a fooled client's repetitions at 1, 3 and, of its request, up to
 * 4.7 s; on a busy machine these count from the gate's opening, a second and more after the work
 * began. One that falls behind the work finds room, and nobody was fooled.
 */
const SLOW_WORK = '5500ms';
const WORK = '50ms';
/** Below the first repetition of a SYN: a client that is refused once gives up. */
const CONNECT_TIMEOUT = '800ms';
/** After the slow work, and before a fooled client's next repetition at 6.6 s and at 7 s. */
const READ_TIMEOUT = '6300ms';

const PHASES: readonly Phase[] = [
  {
    name: 'fault',
    role: 'fault',
    title: 'acceptCount 1',
    parameters: { backlog: 1 },
    lastsMs: 8_000,
  },
  {
    name: 'remedy',
    role: 'remedy',
    title: 'acceptCount 100',
    parameters: { backlog: 100 },
    lastsMs: 6_500,
  },
  {
    name: 'accept-count-4',
    role: 'measured',
    title: 'acceptCount 4',
    parameters: { backlog: 4 },
    lastsMs: 8_000,
  },
  {
    name: 'accept-count-7',
    role: 'measured',
    title: 'acceptCount 7',
    parameters: { backlog: 7 },
    lastsMs: 6_500,
  },
];

const clientsStep = (wave: string, clients: number, path: string, address?: number): Step => ({
  kind: 'start-clients',
  wave,
  program: 'http-clients',
  options: {
    clients,
    path,
    'connect-timeout': CONNECT_TIMEOUT,
    'read-timeout': READ_TIMEOUT,
  },
  ...(address === undefined ? {} : { address }),
});

/** Places for clients whose workers are busy. */
const placesOf = (parameters: Parameters): number => plannedLimit(parameters) + 1;

const WAVES = { slow: WORKERS, far: 1, near: NEAR_CLIENTS } as const;
/** The second client address: the gate stands before it alone. */
const FAR = 1;

function middle(parameters: Parameters): readonly Step[] {
  const queued = Math.min(placesOf(parameters), NEAR_CLIENTS);
  return [
    clientsStep('slow', WAVES.slow, `/?work=${SLOW_WORK}`),
    awaitServer('saw', WAVES.slow),
    { kind: 'gate', closed: true, address: FAR },
    clientsStep('far', WAVES.far, '/', FAR),
    awaitClients('far', 'connected', WAVES.far),
    clientsStep('near', WAVES.near, '/'),
    awaitStep({ kind: 'accept-queue-length', equals: queued }, PATIENCE_MS),
    awaitClients('near', 'attempt', WAVES.near),
    { kind: 'gate', closed: false },
    ...Object.entries(WAVES).map(([wave, clients]) => awaitClients(wave, 'request-ended', clients)),
    // The request that the fooled client leaves behind ends at the next repetition of its SYN-ACK.
    awaitStep({ kind: 'syn-queue-length', equals: 0 }, PATIENCE_MS),
    ...Object.keys(WAVES).map(restStep),
  ];
}

const plan = (parameters: Parameters): RunPlan =>
  planOf(
    ID,
    { ...parameters, clientAddresses: 2 },
    middle(parameters),
    startProgram('blocking-workers', parameters.backlog, { workers: WORKERS, work: WORK }),
  );

const requestsThat = (seen: Observations, outcome: RequestOutcome): readonly RequestStory[] =>
  (seen.application?.requests ?? []).filter((request) => request.outcome === outcome);

/** The client had given up when the server first had its connection, if it ever had it. */
const neverInTime = (seen: Observations): readonly RequestStory[] =>
  requestsThat(seen, 'read-timed-out').filter(
    ({ seenAtMs, endedAtMs = Infinity }) => (seenAtMs ?? Infinity) > endedAtMs,
  );

const connectTimeouts: Symptom = {
  id: '001-d (incident)',
  document: '001',
  statement:
    'With acceptCount 1 and ten clients at once, some time out while connecting: their SYN is never answered.',
  sightings: (seen) => [
    {
      witness: 'clients',
      of: 'requests that ended with a connect timeout',
      count: requestsThat(seen, 'connect-timed-out').length,
    },
    { witness: 'packets', of: 'refused SYNs', count: refusedSyns(seen) },
    {
      witness: 'counters',
      of: 'ListenOverflows of the server',
      count: growth(seen, 'server', 'ListenOverflows'),
    },
  ],
};

const readTimeouts: Symptom = {
  id: '001-c (incident)',
  document: '001',
  statement:
    'Another client is connected and times out while reading: it was fooled, the server had dropped its ACK.',
  sightings: (seen) => [
    {
      witness: 'clients',
      of: 'requests that ended with a read timeout',
      count: requestsThat(seen, 'read-timed-out').length,
    },
    {
      witness: 'server',
      of: 'of these, requests that the server had not got by then',
      count: neverInTime(seen).length,
    },
    {
      witness: 'packets',
      of: 'handshakes whose final ACK was dropped by a full queue',
      count: fooledHandshakes(seen),
    },
  ],
};

/** The gate holds back ACKs too, but those came again before the queue was looked at in vain. */
const fooledHandshakes = (seen: Observations): number =>
  (growth(seen, 'server', 'ListenOverflows') ?? 0) > 0 ? ignoredHandshakes(seen).length : 0;

const scenario: Scenario = {
  id: ID,
  title: 'An HTTP server with two busy workers and a short accept queue',
  story:
    'Both workers wait for a slow backend, so nobody accepts. With acceptCount 1 the queue has two places: clients beyond them are refused and time out connecting, and one whose ACK comes late is fooled and times out reading. The server itself notices nothing. With acceptCount 100 all ten are served.',
  claims: [connectTimeouts, readTimeouts].map((symptom) => symptomClaim(symptom, rolesOf(PHASES))),
  defaults: { ...DEFAULTS, backlog: 1, clients: 10, port: 9_981, phase: 'fault' },
  variants: variantsOf(PHASES),
  plan,
  predict: ({ backlog }, kernel) => predictProgram(backlog, kernel),
};

const failures = (seen: Observations): readonly Failure[] =>
  [
    ...requestsThat(seen, 'connect-timed-out').slice(0, 1),
    ...requestsThat(seen, 'read-timed-out').slice(0, 1),
  ].flatMap(({ request, client, wave, outcome, startedAtMs, endedAtMs = startedAtMs }) => {
    const after = `after ${Math.round(endedAtMs - startedAtMs)} ms`;
    const what = outcome === 'read-timed-out' ? 'a read timeout' : 'a connect timeout';
    return client === undefined
      ? []
      : [
          {
            says: `request ${request} (${wave}): ${what} ${after}`,
            atMs: endedAtMs,
            client,
            request,
          },
        ];
  });

export const tomcatAcceptCount: Incident = {
  scenario,
  phases: PHASES,
  remedyOptions: [],
  figures: (seen) => [
    ['requests answered', `${requestsThat(seen, 'answered').length}`],
    ['connect timeouts', `${requestsThat(seen, 'connect-timed-out').length}`],
    ['read timeouts', `${requestsThat(seen, 'read-timed-out').length}`],
    ['refused SYNs', `${refusedSyns(seen)}`],
    ['ListenOverflows', `${growth(seen, 'server', 'ListenOverflows') ?? 'unknown'}`],
  ],
  failures,
  questions: [
    {
      title: 'How large acceptCount must be for ten clients and two workers',
      phases: ['fault', 'accept-count-4', 'accept-count-7', 'remedy'],
      columns: ['places', 'answered', 'connect timeouts', 'read timeouts'],
      row: (seen) => [
        `${placesOf(seen.plan.parameters)}`,
        `${requestsThat(seen, 'answered').length}`,
        `${requestsThat(seen, 'connect-timed-out').length}`,
        `${requestsThat(seen, 'read-timed-out').length}`,
      ],
    },
  ],
};
