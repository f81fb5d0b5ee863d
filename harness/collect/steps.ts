import {
  CLOSING_SNAPSHOT,
  type Condition,
  clientsOfWave,
  OPENING_SNAPSHOT,
  type RunPlan,
  type Step,
} from '../domain/plan.ts';
import type { ClientPrograms } from './client-programs.ts';
import { monotonicMs } from './clock.ts';
import { describeCondition, lookerFor, type Watched } from './conditions.ts';
import { countersNow } from './counters.ts';
import type { RunCommand } from './hosts.ts';
import type { Libraries } from './libraries.ts';
import type { RunRecorder } from './run-recorder.ts';
import type { Server } from './server.ts';
import type { Site } from './site.ts';
import { type SnapshotTimes, takeSnapshot } from './snapshot.ts';
import type { Swarm } from './swarm.ts';
import { patiently, until, within } from './until.ts';

/** Everything a step may act on. */
export interface Bench {
  readonly plan: RunPlan;
  readonly site: Site;
  readonly swarm: Swarm;
  readonly clientPrograms: ClientPrograms;
  /** /proc/<pid>/net/tcp or tcp6 of the server, or both. */
  readonly tableFiles: readonly string[];
  readonly acceptQueueLength: () => number | undefined;
  readonly startServer: (step: StepOf<'start-server'>) => Promise<Server>;
  readonly run: RunCommand;
  readonly recorder: RunRecorder;
  readonly signal: AbortSignal;
  /** Rejects when anything that should live has died. */
  readonly unexpectedEnd: Promise<never>;
  /** By relay. */
  readonly servers: Map<number, Server>;
  readonly loadLibraries: (clients: StepOf<'load-libraries'>['clients']) => Promise<Libraries>;
  libraries?: Libraries;
  originMonotonicMs?: number;
  readonly countersAt: Map<string, ReadonlyMap<string, number>>;
}

export type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;

const LOOK_EVERY_MS = 10;
/** Looking at half-open handshakes walks the kernel's hash table, so they are looked at less often. */
const WALKS: readonly Condition['kind'][] = ['syn-queue-length', 'syn-acks-repeated'];
const WALK_EVERY_MS = 50;

/** Carries one step out; a snapshot returns when its counters stood still. */
export function carryOut(step: Step, bench: Bench): Promise<SnapshotTimes | undefined> {
  switch (step.kind) {
    case 'start-server':
      return startServer(step, bench);
    case 'server-command':
      return commandServer(step, bench);
    case 'snapshot':
      return snapshot(step, bench);
    case 'freeze':
      return freeze(step, bench);
    case 'gate':
      return bench.site.gate.set(step).then(nothing);
    case 'connect':
      return connect(step, bench);
    case 'await':
      return awaitCondition(step, bench);
    case 'set-sysctl':
      return bench.site.setSysctl(step).then(nothing);
    case 'send':
      return bench.swarm.send(step.wave, step.bytes).then(nothing);
    case 'stop-reconnecting':
      return bench.swarm.stopReconnecting().then(nothing);
    case 'load-libraries':
      return loadLibraries(step, bench);
    case 'connect-libraries':
      return connectLibraries(step, bench);
    case 'start-clients':
      return startClients(step, bench);
    case 'clients-command':
      return bench.clientPrograms.command(step.wave, step.command, step.deadlineMs).then(nothing);
    case 'release':
      return release(bench);
  }
}

const nothing = (): undefined => undefined;

async function startServer(step: StepOf<'start-server'>, bench: Bench): Promise<undefined> {
  bench.servers.set(step.relay ?? 0, await bench.startServer(step));
}

async function commandServer(step: StepOf<'server-command'>, bench: Bench): Promise<undefined> {
  await bench.servers.get(step.relay ?? 0)?.obey(step.command);
}

async function freeze(step: StepOf<'freeze'>, bench: Bench): Promise<undefined> {
  await bench.servers.get(0)?.own?.freeze(step.frozen);
}

/** How long a snapshot looks for a moment in which no counter moves. */
const STILLNESS_DEADLINE_MS = 2_000;

/** Programs at work never leave the counters still, and what is to be seen may be gone by then. */
const isAmongTraffic = ({ name }: StepOf<'snapshot'>, { steps }: RunPlan): boolean =>
  name !== OPENING_SNAPSHOT &&
  name !== CLOSING_SNAPSHOT &&
  steps.some(({ kind }) => kind === 'start-clients');

