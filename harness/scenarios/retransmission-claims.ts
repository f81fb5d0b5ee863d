/** What is judged of the times at which an unanswered SYN is repeated: 001-i. */
import type { Observations } from '../domain/observations.ts';
import type { Parameters } from '../domain/parameters.ts';
import type { Prediction } from '../domain/prediction.ts';
import type { Claim } from '../domain/scenario.ts';
import type { KernelRule } from '../domain/verdict.ts';
import { KERNEL_RULES } from '../kernel/rules.ts';
import { isDue, retransmissionTolerance, synTimesMs } from '../kernel/schedules.ts';
import { foundOn } from '../verdict/figures.ts';
import { decide } from '../verdict/testimony.ts';
import { plannedSysctl } from './parts.ts';

const SYN_RETRIES = 'net.ipv4.tcp_syn_retries';
/** The snapshot before the clients come that are refused. */
export const FULL = 'full';
export const SYN_LINEAR_TIMEOUTS = 'net.ipv4.tcp_syn_linear_timeouts';

/** A way of repeating SYNs that some kernel has. */
interface KnownSchedule {
  /** Names it: the first of its times. */
  readonly words: string;
  readonly repeatedMs: readonly number[];
  /** When connect(2) fails; faulty generations of kernels fail earlier than others. */
  readonly givesUpMs: readonly number[];
  /** Absent: the document's own. */
  readonly rule?: KernelRule;
}

const GIVE_UPS = ['full-schedule', 'counts-200ms-base', 'one-step-early'] as const;
/** More repetitions than anybody waits for. */
const MANY = 10;
/** So many times name a schedule, after the linear ones. */
const TOLD = 3;

function scheduleOf(
  initialRtoMs: 3000 | 1000,
  linear: number,
  synRetries: number,
): Omit<KnownSchedule, 'rule'> {
  const timesFor = (retries: number, connectGiveUp: (typeof GIVE_UPS)[number]) =>
    synTimesMs({
      rules: { initialRtoMs, connectGiveUp, linearSynTimeouts: true },
      synRetries: retries,
      synLinearTimeouts: linear,
    });
  const [, ...repeatedMs] = timesFor(MANY, 'full-schedule').timesMs;
  const told = repeatedMs.slice(0, linear + TOLD).map((ms) => ms / 1_000);
  return {
    words: `repeated after ${told.join(', ')} ... s`,
    repeatedMs,
    givesUpMs: GIVE_UPS.map((giveUp) => timesFor(synRetries, giveUp).givesUpMs),
  };
}

/** The document's first. A prefix that several share is told as the first of them. */
function knownSchedules(seen: Observations): readonly KnownSchedule[] {
  const retries = Number(
    foundOn(seen, 'client', SYN_RETRIES) ??
      plannedSysctl(seen.plan.parameters, 'client', SYN_RETRIES),
  );
  const linear = Number(foundOn(seen, 'client', SYN_LINEAR_TIMEOUTS) ?? 0);
  return [
    scheduleOf(3_000, 0, retries),
    { ...scheduleOf(1_000, 0, retries), rule: KERNEL_RULES.initialRtoOneSecond },
    ...(linear === 0
      ? []
      : [{ ...scheduleOf(1_000, linear, retries), rule: KERNEL_RULES.linearSynTimeouts }]),
  ];
}

/** When something was seen again, counted from its first time: somewhere between these two moments. */
interface Again {
  readonly fromMs: number;
  readonly toMs: number;
}

const fits = ({ fromMs, toMs }: Again, dueMs: number | undefined): boolean => {
  if (dueMs === undefined) return false;
  const { earlyMs, lateMs } = retransmissionTolerance(dueMs);
  return dueMs - earlyMs <= toMs && fromMs <= dueMs + lateMs;
};

const seconds = (ms: number): string => (ms / 1_000).toFixed(2);

const UNKNOWN = 'repeated when no known kernel repeats it';

/** The first schedule that explains all; undefined where nothing was repeated. */
function explain(
  repeated: readonly (readonly Again[])[],
  known: readonly KnownSchedule[],
): string | undefined {
  if (repeated.every((times) => times.length === 0)) return undefined;
  const found = known.find(({ repeatedMs }) =>
    repeated.every((times) => times.every((again, index) => fits(again, repeatedMs[index]))),
  );
  return found?.words ?? UNKNOWN;
}

/** The times of the most patient client. */
function told(repeated: readonly (readonly Again[])[]): string {
  const [longest = []] = repeated.toSorted((left, right) => right.length - left.length);
  return longest.map(({ toMs }) => seconds(toMs)).join(', ');
}

const byPackets = (seen: Observations): readonly (readonly Again[])[] =>
  seen.connections
    .filter(({ syns: [first] }) => first !== undefined && first.answeredAtMs === undefined)
    .map(({ syns: [first, ...others] }) =>
      others.map(({ atMs }) => {
        const afterMs = atMs - (first?.atMs ?? atMs);
        return { fromMs: afterMs, toMs: afterMs };
      }),
    );

