/** What is judged of a kernel probe: 000-f for a dropped final ACK, and for a refused SYN. */
import type { Observations } from '../domain/observations.ts';
import type { Parameters } from '../domain/parameters.ts';
import type { Prediction } from '../domain/prediction.ts';
import type { Claim } from '../domain/scenario.ts';
import type { Finding } from '../domain/verdict.ts';
import { probeWaves } from '../kernel/predict-probe.ts';
import { KERNEL_RULES } from '../kernel/rules.ts';
import { growth, refusedSyns } from '../verdict/figures.ts';
import { difference } from '../verdict/law.ts';
import { decide, type Question } from '../verdict/testimony.ts';
import {
  crossTestimonies,
  ignoredFinalAcks,
  otherDropEvents,
  overflowEventName,
  overflowEvents,
  traceObstacle,
} from '../verdict/trace-figures.ts';

/** A probe is compared with witnesses that do not need it; what it cannot tell decides nothing. */
function decideByTrace(seen: Observations, question: Question): Finding {
  const testimonies = crossTestimonies(seen);
  const { documented } = question;
  const obstacle = traceObstacle(seen);
  if (obstacle !== undefined) return { kind: 'inconclusive', documented, ...obstacle, testimonies };
  const finding = decide(question);
  return { ...finding, testimonies: [...finding.testimonies, ...testimonies] };
}

function notSilent({ sendBytes, keepAliveMs }: Parameters): string | null {
  return sendBytes > 0 || keepAliveMs !== null
    ? 'the clients are not silent: their other segments are dropped like final ACKs'
    : null;
}

/** Undefined where there was nothing to see. */
const seenOf = (events: number, drops: number | undefined): string | undefined =>
  drops === undefined ? undefined : `${events} of ${drops} seen`;

const lateClients = ({ clients }: Parameters, { acceptQueueLimit }: Prediction): number =>
  probeWaves(clients, acceptQueueLimit).late;

export const droppedAckSeen: Claim = {
  id: '000-f',
  document: '000',
  statement: 'A kernel probe sees inside the kernel how the final ACK of a handshake is dropped.',
  notExercisedBecause: (parameters, prediction) =>
    lateClients(parameters, prediction) < 2
      ? 'no final ACK is dropped: pass --backlog 2 or more and --clients twice as many and one'
      : notSilent(parameters),
  judge: (seen) => {
    const events = overflowEvents(seen);
    const dropped = ignoredFinalAcks(seen);
    const overflows = growth(seen, 'server', 'ListenOverflows');
    return decideByTrace(seen, {
      documented: `the probe sees each of the ${dropped} dropped final ACKs`,
      documentedValue: `${dropped} of ${dropped} seen`,
      statements: [
        {
          witness: 'packets',
          of: `${overflowEventName(seen)} of the ACKs without effect`,
          value: seenOf(events, dropped),
        },
        {
          witness: 'counters',
          of: `${overflowEventName(seen)} of ListenOverflows − refused SYNs`,
          value: seenOf(events, difference(overflows, refusedSyns(seen))),
        },
      ],
    });
  },
};

export const refusedSynSeen: Claim = {
  id: '000-f (refused SYN)',
  document: '000',
  statement:
    'A kernel probe sees inside the kernel how the SYN for a full accept queue is dropped.',
  notExercisedBecause: (parameters, { acceptQueueLimit }) =>
    probeWaves(parameters.clients, acceptQueueLimit).refused === 0
      ? `no SYN is refused: pass --clients ${2 * acceptQueueLimit + 1} or more`
      : notSilent(parameters),
  judge: (seen) => {
    const events = otherDropEvents(seen);
    const refused = refusedSyns(seen);
    const overflows = growth(seen, 'server', 'ListenOverflows');
    return decideByTrace(seen, {
      documented: `the probe sees each of the ${refused} refused SYNs`,
      documentedValue: `${refused} of ${refused} seen`,
      statements: [
        {
          witness: 'packets',
          of: 'other kfree_skb events of the SYNs without SYN-ACK',
          value: seenOf(events, refused),
        },
        {
          witness: 'counters',
          of: 'other kfree_skb events of ListenOverflows − ACKs without effect',
          value: seenOf(events, difference(overflows, ignoredFinalAcks(seen))),
        },
      ],
      otherRules: [{ rule: KERNEL_RULES.refusedSynIsNoDropEvent, value: `0 of ${refused} seen` }],
    });
  },
};
