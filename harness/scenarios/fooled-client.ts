/**
 * Claims put to the test here: 001-b (ii), 000-b, 001-c.
 *
 * From 4.10 on a client is fooled only if its SYN was admitted before the accept queue filled. So
 * the first clients fill all places but one; then a gate holds back every segment of the clients
 * except SYNs while the others connect. When the gate opens, each repeated SYN-ACK draws the ACK
 * again: the first takes the last place, the ACKs of all others are dropped.
 */
import { HarnessError } from '../domain/harness-error.ts';
import type { Observations } from '../domain/observations.ts';
import type { Parameters } from '../domain/parameters.ts';
import { OPENING_SNAPSHOT, type Step } from '../domain/plan.ts';
import type { Prediction } from '../domain/prediction.ts';
import type { Claim, Scenario } from '../domain/scenario.ts';
import type { ClientStory, Connection } from '../domain/tcp.ts';
import { predictFooled } from '../kernel/predict.ts';
import { retransmissionTolerance } from '../kernel/schedules.ts';
import {
  clientConnections,
  clientsThat,
  closing,
  growth,
  ignoredHandshakes,
  synQueueLengthAt,
} from '../verdict/figures.ts';
import { decide } from '../verdict/testimony.ts';
import {
  connectAndSettle,
  connectStep,
  DEFAULTS,
  plannedLimit,
  plannedSysctl,
  planOf,
  settledStep,
  snapshotStep,
} from './parts.ts';

const ID = 'fooled-client';
const FIRST = 'first';
const LATE = 'late';
const HELD_BACK = 'held-back';
const ADMISSION_DEADLINE_MS = 20_000;

/** 1 + 2 + 4 + ... + 2^retries seconds, then an eighth for the timer wheel and some for a busy machine. */
const forgottenAfterMs = (retries: number): number => (2 ** (retries + 1) - 1) * 1_125 + 20_000;

function middle(parameters: Parameters): readonly Step[] {
  const first = Math.min(parameters.clients, plannedLimit(parameters));
  const late = parameters.clients - first;
  const fill = connectAndSettle(parameters, FIRST, first);
  if (late === 0) return fill;
  const retries = plannedSysctl(parameters, 'server', 'net.ipv4.tcp_synack_retries');
  return [
    ...fill,
    { kind: 'gate', closed: true },
    // At once, whatever the arrivals: the gate must open before the first SYN-ACK is repeated.
    connectStep({ ...parameters, arrivals: { kind: 'burst' } }, LATE, late),
    {
      kind: 'await',
      condition: {
        kind: 'first-syns-met',
        wave: LATE,
        sinceSnapshot: OPENING_SNAPSHOT,
        atLeast: late,
      },
      deadlineMs: ADMISSION_DEADLINE_MS,
    },
    snapshotStep(HELD_BACK),
    { kind: 'gate', closed: false },
    {
      kind: 'await',
      condition: { kind: 'syn-queue-length', equals: 0 },
      deadlineMs: forgottenAfterMs(retries),
    },
    settledStep(parameters, LATE, late),
    ...stopWaiting(parameters),
  ];
}

/** A claim speaks of the clients' read timeout, so the run lasts until it has passed. */
const stopWaiting = ({ readTimeoutMs }: Parameters): readonly Step[] =>
  readTimeoutMs === null
    ? []
    : [
        {
          kind: 'await',
          condition: { kind: 'wave-ended', wave: LATE },
          deadlineMs: readTimeoutMs + ADMISSION_DEADLINE_MS,
        },
      ];

/** Some wishes make it a matter of chance who gets the last place. */
function assertDecidable(parameters: Parameters): void {
  const late = parameters.clients - plannedLimit(parameters);
  if (late > 0 && plannedSysctl(parameters, 'server', 'net.ipv4.tcp_synack_retries') === 0) {
    throw notDecidable(
      'without a repeated SYN-ACK no client is fooled',
      '--synack-retries 1 or more',
    );
  }
  if (parameters.sendBytes > 0 && abortsOnOverflow(parameters) && late > plannedLimit(parameters)) {
    throw notDecidable(
      'a client with a SYN cookie may send its data before a request does, and no cookie is reset',
      '--send 0, --abort-on-overflow 0, or fewer --clients',
    );
  }
}

const notDecidable = (why: string, remedy: string): HarnessError =>
  new HarnessError('USAGE', `Cannot predict these parameters: ${why}.`, {
    remedy: `pass ${remedy}`,
  });

/** Requests that are in the SYN queue when the gate opens and find no place: all but one. */
const droppedRequests = (parameters: Parameters, prediction: Prediction): number =>
  Math.max(
    0,
    Math.min(parameters.clients - prediction.acceptQueueLimit, prediction.synQueueCapacity) - 1,
  );

const abortsOnOverflow = (parameters: Parameters): boolean =>
  plannedSysctl(parameters, 'server', 'net.ipv4.tcp_abort_on_overflow') === 1;

