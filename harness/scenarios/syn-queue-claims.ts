/** What is judged of a SYN queue that nobody leaves: 002-a, 002-b, 002-f (SYN queue), 001-g. */
import type { Observations } from '../domain/observations.ts';
import type { Parameters } from '../domain/parameters.ts';
import type { Prediction } from '../domain/prediction.ts';
import type { Claim } from '../domain/scenario.ts';
import type { Finding } from '../domain/verdict.ts';
import { oldSynQueueFormula } from '../kernel/queue-capacity.ts';
import { type SynQueueSettings, synQueueCandidates } from '../kernel/syn-queue-candidates.ts';
import { attemptsMade } from '../verdict/figures.ts';
import { synQueueHeld } from '../verdict/syn-queue-figures.ts';
import { decide, type Statement } from '../verdict/testimony.ts';
import { plannedSysctl } from './parts.ts';

/** What Node passes on to listen(2) when a program gives no backlog, or 0. */
export const NODE_BACKLOG = 511;

export const MAX_SYN_BACKLOG = 'net.ipv4.tcp_max_syn_backlog';
export const SYNCOOKIES = 'net.ipv4.tcp_syncookies';

export const settingsOf = (parameters: Parameters, prediction: Prediction): SynQueueSettings => ({
  limit: prediction.acceptQueueLimit,
  maxSynBacklog: plannedSysctl(parameters, 'server', MAX_SYN_BACKLOG),
  syncookies: plannedSysctl(parameters, 'server', SYNCOOKIES),
});

export const nothingOverflows = (
  { clients }: Parameters,
  { synQueueCapacity }: Prediction,
): string | null =>
  clients > synQueueCapacity
    ? null
    : `nothing overflows: ${clients} clients fit into the SYN queue's ${synQueueCapacity}; pass --clients ${synQueueCapacity + 1} or more`;

/** Three sides that each know how many requests the SYN queue holds. */
export function heldRequests(seen: Observations): readonly Statement[] {
  const { sockets, packets, counters } = synQueueHeld(seen);
  return [
    { witness: 'sockets', of: 'SYN-RECV rows', value: sockets },
    { witness: 'packets', of: 'SYNs answered without a SYN cookie', value: packets },
    { witness: 'counters', of: 'ActiveOpens − dropped SYNs − SYN cookies', value: counters },
  ];
}

/** A document's number for the length of the SYN queue. */
interface Length {
  readonly id: string;
  readonly document: Claim['document'];
  readonly statement: string;
  /** Why these parameters are not those of the document; else null. */
  readonly otherwise: (parameters: Parameters, prediction: Prediction) => string | null;
  readonly documented: (settings: SynQueueSettings) => {
    readonly value: number;
    readonly words: string;
  };
  /** `example`: a number that is true or not, whatever leads to it; else a formula is on trial. */
  readonly from: 'table of old kernels' | 'formula of its own' | 'example';
}

/** Who says that so many are held: ids of rules, or the document. */
function whoSays(length: Length, settings: SynQueueSettings, value: number): readonly string[] {
  const isDocuments = length.documented(settings).value === value;
  if (isDocuments && length.from === 'example') return [length.from];
  const claimed = isDocuments && length.from === 'formula of its own' ? ['the document'] : [];
  const ruled = synQueueCandidates(settings).flatMap((candidate) =>
    candidate.value === value ? [candidate.rule.id] : [],
  );
  return [...new Set([...claimed, ...ruled])];
}

const cannotTell = (value: number, who: readonly string[]): string =>
  `${value} is what ${who.join(' and ')} say alike`;

const OTHER_SETTINGS = 'pass another --backlog or --max-syn-backlog';

const lengthClaim = (length: Length): Claim => ({
  id: length.id,
  document: length.document,
  statement: length.statement,
  notExercisedBecause: (parameters, prediction) => {
    const otherwise = length.otherwise(parameters, prediction) ?? cookiesAlways(parameters);
    if (otherwise !== null) return otherwise;
    const { synQueueCapacity } = prediction;
    const who = whoSays(length, settingsOf(parameters, prediction), synQueueCapacity);
    return who.length > 1
      ? `${cannotTell(synQueueCapacity, who)}; ${OTHER_SETTINGS}`
      : nothingOverflows(parameters, prediction);
  },
  judge: (seen, prediction) => judgeLength(length, seen, prediction),
});

