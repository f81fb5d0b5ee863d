/** Claims about a full accept queue that several scenarios put to the test. */
import type { Observations } from '../domain/observations.ts';
import type { Parameters } from '../domain/parameters.ts';
import type { Prediction } from '../domain/prediction.ts';
import type { Claim } from '../domain/scenario.ts';
import { KERNEL_RULES } from '../kernel/rules.ts';
import {
  acceptedHandshakes,
  clientsThat,
  closing,
  foundOnServer,
  growth,
  listenerDrops,
  refusedSyns,
} from '../verdict/figures.ts';
import { difference } from '../verdict/law.ts';
import { decide, type Statement } from '../verdict/testimony.ts';

/** Three sides that each know how many connections wait for accept(2). */
export const queuedConnections = (seen: Observations): readonly Statement[] => {
  const passiveOpens = growth(seen, 'server', 'PassiveOpens');
  return [
    {
      witness: 'sockets',
      of: 'connections waiting, as ss shows them (Recv-Q of the listener)',
      value: closing(seen)?.listener?.acceptQueueLength,
    },
    {
      witness: 'counters',
      of: 'connections that got a place and were not accepted (PassiveOpens − accepted)',
      value: passiveOpens === undefined ? undefined : passiveOpens - seen.accepted,
    },
    {
      witness: 'packets',
      of: 'handshakes whose last ACK the server took',
      value: acceptedHandshakes(seen),
    },
  ];
};

export const needsOverflow = (prediction: Prediction, clients: number): string | null =>
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
      ? `the kernel cuts the backlog of ${backlog} to ${prediction.acceptQueueLimit}`
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
      const limit = smallerLimit(seen) ?? prediction.acceptQueueLimit;
      return decide({
        documented: `min(backlog ${seen.plan.parameters.backlog}, somaxconn) is the limit, so ${limit + 1} connections wait`,
        documentedValue: limit + 1,
        statements: [
          {
            // By the server program, which asks `ss`, too.
            witness: 'sockets',
            of: 'limit + 1, as ss showed it to the server (Send-Q)',
            value: plusOne(seen.announcedLimits.at(-1)),
          },
          ...queuedConnections(seen),
        ],
        otherRules: [{ rule: KERNEL_RULES.acceptQueueLimitIs32Bit, value: (limit % 2 ** 16) + 1 }],
      });
    },
  };
}

/** 003-b: somaxconn cuts the backlog. Needs a backlog that is cut. */
export function somaxconnCuts(id: string, document: Claim['document'], statement: string): Claim {
  const claim = limitIsTheSmaller(id, document, statement);
  return {
    ...claim,
    notExercisedBecause: (parameters, prediction) =>
      parameters.backlog > prediction.acceptQueueLimit
        ? claim.notExercisedBecause(parameters, prediction)
        : `nothing cuts the backlog of ${parameters.backlog}; pass a larger --backlog or a smaller --somaxconn`,
  };
}

/**
 * min(backlog, somaxconn) as the documents have it. Undefined where a user namespace hides
 * somaxconn (before 6.3): then the default of the release has to stand in.
 */
function smallerLimit(seen: Observations): number | undefined {
  const somaxconn = foundOnServer(seen, 'net.core.somaxconn');
  return somaxconn === undefined
    ? undefined
    : Math.min(seen.plan.parameters.backlog, Number(somaxconn));
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
        : prediction.refusedSyns?.least === 0
          ? (needsOverflow(prediction, clients) ?? 'this kernel refuses no SYN here')
          : null,
    judge: (seen) => {
      const refused = refusedSyns(seen);
      const overflows = growth(seen, 'server', 'ListenOverflows');
      return decide({
        documented: `ListenOverflows and ListenDrops each grow by one for each of ${refused} refused SYNs`,
        documentedValue: timesPerSyn(1),
        statements: [
          ...(['ListenOverflows', 'ListenDrops'] as const).map((counter) => ({
            witness: 'counters' as const,
            of: `${counter} for ${refused} refused SYNs`,
            value: perRefusedSyn(growth(seen, 'server', counter), refused),
          })),
          {
            // Before 4.7 a listener counts no drops of its own.
            witness: 'packets',
            of: `refused SYNs for ${overflows} ListenOverflows`,
            value: perRefusedSyn(overflows, refused),
          },
          {
            witness: 'sockets',
            of: `drops of the listener for ${refused} refused SYNs`,
            value: perRefusedSyn(listenerDrops(seen), refused),
          },
        ],
        otherRules: [{ rule: KERNEL_RULES.refusedSynCounted, value: timesPerSyn(0) }],
      });
    },
  };
}

