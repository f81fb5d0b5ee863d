/**
 * Claims put to the test here: 003-d.
 *
 * The accept queue is full; clients with a short and with a long connect timeout come at once. When
 * the hasty ones have given up the server accepts, so a SYN that is repeated finds a place.
 */
import { HarnessError } from '../domain/harness-error.ts';
import type { Observations } from '../domain/observations.ts';
import type { Parameters } from '../domain/parameters.ts';
import type { Step } from '../domain/plan.ts';
import type { Prediction } from '../domain/prediction.ts';
import type { Claim, Scenario } from '../domain/scenario.ts';
import type { ClientStory, Connection } from '../domain/tcp.ts';
import type { Obstacle } from '../domain/verdict.ts';
import { predictResumed, type TwoPatiences } from '../kernel/predict-patience.ts';
import { isDue, retransmissionTolerance } from '../kernel/schedules.ts';
import { growth } from '../verdict/figures.ts';
import { difference } from '../verdict/law.ts';
import { decide } from '../verdict/testimony.ts';
import { connectionsOf } from '../verdict/waves.ts';
import {
  awaitStep,
  commandStep,
  connectAndSettle,
  connectStep,
  DEFAULTS,
  plannedLimit,
  planOf,
  settledStep,
} from './parts.ts';
import { FIRST_REPETITION_MS } from './slow-machine.ts';

const ID = 'short-and-long-timeouts';
const FIRST = 'first';
const HASTY = 'hasty';
const PATIENT = 'patient';
const HASTY_TIMEOUT_MS = 300;
/** Nobody can say which comes first, a timer of the kernel or one of the client, within this. */
const UNDECIDABLE_MS = 200;

interface Waves extends TwoPatiences {
  readonly first: number;
}

function wavesOf(parameters: Parameters): Waves {
  const { backlog, clients, connectTimeoutMs } = parameters;
  const first = Math.min(clients, plannedLimit(parameters) + 1);
  const patient = Math.floor((clients - first) / 2);
  return {
    backlog,
    first,
    hasty: { clients: clients - first - patient, connectTimeoutMs: HASTY_TIMEOUT_MS },
    patient: { clients: patient, connectTimeoutMs },
  };
}

const drainedStep = awaitStep({ kind: 'accept-queue-length', equals: 0 });

function middle(parameters: Parameters): readonly Step[] {
  const { first, hasty, patient } = wavesOf(parameters);
  // At once, whatever the arrivals: the server must accept before the first SYN is repeated.
  const atOnce: Parameters = { ...parameters, arrivals: { kind: 'burst' } };
  const inAHurry = { ...atOnce, connectTimeoutMs: hasty.connectTimeoutMs };
  return [
    ...connectAndSettle(parameters, FIRST, first),
    connectStep(inAHurry, HASTY, hasty.clients),
    connectStep(atOnce, PATIENT, patient.clients),
    settledStep(inAHurry, HASTY, hasty.clients),
    commandStep({ command: 'accept' }),
    drainedStep,
    settledStep(atOnce, PATIENT, patient.clients),
    drainedStep,
    awaitStep({ kind: 'syn-queue-length', equals: 0 }),
  ];
}

function assertDecidable(parameters: Parameters): void {
  const { hasty, patient } = wavesOf(parameters);
  const capacity = plannedLimit(parameters) + 1;
  if (hasty.clients < 2 || patient.clients < 1) {
    throw notDecidable(
      `${parameters.clients} clients: none would be both refused and patient`,
      `--clients ${capacity + 3} or more`,
    );
  }
  if (patient.clients > capacity) {
    throw notDecidable(
      `${patient.clients} patient clients repeat their SYN at once, and only ${capacity} have a place then`,
      `--clients ${3 * capacity} or fewer`,
    );
  }
  if (Math.abs(parameters.connectTimeoutMs - FIRST_REPETITION_MS) <= UNDECIDABLE_MS) {
    throw notDecidable(
      `a connect timeout of ${parameters.connectTimeoutMs} ms: a SYN is repeated after about ${FIRST_REPETITION_MS} ms`,
      '--connect-timeout 3s, or one below 800 ms',
    );
  }
}

const notDecidable = (what: string, remedy: string): HarnessError =>
  new HarnessError('USAGE', `Cannot predict ${what}.`, { remedy: `pass ${remedy}` });

/** The place must be free when the first patient client knocks again. */
function acceptedTooLate(seen: Observations): Obstacle | null {
  const index = seen.plan.steps.findIndex(
    (step) => step.kind === 'await' && step.condition.kind === 'accept-queue-length',
  );
  const drainedAtMs = seen.steps[index]?.endedAtMs ?? 0;
  const repeatedAtMs = connectionsOf(seen, PATIENT).flatMap(({ syns }) => syns[1]?.atMs ?? []);
  return drainedAtMs > Math.min(...repeatedAtMs)
    ? {
        reason: 'the machine was too slow: a SYN was repeated before the server had accepted',
        remedy: 'start the run again when the machine is less busy',
      }
    : null;
}

