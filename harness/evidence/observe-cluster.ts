import type {
  ClockComparison,
  ClusterClient,
  ClusterMember,
  ClusterRecord,
} from '../domain/cluster.ts';
import { FILES, type Surroundings, type TimelineEntry } from '../domain/evidence.ts';
import type { EvidenceReader } from './evidence-reader.ts';
import { EvidenceUnreadable } from './evidence-unreadable.ts';
import { shapeProblem } from './json-shape.ts';
import { readJsonObject } from './json-text.ts';

const MEMBER_SHAPE = {
  address: 'string',
  container: 'string',
  interface: 'string',
  kernelRelease: 'string',
  clockId: 'string',
  clocks: 'array',
} as const;

const CLOCK_SHAPE = {
  observerMonotonicMs: 'number',
  agentMonotonicMs: 'number',
  roundTripMs: 'number',
} as const;

const assertShaped = (value: unknown, shape: Parameters<typeof shapeProblem>[1]): void => {
  const problem = shapeProblem(value, shape);
  if (problem !== undefined) throw new EvidenceUnreadable(problem);
};

/** Monotonic milliseconds of the run's clock. */
interface Steps {
  readonly startedMs: number;
  readonly endedMs: number;
}

const stepsOf = (timeline: readonly TimelineEntry[]): Steps => ({
  startedMs: Math.min(...timeline.map(({ startedMonotonicMs }) => startedMonotonicMs)),
  endedMs: Math.max(...timeline.map(({ endedMonotonicMs }) => endedMonotonicMs)),
});

/** Between comparisons that enclose the steps every event of a client is interpolated. */
const assertCompared = ({ address, clocks }: ClusterMember, steps: Steps): void => {
  const [first] = clocks;
  const last = clocks.at(-1);
  if (first === undefined || last === undefined || first === last) {
    throw new EvidenceUnreadable(`The clock of ${address} was not compared twice.`);
  }
  if (!clocks.every(({ roundTripMs }) => roundTripMs >= 0)) {
    throw new EvidenceUnreadable(`The clock of ${address} was told before it was asked for.`);
  }
  if (first.observerMonotonicMs > steps.startedMs || last.observerMonotonicMs < steps.endedMs) {
    throw new EvidenceUnreadable(
      `The clock of ${address} was not compared before the first step and after the last one.`,
    );
  }
};

const readRecord = (text: string, steps: Steps): ClusterRecord => {
  const record = readJsonObject<ClusterRecord>(text, { listener: 'object', clients: 'array' });
  for (const member of [record.listener, ...record.clients]) {
    assertShaped(member, MEMBER_SHAPE);
    for (const clock of member.clocks) assertShaped(clock, CLOCK_SHAPE);
    assertCompared(member, steps);
  }
  return record;
};

/** Milliseconds by which an agent's clock is ahead of the run's. */
const aheadMs = ({ agentMonotonicMs, observerMonotonicMs }: ClockComparison): number =>
  agentMonotonicMs - observerMonotonicMs;

/**
 * The run's time of a moment by the agent's clock: as it is on the same machine, otherwise less the
 * difference of the clocks, which is interpolated between the comparisons.
 */
export const toRunClock = (
  { clocks }: Pick<ClusterMember, 'clocks'>,
  sameMachine: boolean,
): ((agentMonotonicMs: number) => number) => {
  const [first] = clocks;
  const last = clocks.at(-1);
  if (sameMachine || first === undefined || last === undefined) return (monotonicMs) => monotonicMs;
  const spanMs = last.agentMonotonicMs - first.agentMonotonicMs;
  const driftMs = aheadMs(last) - aheadMs(first);
  return (monotonicMs) => {
    const share = spanMs > 0 ? (monotonicMs - first.agentMonotonicMs) / spanMs : 0;
    return monotonicMs - aheadMs(first) - share * driftMs;
  };
};

const clientOf = (member: ClusterMember, listener: ClusterMember): ClusterClient => {
  const { address, kernelRelease, clockId, clocks } = member;
  const sameMachine = clockId === listener.clockId;
  const ahead = clocks.map(aheadMs);
  return {
    address,
    kernelRelease,
    sameMachine,
    clockUncertaintyMs: sameMachine
      ? 0
      : Math.max(...clocks.map(({ roundTripMs }) => roundTripMs / 2)),
    clockDriftMs: sameMachine ? 0 : Math.max(...ahead) - Math.min(...ahead),
  };
};

/** The names of the containers' interfaces to each other, in the order of the record. */
export interface Interfaces {
  readonly listener: string;
  readonly clients: readonly string[];
}

export interface ClusterSeen {
  readonly clients: readonly ClusterClient[];
  readonly interfaces: Interfaces;
  /** By the number of a swarm-<n>.jsonl: the run's monotonic time of the moments it tells. */
  readonly clockOf: (process: number) => (monotonicMs: number) => number;
}

/** The record is missing, which is noted: nothing is decided then. */
const UNKNOWN: ClusterSeen = {
  clients: [],
  interfaces: { listener: '', clients: [] },
  clockOf: () => (monotonicMs) => monotonicMs,
};

/** Undefined for a run on one machine of our own. */
export const observeCluster = (
  reader: EvidenceReader,
  { sandbox }: Surroundings,
  timeline: readonly TimelineEntry[],
): ClusterSeen | undefined => {
  if (sandbox !== 'cluster') return undefined;
  const record = reader.text(FILES.cluster, (text) => readRecord(text, stepsOf(timeline)));
  if (record === undefined) return UNKNOWN;
  const { listener, clients } = record;
  const clocks = clients.map((client) => toRunClock(client, client.clockId === listener.clockId));
  return {
    clients: clients.map((client) => clientOf(client, listener)),
    interfaces: {
      listener: listener.interface,
      clients: clients.map((client) => client.interface),
    },
    clockOf: (process) => clocks[process] ?? ((monotonicMs) => monotonicMs),
  };
};
