/**
 * Claim put to the test here: 001-k (drains).
 *
 * The queue is full when the late clients come; as soon as their SYNs are through, the server
 * accepts. No more of them come than the SYN queue holds: they repeat their SYNs in one burst.
 */
import { HarnessError } from '../domain/harness-error.ts';
import type { Observations } from '../domain/observations.ts';
import type { Parameters } from '../domain/parameters.ts';
import { CLOSING_SNAPSHOT, OPENING_SNAPSHOT, type Step } from '../domain/plan.ts';
import type { Prediction } from '../domain/prediction.ts';
import type { Claim, Scenario } from '../domain/scenario.ts';
import { predictDrained } from '../kernel/predict-drained.ts';
import { isDue } from '../kernel/schedules.ts';
import { growth } from '../verdict/figures.ts';
import { decide } from '../verdict/testimony.ts';
import { clientsOf, connectionsOf, growthBetween } from '../verdict/waves.ts';
import { assertServerSysctl } from './one-syn.ts';
import {
  awaitStep,
  commandStep,
  connectAndSettle,
  connectStep,
  DEFAULTS,
  plannedLimit,
  planOf,
  settledStep,
  snapshotStep,
} from './parts.ts';

const ID = 'drained-queue';
const LATE = 'late';
const FULL = 'full';
/** Refused at 0 s, let in at 1 s; the next chance, if the server is slow to begin, is a second later. */
const SHORTEST_TIMEOUT_MS = 2_500;

function middle(parameters: Parameters): readonly Step[] {
  const first = Math.min(parameters.clients, plannedLimit(parameters) + 1);
  const late = parameters.clients - first;
  const fill = connectAndSettle(parameters, 'first', first);
  const accept = commandStep({ command: 'accept' });
  const accepted = awaitStep({ kind: 'connections-taken', atLeast: parameters.clients });
  if (late === 0) return [...fill, accept, accepted];
  return [
    ...fill,
    snapshotStep(FULL),
    connectStep({ ...parameters, arrivals: { kind: 'burst' } }, LATE, late),
    awaitStep({
      kind: 'first-syns-met',
      wave: LATE,
      sinceSnapshot: OPENING_SNAPSHOT,
      atLeast: late,
    }),
    accept,
    settledStep(parameters, LATE, late),
    accepted,
  ];
}

function assertDecidable(parameters: Parameters): void {
  const { clients, connectTimeoutMs } = parameters;
  assertServerSysctl(
    parameters,
    'net.ipv4.tcp_abort_on_overflow',
    0,
    'it would reset clients where a kernel admits more than fit',
  );
  const limit = plannedLimit(parameters);
  if (clients > 2 * limit + 1) {
    throw new HarnessError(
      'USAGE',
      `Cannot predict ${clients} clients on a limit of ${limit} because the late ones repeat their SYNs in one burst, and more than ${limit} of them may fill the queue again.`,
      { remedy: `pass --clients ${2 * limit + 1} or fewer, or a larger --backlog` },
    );
  }
  if (connectTimeoutMs < SHORTEST_TIMEOUT_MS) {
    throw new HarnessError(
      'USAGE',
      `Cannot use a connect timeout of ${connectTimeoutMs} ms because refused clients repeat their SYN after 1000 ms and, should the server begin late, after 2000 ms.`,
      { remedy: `pass --connect-timeout ${SHORTEST_TIMEOUT_MS}ms or more` },
    );
  }
}

const ALL_LATE = 'all get in, those that were refused when their SYN is repeated';

/** Of a client that had to wait: whether it got in when a repetition of its SYN was due. */
const isAtSynTime = (afterMs: number, { synTimesMs }: Prediction): boolean =>
  synTimesMs.slice(1).some((dueMs) => isDue(afterMs, dueMs));

const NOBODY_LATE = 'nobody had to wait';