async function snapshot(step: StepOf<'snapshot'>, bench: Bench): Promise<SnapshotTimes> {
  const { site, plan, recorder, run } = bench;
  const stillWithinMs = isAmongTraffic(step, plan)
    ? 0
    : step.name === CLOSING_SNAPSHOT
      ? patiently(STILLNESS_DEADLINE_MS)
      : STILLNESS_DEADLINE_MS;
  const wanted = { ...step, stillWithinMs };
  const times = await takeSnapshot(wanted, site, plan.network.port, recorder, run);
  bench.countersAt.set(step.name, countersNow(site.server));
  return times;
}

async function connect(step: StepOf<'connect'>, bench: Bench): Promise<undefined> {
  bench.originMonotonicMs ??= monotonicMs();
  const limit = bench.servers.get(step.relay ?? 0)?.own?.acceptQueueLimit ?? 0;
  bench.swarm.connect({ ...step, clients: clientsOfWave(step, limit) });
}

async function startClients(step: StepOf<'start-clients'>, bench: Bench): Promise<undefined> {
  bench.originMonotonicMs ??= monotonicMs();
  bench.clientPrograms.start(step);
}

async function release({ swarm, clientPrograms }: Bench): Promise<undefined> {
  await Promise.all([swarm.release(), clientPrograms.release()]);
}

async function loadLibraries(step: StepOf<'load-libraries'>, bench: Bench): Promise<undefined> {
  bench.libraries = await bench.loadLibraries(step.clients);
}

async function connectLibraries(
  step: StepOf<'connect-libraries'>,
  bench: Bench,
): Promise<undefined> {
  bench.libraries?.connect(step.stopWaitingAfterMs);
}

function awaitCondition(step: StepOf<'await'>, bench: Bench): Promise<undefined> {
  const { condition } = step;
  const watched: Watched = {
    server: bench.site.server,
    servers: bench.servers,
    swarm: bench.swarm,
    libraries: bench.libraries,
    clientPrograms: bench.clientPrograms,
    port: bench.plan.network.port,
    tableFiles: bench.tableFiles,
    acceptQueueLength: bench.acceptQueueLength,
    countersAt: bench.countersAt,
  };
  const look = lookerFor(condition, watched);
  const wait = {
    for: describeCondition(condition),
    deadlineMs: step.deadlineMs,
    signal: bench.signal,
    seen: () => look().seen,
  };
  if (condition.kind === 'wave-settled') {
    return within(bench.swarm.settled(condition.wave), wait).then(nothing);
  }
  const every = WALKS.includes(condition.kind) ? WALK_EVERY_MS : LOOK_EVERY_MS;
  return until(() => look().reached, every, wait).then(nothing);
}

/** A step as the timeline and the progress line call it. */
export function describeStep(step: Step): string {
  switch (step.kind) {
    case 'start-server':
      return describeStart(step);
    case 'server-command':
      return `server: ${step.command.command}`;
    case 'freeze':
      return step.frozen ? 'freeze the server' : 'let the server go on';
    case 'snapshot':
      return step.name;
    case 'gate':
      return `${step.closed ? 'close' : 'open'} the gate`;
    case 'connect':
      return `${step.beyondPlaces === true ? 'places + ' : ''}${step.clients} clients connect (${step.arrivals.kind})`;
    case 'await':
      return `wait for ${describeCondition(step.condition)}`;
    case 'start-clients':
      return `start ${step.program} (${step.wave})`;
    case 'clients-command':
      return `${step.wave}: ${step.command.command}`;
    case 'set-sysctl':
      return `${step.host}: ${step.key}=${step.value}`;
    case 'send':
      return `wave '${step.wave}' sends ${step.bytes} bytes`;
    case 'stop-reconnecting':
      return 'clients stop reconnecting';
    case 'load-libraries':
      return `load ${step.clients.length} client libraries`;
    case 'connect-libraries':
      return 'client libraries connect';
    case 'release':
      return 'clients let go';
  }
}

function describeStart({ own, backlog }: StepOf<'start-server'>): string {
  if (own) return 'start your server';
  return `listen ${backlog === null ? 'without a backlog' : `with backlog ${backlog}`}`;
}
