import type { Observations } from '../domain/observations.ts';
import type { Prediction, Range } from '../domain/prediction.ts';
import type { Finding, KernelRule, Obstacle, Testimony } from '../domain/verdict.ts';
import { isDue } from '../kernel/schedules.ts';
import { fooledBySockets } from './closed-connections.ts';
import {
  answeredConnections,
  clientsThat,
  closing,
  fooledClients,
  growth,
  refusedConnections,
  refusedSyns,
  synQueueLengthAt,
} from './figures.ts';
import { holdsSynAcksBack } from './plan-facts.ts';
import { synQueueHeld } from './syn-queue-figures.ts';
import { forgottenOffSchedule, synAcksOffSchedule } from './synack-schedule.ts';

/** One predicted figure beside what each witness measured. */
export interface Comparison {
  readonly figure: string;
  readonly predicted: Range;
  readonly measured: readonly {
    readonly witness: Testimony['witness'];
    readonly of: string;
    readonly value: number;
  }[];
  readonly holds: boolean;
}

type Measurement = readonly [Testimony['witness'], of: string, value: number | undefined];

/** Every figure of the prediction that this evidence can measure. */
export function comparePrediction(
  seen: Observations,
  predicted: Prediction,
): readonly Comparison[] {
  const listener = closing(seen)?.listener;
  const passiveOpens = growth(seen, 'server', 'PassiveOpens');
  const comparisons = [
    compare('accept-queue limit', predicted.acceptQueueLimit, [
      ['sockets', 'Send-Q of the listener', listener?.acceptQueueLimit],
      ['server', 'last limit it announced', seen.announcedLimits.at(-1)],
    ]),
    compare('accept-queue length', predicted.acceptQueueLength, [
      ['sockets', 'Recv-Q of the listener', listener?.acceptQueueLength],
      ['counters', 'PassiveOpens − accepted', minus(passiveOpens, seen.accepted)],
    ]),
    compare('SYN-queue length', predicted.synQueueLength, [
      ['sockets', 'SYN-RECV rows', synQueueLengthAt(closing(seen))],
      ['packets', 'SYNs answered without a SYN cookie', requestsByPackets(seen)],
    ]),
    compare('clients connected', predicted.connected, [
      ['clients', 'outcomes', clientsThat(seen, 'connected')],
      ['packets', 'connections with a SYN-ACK', connectedByPackets(seen)],
    ]),
    compare('clients timed out', predicted.timedOut, [
      ['clients', 'outcomes', clientsThat(seen, 'timed-out')],
    ]),
    compare('clients refused', predicted.refused === undefined ? 0 : predicted.refused, [
      ['clients', 'outcomes', clientsThat(seen, 'refused')],
      ['packets', 'SYNs answered with RST', refusedConnections(seen)],
    ]),
    compare('clients fooled', predicted.fooled, [
      ['counters', 'connected − PassiveOpens − EmbryonicRsts', fooledClients(seen)],
      ['sockets', 'client’s rows that the server lacks', fooledBySockets(seen)],
    ]),
    compare('refused SYNs', predicted.refusedSyns, [
      ['packets', 'SYNs without a SYN-ACK', refusedSyns(seen)],
    ]),
    compare('repeated SYNs off schedule', 0, [
      ['packets', 'SYNs not due when they left', synsOffSchedule(seen, predicted)],
    ]),
    compareIfFixed('repeated SYN-ACKs off schedule', [
      ['packets', 'SYN-ACKs not due when they left', synAcksOffSchedule(seen, predicted)],
    ]),
    compareIfFixed('requests forgotten off schedule', [
      ['sockets', 'SYN-RECV rows over time', forgottenOffSchedule(seen, predicted)],
    ]),
    compare('ETIMEDOUT off schedule', 0, [
      ['clients', 'attempts that the kernel ended', giveUpsOffSchedule(seen, predicted)],
    ]),
  ];
  return comparisons.flatMap((comparison) => comparison ?? []);
}

/** A SYN-ACK connects a client, unless it is held back behind the wire. */
const connectedByPackets = (seen: Observations): number | undefined =>
  holdsSynAcksBack(seen.plan) ? undefined : answeredConnections(seen);

/** While nobody finishes a handshake, whoever was answered without a cookie is in the SYN queue. */
const requestsByPackets = (seen: Observations): number | undefined =>
  holdsSynAcksBack(seen.plan) && clientsThat(seen, 'connected') === 0
    ? synQueueHeld(seen).packets
    : undefined;

/** SYNs that lie elsewhere than the kernel's timers put them, counted from the attempt's first. */
const synsOffSchedule = (seen: Observations, { synTimesMs }: Prediction): number =>
  seen.connections.flatMap(({ syns }) =>
    syns.filter(({ atMs }, index) => !isDue(atMs - (syns[0]?.atMs ?? atMs), synTimesMs[index])),
  ).length;

const giveUpsOffSchedule = (seen: Observations, { connectGivesUpMs }: Prediction): number =>
  seen.clients.filter(
    ({ outcome }) =>
      outcome.kind === 'timed-out' &&
      outcome.by === 'kernel' &&
      !isDue(outcome.afterMs, connectGivesUpMs),
  ).length;

const exactly = (value: number): Range => ({ least: value, most: value });

const minus = (left: number | undefined, right: number | undefined): number | undefined =>
  left === undefined || right === undefined ? undefined : left - right;