function wordOf(admitted: number, waitedMs: readonly number[], late: number, due: Prediction) {
  if (admitted < late) return `${late - admitted} of ${late} never get in`;
  if (waitedMs.length === 0) return NOBODY_LATE;
  const odd = waitedMs.filter((afterMs) => !isAtSynTime(afterMs, due));
  return odd.length === 0
    ? ALL_LATE
    : `some get in at odd times: ${odd.map((afterMs) => `${(afterMs / 1_000).toFixed(2)} s`).join(', ')}`;
}

/** Far above the time of a handshake, far below the first repetition of a SYN. */
const AT_ONCE_MS = 500;

function wordOfClients(seen: Observations, late: number, due: Prediction): string {
  const connectedMs = clientsOf(seen, LATE).flatMap(({ outcome }) =>
    outcome.kind === 'connected' ? [outcome.afterMs] : [],
  );
  const waitedMs = connectedMs.filter((afterMs) => afterMs > AT_ONCE_MS);
  return wordOf(connectedMs.length, waitedMs, late, due);
}

function wordOfPackets(seen: Observations, late: number, due: Prediction): string {
  const answered = connectionsOf(seen, LATE).filter(({ state }) => state === 'completed');
  const waitedMs = answered.flatMap(({ syns: [first, ...others] }) => {
    const taken = others.find(({ answeredAtMs }) => answeredAtMs !== undefined);
    return first === undefined || first.answeredAtMs !== undefined || taken === undefined
      ? []
      : [taken.atMs - first.atMs];
  });
  return wordOf(answered.length, waitedMs, late, due);
}

/** Counters know no times, but that SYNs were repeated, and how many handshakes counted. */
function wordOfCounters(seen: Observations, late: number): string | undefined {
  const admitted = growthBetween(seen, [FULL, CLOSING_SNAPSHOT], 'server', 'PassiveOpens');
  const repeated = growth(seen, 'client', 'TCPSynRetrans');
  if (admitted === undefined || repeated === undefined) return undefined;
  if (admitted < late) return `${late - admitted} of ${late} never get in`;
  return repeated === 0 ? NOBODY_LATE : ALL_LATE;
}

const lateAtSynTimes: Claim = {
  id: '001-k (drains)',
  document: '001',
  statement:
    'As long as the server goes on accepting, more and more connections are established; the clients only notice delays.',
  notExercisedBecause: ({ clients }, { acceptQueueCapacity }) =>
    clients > acceptQueueCapacity
      ? null
      : `nobody has to wait: pass --clients ${acceptQueueCapacity + 1} or more`,
  judge: (seen, prediction) => {
    const late = seen.plan.parameters.clients - prediction.acceptQueueCapacity;
    return decide({
      documented: `${late} clients come to a full queue: ${ALL_LATE}`,
      documentedValue: ALL_LATE,
      statements: [
        {
          witness: 'clients',
          of: 'times until connected',
          value: wordOfClients(seen, late, prediction),
        },
        {
          witness: 'packets',
          of: 'times of the answered SYNs',
          value: wordOfPackets(seen, late, prediction),
        },
        {
          witness: 'counters',
          of: 'PassiveOpens of the server, TCPSynRetrans of the client',
          value: wordOfCounters(seen, late),
        },
      ],
    });
  },
};

export const drainedQueue: Scenario = {
  id: ID,
  title: 'Refused clients get in late, at the time when they repeat their SYN',
  story:
    'The accept queue is full, and three more clients are refused. Right afterwards the server begins to accept, but nobody tells the clients: each gets in only when its SYN is repeated, a second later. To them the overflow was a delay.',
  claims: [lateAtSynTimes],
  defaults: { ...DEFAULTS, backlog: 4, clients: 8, connectTimeoutMs: 4_000 },
  variants: [{ name: '', parameters: {}, lastsMs: 1_100 }],
  plan: (parameters) => {
    assertDecidable(parameters);
    return planOf(ID, parameters, middle(parameters));
  },
  predict: predictDrained,
};