const cookiesAlways = (parameters: Parameters): string | null =>
  plannedSysctl(parameters, 'server', SYNCOOKIES) === 2
    ? 'with tcp_syncookies 2 the SYN queue is not used at all; pass --syncookies 0 or 1'
    : null;

function judgeLength(length: Length, seen: Observations, prediction: Prediction): Finding {
  const settings = settingsOf(seen.plan.parameters, prediction);
  const { value, words } = length.documented(settings);
  const finding = decide({
    documented: words,
    documentedValue: value,
    statements: heldRequests(seen),
    otherRules: synQueueCandidates(settings),
  });
  return finding.kind === 'inconclusive'
    ? finding
    : (undecided(length, settings, finding, attemptsMade(seen)) ?? finding);
}

/** One number may have several reasons, and a queue that held everybody may hold more. */
function undecided(
  length: Length,
  settings: SynQueueSettings,
  { documented, observed, testimonies }: Exclude<Finding, { kind: 'inconclusive' }>,
  attempts: number,
): Finding | undefined {
  const who = whoSays(length, settings, Number(observed));
  const open = { kind: 'inconclusive', documented, testimonies } as const;
  if (who.length > 1) {
    return { ...open, reason: cannotTell(Number(observed), who), remedy: OTHER_SETTINGS };
  }
  if (Number(observed) < attempts) return undefined;
  return {
    ...open,
    reason: `all ${attempts} SYNs are held, so the SYN queue may hold more`,
    remedy: 'pass more --clients',
  };
}

const always = (): null => null;

/** 002-a */
export const isPowerOfTwo = lengthClaim({
  id: '002-a',
  document: '002',
  statement:
    'The SYN queue is as long as the smaller of backlog and tcp_max_syn_backlog, at least 8, plus one and rounded up to a power of two.',
  otherwise: always,
  documented: ({ limit, maxSynBacklog }) => {
    const value = oldSynQueueFormula(limit, limit, maxSynBacklog);
    return {
      value,
      words: `roundup_pow_of_two(max(8, min(${limit}, ${maxSynBacklog})) + 1) = ${value} SYNs are held`,
    };
  },
  from: 'table of old kernels',
});

const EXAMPLE = { backlog: 128, maxSynBacklog: 64, holds: 128 } as const;

/** 002-b */
export const holdsAsInTheExample = lengthClaim({
  id: '002-b',
  document: '002',
  statement: 'With a backlog of 128 and tcp_max_syn_backlog 64 the SYN queue holds 128.',
  otherwise: (parameters) =>
    parameters.backlog === EXAMPLE.backlog &&
    plannedSysctl(parameters, 'server', MAX_SYN_BACKLOG) === EXAMPLE.maxSynBacklog
      ? null
      : `the document's example is --backlog ${EXAMPLE.backlog} --max-syn-backlog ${EXAMPLE.maxSynBacklog}`,
  documented: () => ({
    value: EXAMPLE.holds,
    words: `backlog ${EXAMPLE.backlog} and tcp_max_syn_backlog ${EXAMPLE.maxSynBacklog} hold ${EXAMPLE.holds} SYNs`,
  }),
  from: 'example',
});

/** 001-g */
export const isMaxSynBacklog = lengthClaim({
  id: '001-g',
  document: '001',
  statement: 'The SYN queue is as long as tcp_max_syn_backlog says, but at least 64.',
  otherwise: always,
  documented: ({ maxSynBacklog }) => ({
    value: Math.max(64, maxSynBacklog),
    words: `max(64, ${maxSynBacklog}) = ${Math.max(64, maxSynBacklog)} SYNs are held`,
  }),
  from: 'formula of its own',
});

const NODE_HOLDS = 512;

/** 002-f (SYN queue) */
export const nodeHolds512 = lengthClaim({
  id: '002-f (SYN queue)',
  document: '002',
  statement: `The SYN queue of a Node server that gives no backlog holds ${NODE_HOLDS}.`,
  otherwise: (_, { acceptQueueLimit }) =>
    acceptQueueLimit === NODE_BACKLOG
      ? null
      : `the server has not Node's own backlog; pass --backlog ${NODE_BACKLOG} --max-syn-backlog 4096`,
  documented: () => ({
    value: NODE_HOLDS,
    words: `a backlog of ${NODE_BACKLOG} holds ${NODE_HOLDS} SYNs`,
  }),
  from: 'example',
});