/** What was counted against the refused SYNs of the packets; undefined where none was refused. */
function perRefusedSyn(counted: number | undefined, refused: number): string | undefined {
  if (counted === undefined || refused === 0) return undefined;
  return counted % refused === 0
    ? timesPerSyn(counted / refused)
    : `${counted} for ${refused} refused SYNs`;
}

const timesPerSyn = (times: number): string => `${times} per refused SYN`;

const ANSWERED = 'its handshake completes, the SYN-ACK is repeated';
const REFUSED = 'its SYN is refused';

/** Before 4.10 the SYN queue lets some in; the document speaks of one client. */
const answersOnlySome = (
  { clients }: Parameters,
  { timedOut, acceptQueueCapacity }: Prediction,
): string | null =>
  timedOut !== null && timedOut > 0 && timedOut < clients - acceptQueueCapacity
    ? `this kernel answers some of the late clients and refuses others; pass --clients ${acceptQueueCapacity + 1}`
    : null;

/** 001-b (i): what becomes of a client that comes when the queue is already full. */
export const lateClientCompletesItsHandshake: Claim = {
  id: '001-b (i)',
  document: '001',
  statement:
    'The client after the last that fits completes its handshake; the server drops its ACK and repeats the SYN-ACK.',
  notExercisedBecause: (parameters, prediction) =>
    needsOverflow(prediction, parameters.clients) ?? answersOnlySome(parameters, prediction),
  judge: (seen, prediction) => {
    const late = seen.plan.parameters.clients - prediction.acceptQueueCapacity;
    const unanswered = seen.connections.filter(({ state }) => state === 'unanswered').length;
    return decide({
      documented: `client ${prediction.acceptQueueCapacity + 1}: ${ANSWERED}`,
      documentedValue: ANSWERED,
      statements: [
        {
          witness: 'packets',
          of: 'what became of connections that never got a SYN-ACK',
          value: fateOfLate(unanswered, late),
        },
        {
          witness: 'clients',
          of: 'what became of clients whose connect timed out',
          value: fateOfLate(clientsThat(seen, 'timed-out'), late),
        },
        {
          witness: 'counters',
          of: 'what became of connects without a connection (ActiveOpens − CurrEstab of the client; TCPSynRetrans of the server)',
          value: fateByCounters(seen, late),
        },
      ],
      otherRules: [{ rule: KERNEL_RULES.synRefusedOnFullAcceptQueue, value: REFUSED }],
    });
  },
};

function fateOfLate(refused: number, late: number): string {
  if (refused === 0) return ANSWERED;
  return refused >= late ? REFUSED : `${refused} of ${late} refused`;
}

/** Who is answered and finds no place has its SYN-ACK repeated. */
function fateByCounters(seen: Observations, late: number): string | undefined {
  const connected = growth(seen, 'client', 'CurrEstab');
  const refused = difference(growth(seen, 'client', 'ActiveOpens'), connected);
  const repeated = growth(seen, 'server', 'TCPSynRetrans');
  if (refused === undefined || repeated === undefined) return undefined;
  const fate = fateOfLate(refused, late);
  return fate === ANSWERED && repeated === 0 ? 'answered, no SYN-ACK is repeated' : fate;
}