function notFooled(parameters: Parameters, prediction: Prediction): string | null {
  if (droppedRequests(parameters, prediction) === 0) {
    return `nobody is fooled: pass --clients ${prediction.acceptQueueCapacity + 1} or more`;
  }
  return null;
}

function notSilent(parameters: Parameters, prediction: Prediction): string | null {
  if (abortsOnOverflow(parameters)) return 'tcp_abort_on_overflow resets the clients instead';
  if (parameters.sendBytes > 0 || parameters.keepAliveMs !== null) {
    return 'the clients are not silent: their segments draw a RST later';
  }
  if (plannedSysctl(parameters, 'server', 'net.ipv4.tcp_synack_retries') < 2) {
    return 'only a second repetition shows that the ACK to the first was dropped; pass --synack-retries 2';
  }
  return notFooled(parameters, prediction);
}

const repeatsOf = ({ synAcks }: Connection): number =>
  synAcks.filter(({ retransmission }) => retransmission).length;

/** Whether each repeated SYN-ACK lies where the kernel's timers put it; one too many tells by its number. */
function onSchedule({ synAcks }: Connection, prediction: Prediction): boolean {
  const firstMs = synAcks[0]?.atMs ?? 0;
  return synAcks.every(({ atMs }, index) => {
    const dueMs = prediction.synAckTimesMs[index];
    if (dueMs === undefined) return true;
    const { earlyMs, lateMs } = retransmissionTolerance(dueMs);
    const offMs = atMs - firstMs - dueMs;
    return -earlyMs <= offMs && offMs <= lateMs;
  });
}

const fooledWords = (fooled: number, repeats: string | number): string =>
  `${fooled} fooled, SYN-ACK repeated ${repeats} times on schedule`;

function wordsOfPackets(seen: Observations, prediction: Prediction): string {
  const ignored = ignoredHandshakes(seen);
  if (ignored.some((connection) => !onSchedule(connection, prediction))) {
    const times = ignored[0]?.synAcks.map(({ atMs }) => (atMs / 1_000).toFixed(2)) ?? [];
    return `${ignored.length} fooled, SYN-ACKs off schedule: ${times.join(', ')} s`;
  }
  const repeats = [...new Set(ignored.map(repeatsOf))];
  return fooledWords(ignored.length, repeats.join(' or '));
}

/** Every request repeats its SYN-ACK: the completed one once, each fooled one until it is forgotten. */
function wordsOfCounters(seen: Observations): string | undefined {
  const passiveOpens = growth(seen, 'server', 'PassiveOpens');
  const repeated = growth(seen, 'server', 'TCPSynRetrans');
  if (passiveOpens === undefined || repeated === undefined) return undefined;
  const cookies = growth(seen, 'server', 'SyncookiesSent') ?? 0;
  const fooled = clientsThat(seen, 'connected') - passiveOpens - cookies;
  return fooledWords(fooled, (repeated - 1) / fooled);
}

const acknowledgementDropped: Claim = {
  id: '001-b (ii)',
  document: '001',
  statement:
    'The client after the last that fits completes its handshake; the server drops its ACK and repeats the SYN-ACK tcp_synack_retries times.',
  notExercisedBecause: notSilent,
  judge: (seen, prediction) => {
    const { parameters } = seen.plan;
    const retries = prediction.synAckTimesMs.length - 1;
    const expected = fooledWords(droppedRequests(parameters, prediction), retries);
    return decide({
      documented: expected,
      documentedValue: expected,
      statements: [
        {
          witness: 'packets',
          of: 'handshakes with a SYN-ACK after their ACK',
          value: wordsOfPackets(seen, prediction),
        },
        { witness: 'counters', of: 'PassiveOpens and TCPSynRetrans', value: wordsOfCounters(seen) },
      ],
    });
  },
};

const FORGOTTEN = 'forgotten without RST, the client still believes';
const WITH_RST = 'forgotten with a RST, the client knows';

/** Each repeated SYN-ACK that could be answered was answered by the client, and no RST followed. */
function forgottenByPackets(seen: Observations): string {
  const ignored = ignoredHandshakes(seen);
  const unanswered = ignored.filter(
    ({ synAcks, bareAcks }) =>
      bareAcks.filter(({ from }) => from === 'client').length < synAcks.length - 1,
  ).length;
  if (ignored.some(({ resets }) => resets.length > 0)) return WITH_RST;
  return unanswered > 0 ? `${unanswered} clients did not answer a repeated SYN-ACK` : FORGOTTEN;
}

function forgottenBySockets(seen: Observations, requests: number): string | undefined {
  const before = synQueueLengthAt(seen.snapshots.get(HELD_BACK));
  const after = synQueueLengthAt(closing(seen));
  const believers = clientConnections(seen);
  if (before === undefined || after === undefined || believers === undefined) return undefined;
  if (before !== requests || after > 0) return `SYN-RECV ${before} for ${requests}, later ${after}`;
  return believers === clientsThat(seen, 'connected') ? FORGOTTEN : WITH_RST;
}

