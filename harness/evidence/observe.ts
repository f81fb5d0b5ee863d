import {
  type Evidence,
  FILES,
  type RunStatus,
  type Sample,
  type TimelineEntry,
} from '../domain/evidence.ts';
import type {
  Counters,
  Observations,
  OwnServerSeen,
  QueueSample,
  StepTime,
} from '../domain/observations.ts';
import { CLOSING_SNAPSHOT, type RunPlan, type Step } from '../domain/plan.ts';
import type { LibraryStory } from '../domain/usual-clients.ts';
import { createEvidenceReader, type EvidenceReader, keepShaped } from './evidence-reader.ts';
import { clientProgramsOf, observeApplication } from './observe-application.ts';
import { observeCluster } from './observe-cluster.ts';
import { observeLibraries } from './observe-libraries.ts';
import {
  acceptedByOwnServer,
  observeOwnServer,
  settlePlan,
  takesIpv6,
} from './observe-own-server.ts';
import { observePackets } from './observe-packets.ts';
import { observeClients, observeServers, onOneClock } from './observe-programs.ts';
import { observeStatus, observeSurroundings, observeSysctls, readPlan } from './observe-run.ts';
import { counterGrowth, observeSnapshots } from './observe-snapshots.ts';
import { ledgerWindow, observeTime, type RunTime, readTimeline } from './observe-time.ts';
import { observeTiming } from './observe-timing.ts';
import { observeTrace } from './observe-trace.ts';
import { placeSample, SAMPLE_SHAPE } from './samples.ts';

const observeSteps = (timeline: readonly TimelineEntry[], time: RunTime): StepTime[] =>
  timeline.map((entry) => ({
    label: entry.label,
    startedAtMs: time.fromMonotonicMs(entry.startedMonotonicMs),
    endedAtMs: time.fromMonotonicMs(entry.endedMonotonicMs),
  }));

const carriedOut = ({ steps }: RunPlan, timeline: readonly TimelineEntry[]): readonly Step[] =>
  timeline.flatMap(({ step }) => steps[step] ?? []);

/** A run that says it is complete came to every step of its plan. */
const noteStepsLeftOut = (
  reader: EvidenceReader,
  { status }: RunStatus,
  { steps }: RunPlan,
  timeline: readonly TimelineEntry[],
): void => {
  if (status !== 'complete' || timeline.length === steps.length) return;
  reader.note(FILES.timeline, `It has ${timeline.length} of the plan's ${steps.length} steps.`);
};

const snapshotsWithNetstat = ({ steps }: RunPlan): ReadonlySet<string> =>
  new Set(
    steps.flatMap((step) => (step.kind === 'snapshot' && step.netstat === true ? [step.name] : [])),
  );

const observeSamples = (reader: EvidenceReader, time: RunTime): QueueSample[] =>
  keepShaped<Sample>(reader, FILES.samples, reader.lines(FILES.samples), SAMPLE_SHAPE).map(
    (sample) => placeSample(sample, time.fromMonotonicMs),
  );

/** What the server takes from then on is theirs, and no part of the books. */
const librariesComeAt = (timeline: readonly TimelineEntry[]): number | undefined =>
  timeline.find(({ kind }) => kind === 'connect-libraries')?.startedMonotonicMs;

const withLibraries = (libraries: readonly LibraryStory[]): Pick<Observations, 'libraries'> =>
  libraries.length === 0 ? {} : { libraries };

/** Where only some counters must stand still for a snapshot, the wire must too. */
const withSegments = (
  snapshots: Observations['snapshots'],
  timeline: readonly TimelineEntry[],
  segmentsAtMs: readonly number[],
  toMs: (monotonicMs: number) => number,
): Observations['snapshots'] =>
  new Map(
    [...snapshots].map(([name, snapshot]) => {
      const taken = timeline.find(({ kind, label }) => kind === 'snapshot' && label === name);
      const fromMs = toMs(taken?.stillFromMonotonicMs ?? -Infinity);
      const untilMs = toMs(taken?.stillUntilMonotonicMs ?? Infinity);
      const during = segmentsAtMs.filter((atMs) => fromMs <= atMs && atMs <= untilMs);
      return [name, { ...snapshot, segments: during.length }];
    }),
  );

