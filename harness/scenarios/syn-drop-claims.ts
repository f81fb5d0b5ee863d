/** What is judged of SYNs that the SYN queue does not take in: 002-c, 002-g (SYN queue, 3/4 rule). */
import type { Observations } from '../domain/observations.ts';
import type { Parameters } from '../domain/parameters.ts';
import type { Prediction } from '../domain/prediction.ts';
import type { Claim } from '../domain/scenario.ts';
import { KERNEL_RULES } from '../kernel/rules.ts';
import { synQueueCandidates } from '../kernel/syn-queue-candidates.ts';
import {
  attemptsMade,
  closing,
  growth,
  listenerDrops,
  refusedSyns,
  synQueueLengthAt,
} from '../verdict/figures.ts';
import { difference } from '../verdict/law.ts';
import { netstatGrowth } from '../verdict/syn-queue-figures.ts';
import { decide, type Statement } from '../verdict/testimony.ts';
import { nothingOverflows, settingsOf } from './syn-queue-claims.ts';

/** What bounds the SYN queue of the kernel that the prediction is made for. */
function boundBy(
  parameters: Parameters,
  prediction: Prediction,
): 'its-length' | 'three-quarters' | 'either' {
  const ids = synQueueCandidates(settingsOf(parameters, prediction))
    .filter(({ value }) => value === prediction.synQueueCapacity)
    .map(({ rule }) => rule.id);
  const byQuarters = ids.filter((id) => id === KERNEL_RULES.synRefusedAtThreeQuarters.id).length;
  if (byQuarters === 0) return 'its-length';
  return byQuarters === ids.length ? 'three-quarters' : 'either';
}

const notFullFirst = (parameters: Parameters, prediction: Prediction): string | null =>
  boundBy(parameters, prediction) === 'its-length'
    ? nothingOverflows(parameters, prediction)
    : 'the 3/4 rule refuses SYNs before the SYN queue is full; pass a larger --max-syn-backlog';

const DROPPED = 'every SYN beyond the SYN queue is dropped';
const ANSWERED = 'every SYN beyond the SYN queue is answered with a SYN cookie';

/** Undefined where the queue took everybody in: then nothing was decided. */
const fate = (dropped: number, beyond: number): string | undefined => {
  if (beyond <= 0) return undefined;
  if (dropped === 0) return ANSWERED;
  return dropped === beyond ? DROPPED : `${dropped} of ${beyond} SYNs are dropped`;
};

function fateByCounters(seen: Observations, beyond: number): string | undefined {
  const cookies = growth(seen, 'server', 'SyncookiesSent');
  // A kernel before 3.1 has no such counter, and tells by its cookies alone.
  const dropped = growth(seen, 'server', 'TCPReqQFullDrop') ?? difference(beyond, cookies);
  if (cookies === undefined || dropped === undefined) return undefined;
  return cookies + dropped === beyond
    ? fate(dropped, beyond)
    : `${cookies} SYN cookies and ${dropped} drops for ${beyond} SYNs`;
}

/** 002-c */
export const cookiesDecide: Claim = {
  id: '002-c',
  document: '002',
  statement:
    'When the SYN queue is full, a SYN is dropped without SYN cookies and is not dropped with them.',
  notExercisedBecause: notFullFirst,
  judge: (seen, prediction) => {
    const { syncookies } = settingsOf(seen.plan.parameters, prediction);
    const held = synQueueLengthAt(closing(seen));
    const beyond = difference(attemptsMade(seen), held);
    const drops = listenerDrops(seen);
    return decide({
      documented: `tcp_syncookies ${syncookies}: ${syncookies === 0 ? DROPPED : ANSWERED}`,
      documentedValue: syncookies === 0 ? DROPPED : ANSWERED,
      statements:
        beyond === undefined
          ? []
          : [
              {
                witness: 'packets',
                of: 'SYNs without a SYN-ACK',
                value: fate(refusedSyns(seen), beyond),
              },
              {
                witness: 'counters',
                of: 'TCPReqQFullDrop and SyncookiesSent',
                value: fateByCounters(seen, beyond),
              },
              {
                witness: 'sockets',
                of: 'drops of the listener',
                value: drops === undefined ? undefined : fate(drops, beyond),
              },
            ],
    });
  },
};

const DROPS_ALONE = 'each counts in ListenDrops, none in ListenOverflows';

const countedWords = (drops: number, overflows: number, refused: number): string =>
  drops === refused && overflows === 0
    ? DROPS_ALONE
    : `${drops} in ListenDrops, ${overflows} in ListenOverflows for ${refused} SYNs`;