function forgottenByCounters(seen: Observations): string | undefined {
  const resets = growth(seen, 'server', 'OutRsts');
  const timeouts = growth(seen, 'server', 'TCPTimeouts');
  if (resets === undefined || timeouts === undefined) return undefined;
  if (resets > 0) return WITH_RST;
  return timeouts > 0 ? FORGOTTEN : `TCPTimeouts ${timeouts}`;
}

const silentlyForgotten: Claim = {
  id: '000-b',
  document: '000',
  statement:
    'The server repeats its SYN-ACK, the client answers each one, and then the server forgets silently.',
  notExercisedBecause: notSilent,
  judge: (seen, prediction) => {
    // All of them wait while the gate is closed; then one is served and the others are dropped.
    const requests = droppedRequests(seen.plan.parameters, prediction) + 1;
    return decide({
      documented: FORGOTTEN,
      documentedValue: FORGOTTEN,
      statements: [
        { witness: 'packets', of: 'fooled handshakes', value: forgottenByPackets(seen) },
        { witness: 'sockets', of: 'both socket tables', value: forgottenBySockets(seen, requests) },
        {
          witness: 'counters',
          of: 'OutRsts and TCPTimeouts of the server',
          value: forgottenByCounters(seen),
        },
      ],
    });
  },
};

const SILENCE = 'silence: times out reading';
const RESET = 'RST: connection reset by peer';

/** Nobody is ever answered: whoever is connected and not reset waits in vain. */
function endsOfLateClients(seen: Observations, expected: number): string {
  const ends = seen.clients
    .filter(({ wave }: ClientStory) => wave === LATE)
    .flatMap(({ end }) => end?.kind ?? []);
  const reset = ends.filter((end) => end === 'reset-before-data').length;
  if (reset === expected) return RESET;
  const readTimeouts = ends.filter((end) => end === 'read-timed-out').length;
  return readTimeouts === ends.length ? SILENCE : ends.join(', ');
}

const byResets = (resets: number | undefined, expected: number): string | undefined => {
  if (resets === undefined) return undefined;
  if (resets === 0) return SILENCE;
  return resets === expected ? RESET : `${resets} RSTs`;
};

const abortOnOverflowDecides: Claim = {
  id: '001-c',
  document: '001',
  statement:
    'tcp_abort_on_overflow decides: 0 drops the ACK and the client times out reading; 1 sends a RST and the client sees connection reset by peer.',
  notExercisedBecause: (parameters, prediction) =>
    parameters.sendBytes > 0 || parameters.keepAliveMs !== null
      ? 'the clients are not silent: their segments draw a RST in any case'
      : !abortsOnOverflow(parameters) && parameters.readTimeoutMs === null
        ? 'the clients have no read timeout; pass --read-timeout 3s'
        : notFooled(parameters, prediction),
  judge: (seen, prediction) => {
    const { parameters } = seen.plan;
    const aborts = abortsOnOverflow(parameters);
    const expected = droppedRequests(parameters, prediction);
    const fromServer = seen.connections
      .flatMap(({ resets }) => resets)
      .filter(({ from }) => from === 'server').length;
    return decide({
      documented: `tcp_abort_on_overflow ${aborts ? 1 : 0}: ${aborts ? RESET : SILENCE}`,
      documentedValue: aborts ? RESET : SILENCE,
      statements: [
        {
          witness: 'clients',
          of: 'ends of the fooled clients',
          value: endsOfLateClients(seen, expected),
        },
        { witness: 'packets', of: 'RSTs of the server', value: byResets(fromServer, expected) },
        {
          witness: 'counters',
          of: 'EmbryonicRsts of the server',
          value: byResets(growth(seen, 'server', 'EmbryonicRsts'), expected),
        },
      ],
    });
  },
};

export const fooledClient: Scenario = {
  id: ID,
  title: 'A fooled client believes in a connection that the server does not have',
  story:
    'The SYN of the last client is admitted while there is still a place, but its ACK arrives when the accept queue is full. The server drops the ACK, repeats its SYN-ACK a few times and forgets. The client is connected all the while, and waits for an answer in vain.',
  claims: [acknowledgementDropped, silentlyForgotten, abortOnOverflowDecides],
  defaults: {
    ...DEFAULTS,
    readTimeoutMs: 3_000,
    sysctls: { server: { 'net.ipv4.tcp_synack_retries': '2' }, client: {} },
  },
  plan: (parameters) => {
    assertDecidable(parameters);
    return planOf(ID, parameters, middle(parameters));
  },
  predict: (parameters, kernel) =>
    predictFooled({ ...parameters, sendsData: parameters.sendBytes > 0 }, kernel),
};
