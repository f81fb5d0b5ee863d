/** Claims about a full accept queue that several scenarios put to the test. */
import type { Observations } from '../domain/observations.ts';
import type { Prediction } from '../domain/prediction.ts';
import type { Claim } from '../domain/scenario.ts';
import { KERNEL_RULES } from '../kernel/rules.ts';
import {
  acceptedHandshakes,
  clientsThat,
  closing,
  growth,
  listenerDrops,
  refusedSyns,
} from '../verdict/figures.ts';
import { decide, type Statement } from '../verdict/testimony.ts';

/** Three sides that each know how many connections wait for accept(2). */
export const queuedConnections = (seen: Observations): readonly Statement[] => {
  const passiveOpens = growth(seen, 'server', 'PassiveOpens');
  return [
    {
      witness: 'sockets',
      of: 'Recv-Q of the listener',
      value: closing(seen)?.listener?.acceptQueueLength,
    },
    {
      witness: 'counters',
      of: 'PassiveOpens − accepted',
      value: passiveOpens === undefined ? undefined : passiveOpens - seen.accepted,
    },
    {
      witness: 'packets',
      of: 'handshakes the server was content with',
      value: acceptedHandshakes(seen),
    },
  ];
};

const needsOverflow = (prediction: Prediction, clients: number): string | null =>
  clients > prediction.acceptQueueCapacity
    ? null
    : `nothing overflows: ${clients} clients fit into the accept queue's ${prediction.acceptQueueCapacity}; pass --clients ${prediction.acceptQueueCapacity + 1} or more`;

/** 001-a: backlog B holds B + 1. Needs a backlog that somaxconn does not cut. */
export const holdsBacklogPlusOne: Claim = {
  id: '001-a',
  document: '001',
  statement: 'A backlog of 2 lets 2 + 1 = 3 connections wait in the accept queue.',
  notExercisedBecause: ({ backlog, clients }, prediction) =>
    backlog > prediction.acceptQueueLimit
      ? `somaxconn cuts the backlog of ${backlog} to ${prediction.acceptQueueLimit}`
      : needsOverflow(prediction, clients),
  judge: (seen) => {
    const { backlog } = seen.plan.parameters;
    return decide({
      documented: `backlog ${backlog} holds ${backlog} + 1 connections`,
      documentedValue: backlog + 1,
      statements: queuedConnections(seen),
    });
  },
};

/** 001-h, 002-e, 003-b: the smaller of backlog and somaxconn is the limit. */
export function limitIsTheSmaller(
  id: string,
  document: Claim['document'],
  statement: string,
): Claim {
  return {
    id,
    document,
    statement,
    notExercisedBecause: ({ clients }, prediction) => needsOverflow(prediction, clients),
    judge: (seen, prediction) => {
      const { backlog } = seen.plan.parameters;
      return decide({
        documented: `min(backlog ${backlog}, somaxconn) is the limit, so ${prediction.acceptQueueLimit + 1} connections wait`,
        documentedValue: prediction.acceptQueueLimit + 1,
        statements: [
          {
            witness: 'server',
            of: 'announced limit + 1',
            value: plusOne(seen.announcedLimits.at(-1)),
          },
          ...queuedConnections(seen),
        ],
      });
    },
  };
}

const plusOne = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : value + 1;

/** 002-d and 003-f: one refused SYN adds one to both counters. */
export function bothCountersCountRefusedSyns(
  id: string,
  document: Claim['document'],
  statement: string,
): Claim {
  return {
    id,
    document,
    statement,
    notExercisedBecause: ({ clients, keepAliveMs }, prediction) =>
      keepAliveMs !== null
        ? 'keepalive probes add to the drops of the listener; leave --keepalive out'
        : prediction.refusedSyns.least === 0
          ? (needsOverflow(prediction, clients) ?? 'this kernel refuses no SYN here')
          : null,
    judge: (seen) => {
      const refused = refusedSyns(seen);
      const perSyn = (moved: number | undefined): string | undefined =>
        moved === undefined
          ? undefined
          : moved === refused
            ? ONE_EACH
            : `${moved} for ${refused} refused SYNs`;
      return decide({
        documented: `ListenOverflows and ListenDrops each grow by one for each of ${refused} refused SYNs`,
        documentedValue: ONE_EACH,
        statements: [
          ...(['ListenOverflows', 'ListenDrops'] as const).map((counter) => ({
            witness: 'counters' as const,
            of: `${counter} for ${refused} refused SYNs`,
            value: perSyn(growth(seen, 'server', counter)),
          })),
          {
            witness: 'sockets',
            of: `drops of the listener for ${refused} refused SYNs`,
            value: perSyn(listenerDrops(seen)),
          },
        ],
      });
    },
  };
}

const ONE_EACH = 'one each';
const ANSWERED = 'its handshake completes, the SYN-ACK is repeated';
const REFUSED = 'its SYN is refused';

/** 001-b (i): what becomes of a client that comes when the queue is already full. */
export const lateClientCompletesItsHandshake: Claim = {
  id: '001-b (i)',
  document: '001',
  statement:
    'The client after the last that fits completes its handshake; the server drops its ACK and repeats the SYN-ACK.',
  notExercisedBecause: ({ clients }, prediction) => needsOverflow(prediction, clients),
  judge: (seen, prediction) => {
    const surplus = seen.plan.parameters.clients - prediction.acceptQueueCapacity;
    const timedOut = clientsThat(seen, 'timed-out');
    const unanswered = seen.connections.filter(({ state }) => state === 'unanswered').length;
    const word = (refusedClients: number | undefined): string | undefined =>
      refusedClients === undefined ? undefined : refusedClients >= surplus ? REFUSED : ANSWERED;
    const repeated = growth(seen, 'server', 'TCPSynRetrans');
    return decide({
      documented: `client ${prediction.acceptQueueCapacity + 1}: ${ANSWERED}`,
      documentedValue: ANSWERED,
      statements: [
        { witness: 'packets', of: 'connections without any SYN-ACK', value: word(unanswered) },
        { witness: 'clients', of: 'clients whose connect timed out', value: word(timedOut) },
        {
          witness: 'counters',
          of: 'repeated SYN-ACKs (TCPSynRetrans)',
          value: repeated === undefined ? undefined : repeated === 0 ? REFUSED : ANSWERED,
        },
      ],
      otherRules: [{ rule: KERNEL_RULES.synRefusedOnFullAcceptQueue, value: REFUSED }],
    });
  },
};