const LONG_ONES_CONNECT = 'short ones fail, long ones connect when their SYN is repeated';
const ALL_FAIL = 'short and long ones fail';

/** What became of both kinds; clients that were answered at once (before 4.10) tell nothing. */
function word(
  hastyFail: readonly boolean[],
  patientConnect: readonly boolean[],
): string | undefined {
  if (hastyFail.length === 0 || patientConnect.length === 0) return undefined;
  const failed = hastyFail.filter(Boolean).length;
  const connected = patientConnect.filter(Boolean).length;
  if (failed < hastyFail.length) return `${hastyFail.length - failed} short ones connect`;
  if (connected === patientConnect.length) return LONG_ONES_CONNECT;
  return connected === 0 ? ALL_FAIL : `${connected} of ${patientConnect.length} long ones connect`;
}

function wordOfClients({ clients }: Observations, { synTimesMs }: Prediction): string | undefined {
  const wasAnsweredAtOnce = ({ outcome }: ClientStory): boolean =>
    outcome.kind === 'connected' && outcome.afterMs < HASTY_TIMEOUT_MS;
  const of = (wave: string): readonly ClientStory[] =>
    clients.filter((story) => story.wave === wave && !wasAnsweredAtOnce(story));
  return word(
    of(HASTY).map(({ outcome }) => outcome.kind === 'timed-out'),
    of(PATIENT).map(
      ({ outcome }) => outcome.kind === 'connected' && isDue(outcome.afterMs, synTimesMs[1]),
    ),
  );
}

function wordOfPackets(seen: Observations, { synTimesMs }: Prediction): string | undefined {
  const of = (wave: string): readonly Connection[] =>
    connectionsOf(seen, wave).filter(({ syns: [first] }) => first?.answeredAtMs === undefined);
  return word(
    of(HASTY).map(({ state, syns }) => state === 'unanswered' && syns.length === 1),
    of(PATIENT).map(
      ({ syns: [first, second] }) =>
        second?.answeredAtMs !== undefined &&
        isDue(second.atMs - (first?.atMs ?? 0), synTimesMs[1]),
    ),
  );
}

/** Who fails is not opened by the server; who connects late has repeated its SYN once. */
function wordOfCounters(seen: Observations): string | undefined {
  const opened = growth(seen, 'server', 'PassiveOpens');
  const failed = difference(growth(seen, 'client', 'ActiveOpens'), opened);
  const repeated = growth(seen, 'client', 'TCPSynRetrans');
  if (failed === undefined || repeated === undefined) return undefined;
  const { hasty, patient } = wavesOf(seen.plan.parameters);
  if (failed > hasty.clients) return ALL_FAIL;
  return failed > 0 && repeated === patient.clients
    ? LONG_ONES_CONNECT
    : `${failed} fail, ${repeated} SYNs repeated`;
}

function tooShort({ connectTimeoutMs }: Parameters, { synTimesMs }: Prediction): string | null {
  const [, repeatedMs = 0] = synTimesMs;
  return connectTimeoutMs < repeatedMs + retransmissionTolerance(repeatedMs).lateMs
    ? `the long timeout is too short: this kernel repeats a SYN after ${repeatedMs / 1_000} s; pass --connect-timeout ${(3 * repeatedMs) / 1_000}s`
    : null;
}

const longTimeoutHelps: Claim = {
  id: '003-d',
  document: '003',
  statement:
    'A connect timeout of 300 ms leaves room for a single SYN; 3 s leave room for a repetition, which can succeed.',
  notExercisedBecause: tooShort,
  judge: (seen, prediction) =>
    decide({
      documented: `${HASTY_TIMEOUT_MS} ms are too short for a second SYN, ${seen.plan.parameters.connectTimeoutMs} ms are not`,
      documentedValue: LONG_ONES_CONNECT,
      statements: [
        { witness: 'clients', of: 'outcomes', value: wordOfClients(seen, prediction) },
        {
          witness: 'packets',
          of: 'SYNs of refused clients',
          value: wordOfPackets(seen, prediction),
        },
        {
          witness: 'counters',
          of: 'ActiveOpens and TCPSynRetrans of the client, PassiveOpens of the server',
          value: wordOfCounters(seen),
        },
      ],
    }),
};

export const shortAndLongTimeouts: Scenario = {
  id: ID,
  title: 'A connect timeout of 300 ms sends one SYN, one of 3 s gets a second chance',
  story:
    'The accept queue is full when clients with a connect timeout of 300 ms and clients with 3 s arrive. The hasty ones give up; then the server accepts at last. A second after their first SYN the patient ones repeat it, find a place and are connected.',
  claims: [longTimeoutHelps],
  defaults: { ...DEFAULTS, clients: 9, connectTimeoutMs: 3_000 },
  variants: [{ name: '', parameters: {}, lastsMs: 1_100 }],
  plan: (parameters) => {
    assertDecidable(parameters);
    return planOf(ID, parameters, middle(parameters));
  },
  spoiledBy: acceptedTooLate,
  predict: (parameters, kernel) => predictResumed(wavesOf(parameters), kernel),
};