/** Nothing that it says of itself, since it says nothing to us. */
function observeOwn(
  ownServer: OwnServerSeen | undefined,
  plan: RunPlan,
  grown: Counters,
  snapshots: Observations['snapshots'],
): Pick<Observations, 'accepted' | 'servers' | 'ownServer'> {
  const accepted = acceptedByOwnServer(grown, snapshots.get(CLOSING_SNAPSHOT), plan);
  return {
    accepted,
    servers: [{ kept: accepted, dropped: 0, receivedBytes: 0 }],
    ...(ownServer === undefined ? {} : { ownServer }),
  };
}

/**
 * What a run folder says, typed. The plan is needed: without it HarnessError EVIDENCE_UNREADABLE is
 * thrown. Any other file that is missing or broken is an entry of `problems`, and what it would
 * have told is left out.
 */
export const observe = (evidence: Evidence): Observations => {
  const plan = settlePlan(readPlan(evidence), evidence);
  const isOwn = plan.parameters.ownServer !== undefined;
  const ownServer = isOwn ? observeOwnServer(evidence) : undefined;
  const { family, port } = plan.network;
  const reader = createEvidenceReader(evidence);
  const timeline = readTimeline(reader);
  const time = observeTime(reader, timeline);
  const toMs = time.fromMonotonicMs;
  const status = observeStatus(reader);
  noteStepsLeftOut(reader, status, plan, timeline);
  const surroundings = observeSurroundings(reader);
  const cluster = observeCluster(reader, surroundings, timeline);
  const snapshots = observeSnapshots(reader, timeline, toMs, {
    family,
    port,
    netstatIn: snapshotsWithNetstat(plan),
    bothFamilies: ownServer !== undefined && takesIpv6(ownServer),
    ...(cluster === undefined ? {} : { interfaces: cluster.interfaces }),
    oneHost: surroundings.lacks?.some(({ what }) => what === 'two-hosts') === true,
  });
  const grown = counterGrowth(snapshots);
  const clients = observeClients(
    reader,
    evidence.keys(),
    toMs,
    cluster
      ? { processes: cluster.clients.length, clockOf: cluster.clockOf }
      : onOneClock(Math.max(1, clientProgramsOf(carriedOut(plan, timeline)))),
  );
  const application = observeApplication(reader, carriedOut(plan, timeline), toMs);
  const { segmentsAtMs, laterConnections, ...packets } = observePackets(
    reader,
    time,
    ledgerWindow(timeline),
    port,
  );
  const trace = observeTrace(evidence, timeline, toMs, port, clients);
  return {
    plan,
    surroundings,
    status,
    sysctls: observeSysctls(reader, plan),
    steps: observeSteps(timeline, time),
    clients,
    ...(application === undefined ? {} : { application }),
    ...(cluster === undefined ? {} : { cluster: cluster.clients }),
    ...packets,
    snapshots:
      cluster === undefined ? snapshots : withSegments(snapshots, timeline, segmentsAtMs, toMs),
    counters: grown,
    ...observeServers(reader, carriedOut(plan, timeline), librariesComeAt(timeline)),
    ...(isOwn ? observeOwn(ownServer, plan, grown.server, snapshots) : {}),
    ...withLibraries(observeLibraries(reader, carriedOut(plan, timeline), laterConnections)),
    samples: plan.sampleEveryMs > 0 ? observeSamples(reader, time) : [],
    ...(trace === undefined ? {} : { trace }),
    ...observeTiming(reader, evidence.has(FILES.timing), timeline),
    clockDriftMs: time.driftMs,
    // Last, because everything above may have added to it.
    problems: [...reader.problems],
  };
};