/** SYNs that leave together are refused within far less, and the next come after far more. */
const TOGETHER_MS = 500;

/**
 * ListenDrops as the sampler read it over time: each time it grows SYNs were refused, after the
 * last reading and before this one. Empty before 3.8, which counts no refused SYN.
 */
function refusalsBySamples(seen: Observations): readonly Again[] {
  const before = seen.snapshots.get(FULL);
  let lastDrops = before?.counters.server.get('ListenDrops');
  if (before === undefined || lastDrops === undefined) return [];
  let lastMs = before.atMs;
  const grown: Again[] = [];
  for (const { atMs, listenDrops } of seen.samples) {
    if (listenDrops === undefined || atMs < lastMs) continue;
    const isNew = atMs - (grown.at(-1)?.toMs ?? -Infinity) > TOGETHER_MS;
    if (listenDrops > lastDrops && isNew) grown.push({ fromMs: lastMs, toMs: atMs });
    lastMs = atMs;
    lastDrops = listenDrops;
  }
  return grown;
}

/** Readings that are as far apart as the closest repetitions tell nothing. */
const VAGUE_MS = 900;

/** Undefined where samples are so far apart that two schedules would fit. */
function bySamples(seen: Observations, known: readonly KnownSchedule[]): string | undefined {
  const refusals = refusalsBySamples(seen);
  const [first, ...others] = refusals;
  if (first === undefined) return undefined;
  if (refusals.some(({ fromMs, toMs }) => toMs - fromMs > VAGUE_MS)) return undefined;
  const again = others.map(({ fromMs, toMs }) => ({
    fromMs: fromMs - first.toMs,
    toMs: toMs - first.fromMs,
  }));
  return explain([again], known);
}

interface Ended {
  readonly afterMs: number;
  readonly dueIn: 'givesUpMs' | 'repeatedMs';
}

/** Given up by the kernel, or served late; what ended otherwise says nothing. */
function endsIn({ clients }: Observations): readonly Ended[] {
  return clients.flatMap(({ outcome }): readonly Ended[] => {
    if (outcome.kind === 'timed-out' && outcome.by === 'kernel') {
      return [{ afterMs: outcome.afterMs, dueIn: 'givesUpMs' }];
    }
    const isLate = outcome.kind === 'connected' && outcome.afterMs > TOGETHER_MS;
    return isLate ? [{ afterMs: outcome.afterMs, dueIn: 'repeatedMs' }] : [];
  });
}

/** Ends that only one of the schedules explains: given up by the kernel, or served late. */
function byClients(seen: Observations, known: readonly KnownSchedule[]): string | undefined {
  const ends = endsIn(seen);
  if (ends.length === 0) return undefined;
  const possible = known.filter((schedule) =>
    ends.every(({ afterMs, dueIn }) => schedule[dueIn].some((dueMs) => isDue(afterMs, dueMs))),
  );
  if (possible.length > 1) return undefined;
  return possible[0]?.words ?? UNKNOWN;
}

function notRepeated(parameters: Parameters, prediction: Prediction): string | null {
  const { acceptQueueCapacity, timedOut, synTimesMs: times } = prediction;
  if (parameters.clients <= acceptQueueCapacity) {
    return `nobody is refused: pass --clients ${acceptQueueCapacity + 1} or more`;
  }
  if (timedOut === 0 && prediction.refusedSyns?.most === 0) {
    return `this kernel answers the clients beyond the queue; pass --clients ${parameters.clients + 2}`;
  }
  const [, firstMs = 0] = times;
  return parameters.connectTimeoutMs < firstMs + retransmissionTolerance(firstMs).lateMs
    ? `the clients give up before a SYN is repeated; pass --connect-timeout 60s`
    : null;
}

export const repeatedAfterThreeSeconds: Claim = {
  id: '001-i',
  document: '001',
  statement: 'An unanswered SYN is repeated after 3 s, and again after 9 s.',
  notExercisedBecause: notRepeated,
  judge: (seen) => {
    const known = knownSchedules(seen);
    const [documented] = known;
    const repeated = byPackets(seen);
    return decide({
      documented: 'an unanswered SYN is repeated after 3 s and again after 9 s',
      documentedValue: documented?.words ?? '',
      statements: [
        {
          witness: 'packets',
          of: `SYNs of refused clients, again after ${told(repeated)} s`,
          value: explain(repeated, known),
        },
        {
          witness: 'counters',
          of: 'ListenDrops over time',
          value: bySamples(seen, known),
        },
        {
          witness: 'clients',
          of: 'ends that only one schedule explains',
          value: byClients(seen, known),
        },
      ],
      otherRules: known.flatMap(({ rule, words }) =>
        rule === undefined ? [] : [{ rule, value: words }],
      ),
    });
  },
};