function compare(
  figure: string,
  expected: Range | number | null,
  measurements: readonly Measurement[],
): Comparison | undefined {
  // What no rule of the kernel fixes is not compared.
  if (expected === null) return undefined;
  const predicted = typeof expected === 'number' ? exactly(expected) : expected;
  const measured = measurements.flatMap(([witness, of, value]) =>
    value === undefined ? [] : [{ witness, of, value }],
  );
  const inside = measured.every(({ value }) => predicted.least <= value && value <= predicted.most);
  return { figure, predicted, measured, holds: measured.length > 0 && inside };
}

/** A figure that must be 0 wherever a rule of the kernel fixes it. */
const compareIfFixed = (
  figure: string,
  measurements: readonly Measurement[],
): Comparison | undefined =>
  compare(figure, measurements.some(([, , value]) => value !== undefined) ? 0 : null, measurements);

export interface Candidate {
  readonly prediction: Prediction;
  /** The rule by which this candidate differs from what the release suggests. */
  readonly rule: KernelRule;
}

/**
 * The claim that stands beside every scenario's documented ones: the kernel does what its rules
 * say. When it does not, but another known kernel's rules say exactly this, the kernel carries a
 * backport (or lacks one), and the rule is named.
 */
export function judgePrediction(
  seen: Observations,
  predicted: Prediction,
  candidates: readonly Candidate[],
): Finding {
  const comparisons = comparePrediction(seen, predicted);
  const missed = comparisons.filter(({ holds }) => !holds);
  const found = {
    documented: `${comparisons.length} figures predicted for kernel ${seen.surroundings.kernelRelease}`,
    observed:
      missed.length === 0
        ? `all ${comparisons.length} measured as predicted`
        : missed.map(describeMiss).join('; '),
    testimonies: comparisons.flatMap(({ figure, measured }) =>
      measured.map(({ witness, of, value }) => ({ witness, says: `${figure} (${of}): ${value}` })),
    ),
  };
  const undecided = undecidedBecause(comparisons);
  if (undecided) {
    const { documented, testimonies } = found;
    return { kind: 'inconclusive', documented, ...undecided, testimonies };
  }
  if (missed.length === 0) return { kind: 'confirmed', ...found };
  const late = lateTimers(seen, predicted);
  if (late)
    return {
      kind: 'inconclusive',
      documented: found.documented,
      ...late,
      testimonies: found.testimonies,
    };
  const other = candidates.find(({ prediction }) =>
    comparePrediction(seen, prediction).every(({ holds }) => holds),
  );
  return other === undefined
    ? { kind: 'contradicted', ...found }
    : { kind: 'outdated', ...found, rule: other.rule };
}

/** Clients whose own timer fired so late that one SYN more was due by then: not the kernel's doing. */
function lateTimers(seen: Observations, { synTimesMs }: Prediction): Obstacle | undefined {
  const timeoutOf = new Map(
    seen.plan.steps.flatMap((step) =>
      step.kind === 'connect' ? [[step.wave, step.behaviour.connectTimeoutMs] as const] : [],
    ),
  );
  const late = seen.clients.flatMap(({ wave, outcome }) => {
    const timeoutMs = timeoutOf.get(wave);
    if (outcome.kind !== 'timed-out' || outcome.by === 'kernel' || timeoutMs === undefined)
      return [];
    const { afterMs } = outcome;
    return synTimesMs.some((dueMs) => timeoutMs < dueMs && dueMs <= afterMs)
      ? [afterMs - timeoutMs]
      : [];
  });
  if (late.length === 0) return undefined;
  const most = late.reduce((left, right) => Math.max(left, right));
  return {
    reason: `the own timers of ${late.length} clients fired up to ${most.toFixed(0)} ms late, after another SYN was due`,
    remedy:
      'pass fewer --clients or another --connect-timeout, or wait until the machine is less busy',
  };
}

/** A figure that nobody measured, or that two witnesses measured differently, decides nothing. */
function undecidedBecause(
  comparisons: readonly Comparison[],
): { readonly reason: string; readonly remedy: string } | undefined {
  const unmeasured = comparisons.filter(({ measured }) => measured.length === 0);
  if (unmeasured.length > 0) {
    return {
      reason: `nothing in the evidence measures: ${unmeasured.map(({ figure }) => figure).join(', ')}`,
      remedy: 'npm run repro -- doctor says which tools this machine lacks',
    };
  }
  const disputed = comparisons.filter(({ measured }) => differ(measured));
  if (disputed.length === 0) return undefined;
  return {
    reason: `the witnesses disagree: ${disputed.map(describeDispute).join('; ')}`,
    remedy: 'look at the run folder; a damaged or incomplete piece of evidence shows here',
  };
}

const differ = (measured: Comparison['measured']): boolean =>
  new Set(measured.map(({ value }) => value)).size > 1;

const describeDispute = ({ figure, measured }: Comparison): string =>
  `${figure}: ${measured.map(({ of, value }) => `${of} ${value}`).join(', ')}`;

const describeMiss = ({ figure, predicted, measured }: Comparison): string =>
  `${figure}: predicted ${describeRange(predicted)}, measured ${measured.map(({ value }) => value).join(' / ')}`;

export const describeRange = ({ least, most }: Range): string =>
  least === most ? `${least}` : `${least} to ${most}`;
