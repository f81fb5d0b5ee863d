/** What is judged of clients that were fooled: 001-b (ii), 000-b, 001-c. */
import type { Observations } from '../domain/observations.ts';
import type { Parameters } from '../domain/parameters.ts';
import type { Prediction } from '../domain/prediction.ts';
import type { Claim } from '../domain/scenario.ts';
import type { ClientStory, Connection } from '../domain/tcp.ts';
import { isDue } from '../kernel/schedules.ts';
import {
  clientConnections,
  clientsThat,
  closing,
  growth,
  ignoredHandshakes,
  resetsFrom,
  synQueueLengthAt,
} from '../verdict/figures.ts';
import { decide } from '../verdict/testimony.ts';
import { synAckRetries } from './held-clients.ts';
import { plannedSysctl } from './parts.ts';

/** The wave that comes when only one place is left. */
export const LATE = 'late';
/** The snapshot before the gate opens. */
export const HELD_BACK = 'held-back';

/** Requests that are in the SYN queue when the gate opens and find no place: all but one. */
const droppedRequests = (parameters: Parameters, prediction: Prediction): number =>
  Math.max(
    0,
    Math.min(parameters.clients - prediction.acceptQueueLimit, prediction.synQueueCapacity) - 1,
  );

export const abortsOnOverflow = (parameters: Parameters): boolean =>
  plannedSysctl(parameters, 'server', 'net.ipv4.tcp_abort_on_overflow') === 1;

const notFooled = (parameters: Parameters, prediction: Prediction): string | null =>
  droppedRequests(parameters, prediction) > 0
    ? null
    : `nobody is fooled: pass --clients ${prediction.acceptQueueCapacity + 1} or more`;

function notSilent(parameters: Parameters, prediction: Prediction): string | null {
  if (abortsOnOverflow(parameters)) return 'tcp_abort_on_overflow resets the clients instead';
  if (parameters.sendBytes > 0 || parameters.keepAliveMs !== null) {
    return 'the clients are not silent: their segments draw a RST later';
  }
  if (synAckRetries(parameters) < 2) {
    return 'only a second repetition shows that the ACK to the first was dropped; pass --synack-retries 2';
  }
  return notFooled(parameters, prediction);
}

/** Above half of the SYN queue a request gets fewer repetitions than tcp_synack_retries, but 2. */
function forgottenEarly(parameters: Parameters, prediction: Prediction): string | null {
  const retries = synAckRetries(parameters);
  const requests = droppedRequests(parameters, prediction);
  return retries > 2 && 2 * requests > Math.max(8, prediction.acceptQueueLimit)
    ? 'the SYN queue is more than half full, so the kernel forgets requests early; pass fewer --clients or --synack-retries 2'
    : null;
}

const repeatsOf = ({ synAcks }: Connection): number =>
  synAcks.filter(({ retransmission }) => retransmission).length;

/** Whether each repeated SYN-ACK lies where the kernel's timers put it; one too many tells by its number. */
function onSchedule({ synAcks }: Connection, prediction: Prediction): boolean {
  const firstMs = synAcks[0]?.atMs ?? 0;
  return synAcks.every(
    ({ atMs }, index) =>
      index >= prediction.synAckTimesMs.length ||
      isDue(atMs - firstMs, prediction.synAckTimesMs[index]),
  );
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

export const acknowledgementDropped: Claim = {
  id: '001-b (ii)',
  document: '001',
  statement:
    'The client after the last that fits completes its handshake; the server drops its ACK and repeats the SYN-ACK tcp_synack_retries times.',
  notExercisedBecause: (parameters, prediction) =>
    notSilent(parameters, prediction) ?? forgottenEarly(parameters, prediction),
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

export const silentlyForgotten: Claim = {
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
function endsOfLateClients(seen: Observations, prediction: Prediction, dropped: number): string {
  const late = seen.clients.filter(({ wave }: ClientStory) => wave === LATE);
  const ends = late.flatMap(({ end }) => end?.kind ?? []);
  const first = seen.clients.length - late.length;
  const expected = (prediction.connected ?? 0) - first;
  if (ends.length !== expected) return `${ends.length} of ${expected} late clients connected`;
  const reset = ends.filter((end) => end === 'reset-before-data').length;
  if (reset === dropped) return RESET;
  return ends.every((end) => end === 'read-timed-out') ? SILENCE : ends.join(', ');
}

/** No RST is silence only where ACKs were dropped: each draws a further SYN-ACK. */
function silenceByPackets(seen: Observations, dropped: number): string | undefined {
  const resets = resetsFrom(seen, 'server');
  if (resets > 0) return byResets(resets, dropped);
  // The first repetition draws the ACK that is dropped; only a second one shows that it was.
  if (synAckRetries(seen.plan.parameters) < 2) return undefined;
  const ignored = ignoredHandshakes(seen).length;
  return ignored === dropped ? SILENCE : `${ignored} of ${dropped} ACKs dropped`;
}

function silenceByCounters(seen: Observations, dropped: number): string | undefined {
  const resets = growth(seen, 'server', 'EmbryonicRsts');
  const overflows = growth(seen, 'server', 'ListenOverflows');
  if (resets === undefined || overflows === undefined) return undefined;
  if (resets > 0) return byResets(resets, dropped);
  return overflows >= dropped ? SILENCE : `${overflows} of ${dropped} ACKs dropped`;
}

const byResets = (resets: number, dropped: number): string =>
  resets === dropped ? RESET : `${resets} RSTs`;

export const abortOnOverflowDecides: Claim = {
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
    const dropped = droppedRequests(parameters, prediction);
    return decide({
      documented: `tcp_abort_on_overflow ${aborts ? 1 : 0}: ${aborts ? RESET : SILENCE}`,
      documentedValue: aborts ? RESET : SILENCE,
      statements: [
        {
          witness: 'clients',
          of: 'ends of the fooled clients',
          value: endsOfLateClients(seen, prediction, dropped),
        },
        {
          witness: 'packets',
          of: 'RSTs of the server, or SYN-ACKs after an ACK',
          value: silenceByPackets(seen, dropped),
        },
        {
          witness: 'counters',
          of: 'EmbryonicRsts of the server, or ListenOverflows',
          value: silenceByCounters(seen, dropped),
        },
      ],
    });
  },
};