/** What was counted, and as how many of them as overflows, against some refused SYNs. */
function counted(
  drops: number | undefined,
  overflows: number | undefined,
  refused: number | undefined,
): string | undefined {
  return drops === undefined || overflows === undefined || refused === undefined
    ? undefined
    : countedWords(drops, overflows, refused);
}

/** Refused SYNs are known from packets, and from the socket table; both are held against counters. */
function countedSyns(seen: Observations): readonly Statement[] {
  const refused = refusedSyns(seen);
  const withoutRow = difference(attemptsMade(seen), synQueueLengthAt(closing(seen)));
  const drops = growth(seen, 'server', 'ListenDrops');
  const overflows = growth(seen, 'server', 'ListenOverflows');
  const text = netstatGrowth(seen);
  return [
    {
      witness: 'counters',
      of: `ListenDrops and ListenOverflows for ${refused} refused SYNs`,
      value: counted(drops, overflows, refused),
    },
    {
      witness: 'counters',
      of: '"SYNs to LISTEN sockets dropped" of netstat -s',
      value: counted(text?.dropped, text?.overflowed, refused),
    },
    {
      witness: 'counters',
      of: 'TCPReqQFullDrop, which counts full SYN queues alone',
      value: counted(growth(seen, 'server', 'TCPReqQFullDrop'), overflows, refused),
    },
    {
      witness: 'sockets',
      of: 'both counters for clients without a SYN-RECV row',
      value: counted(drops, overflows, withoutRow),
    },
    {
      witness: 'sockets',
      of: 'drops of the listener',
      value: counted(listenerDrops(seen), overflows, refused),
    },
  ];
}

const withoutCookies = (parameters: Parameters, prediction: Prediction): string | null =>
  settingsOf(parameters, prediction).syncookies === 0
    ? null
    : 'with SYN cookies no SYN is dropped; pass --syncookies 0';

/** 002-g, where only the SYN queue overflows. */
export const dropsCountTheSynQueue: Claim = {
  id: '002-g (SYN queue)',
  document: '002',
  statement:
    '"SYNs to LISTEN sockets dropped" counts the overflows of the SYN queue, and "times the listen queue of a socket overflowed" does not.',
  notExercisedBecause: (parameters, prediction) =>
    withoutCookies(parameters, prediction) ?? notFullFirst(parameters, prediction),
  judge: (seen) => {
    const refused = refusedSyns(seen);
    return decide({
      documented: `of ${refused} SYNs for a full SYN queue ${DROPS_ALONE}`,
      documentedValue: DROPS_ALONE,
      statements: countedSyns(seen),
      otherRules: [
        {
          rule: KERNEL_RULES.everyDroppedSynCounted,
          value: countedWords(0, 0, refused),
        },
      ],
    });
  },
};

const FULL = 'SYNs are dropped because the SYN queue is full';
const ROOM = 'SYNs are dropped while the SYN queue has room';

function reasonByCounters(seen: Observations): string | undefined {
  const drops = growth(seen, 'server', 'ListenDrops');
  const full = growth(seen, 'server', 'TCPReqQFullDrop');
  if (drops === undefined || full === undefined || drops === 0) return undefined;
  if (full === 0) return ROOM;
  return full === drops ? FULL : `TCPReqQFullDrop ${full} of ${drops} ListenDrops`;
}

function reasonBySockets(seen: Observations): string | undefined {
  const held = synQueueLengthAt(closing(seen));
  const limit = closing(seen)?.listener?.acceptQueueLimit;
  if (held === undefined || limit === undefined) return undefined;
  return held < limit ? ROOM : FULL;
}

/** 002-g, where only the 3/4 rule refuses SYNs: ListenDrops says nothing of the SYN queue then. */
export const dropsWithoutAFullQueue: Claim = {
  id: '002-g (3/4 rule)',
  document: '002',
  statement: '"SYNs to LISTEN sockets dropped" counts the overflows of the SYN queue.',
  notExercisedBecause: (parameters, prediction) => {
    const cookies = withoutCookies(parameters, prediction);
    if (cookies !== null) return cookies;
    return boundBy(parameters, prediction) === 'three-quarters'
      ? nothingOverflows(parameters, prediction)
      : 'the SYN queue is full before the 3/4 rule refuses a SYN; pass a smaller --max-syn-backlog';
  },
  judge: (seen) =>
    decide({
      documented: FULL,
      documentedValue: FULL,
      statements: [
        {
          witness: 'counters',
          of: 'TCPReqQFullDrop beside ListenDrops',
          value: reasonByCounters(seen),
        },
        {
          witness: 'sockets',
          of: 'SYN-RECV rows against the limit of the listener',
          value: reasonBySockets(seen),
        },
      ],
      otherRules: [{ rule: KERNEL_RULES.synRefusedAtThreeQuarters, value: ROOM }],
    }),
};
