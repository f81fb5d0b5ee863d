import { existsSync } from 'node:fs';
import pLimit from 'p-limit';
import { FILES, type TimelineEntry } from '../domain/evidence.ts';
import type { RunPlan, Step } from '../domain/plan.ts';
import { startCapture } from './capture.ts';
import { clientPrograms } from './client-programs.ts';
import { monotonicMs, readClockAnchor } from './clock.ts';
import { commandRunner, type RunCommand } from './hosts.ts';
import { LateResources } from './late-resources.ts';
import { loadLibraries } from './libraries.ts';
import { startOwnServer } from './own-server.ts';
import { acceptQueueReader } from './queue-lengths.ts';
import type { RunRecorder } from './run-recorder.ts';
import { type SamplerOptions, startSampler } from './sampler.ts';
import { type Server, startServer } from './server.ts';
import type { OpenSite, Site } from './site.ts';
import { type Bench, carryOut, describeStep, type StepOf } from './steps.ts';
import { startSwarm } from './swarm.ts';
import { watchTiming } from './timing.ts';
import { startTrace } from './trace.ts';
import { within } from './until.ts';

export interface CollectOptions {
  readonly recorder: RunRecorder;
  readonly signal: AbortSignal;
  /** The tracing instance made for this run, once it is there; null: no trace. */
  readonly traceInstance: Promise<string | null>;
  readonly openSite: OpenSite;
  /** See `InsideOptions`. */
  readonly ownMachine?: boolean;
  readonly onStep: (label: string, waits: boolean) => void;
  /** Called when the run first waits for its clients: for work that should cost nobody time. */
  readonly onFirstWait: () => void;
}

/** Carries the plan out inside the sandbox. The only part of a run that touches the kernel. */
export async function collectEvidence(plan: RunPlan, options: CollectOptions): Promise<void> {
  const { recorder, signal } = options;
  const run = commandRunner(recorder, signal);

  await using _timing = options.ownMachine === true ? watchTiming(recorder) : nothingToDispose;
  options.onStep('two hosts and a wire', false);
  await using site = await options.openSite(plan, { recorder, run, signal });
  try {
    await experiment(plan, site, run, options);
    await site.conclude();
  } catch (error) {
    throw await site.causeOf(error);
  }
}

async function experiment(
  plan: RunPlan,
  site: Site,
  run: RunCommand,
  options: CollectOptions,
): Promise<void> {
  const { recorder, signal } = options;
  const { family, port } = plan.network;
  // listen(2) reads somaxconn, so the sysctls come before the server.
  const applied = await site.applySysctls(plan.sysctls);
  recorder.write(FILES.sysctls, JSON.stringify(applied, null, 1));

  const tableFiles = tablesOfListener(plan, site);
  const mostListeners = mostListenersOf(plan, site);
  // Programs start beside each other: a Node process takes some tens of milliseconds.
  const swarmStarting = startSwarm(site.swarm, family, recorder, signal);
  swarmStarting.catch(() => undefined);
  await using late = new LateResources();
  const startServerNow = serverStarter(
    plan,
    site,
    { tableFiles, mostListeners },
    late,
    run,
    options,
  );
  await using capture = await startCapture(site, port, recorder, signal);
  const traceInstance = await traceInstanceInTime(options);
  await using _trace =
    traceInstance === null
      ? nothingToDispose
      : await startTrace(traceInstance, plan, {
          recorder,
          run,
          ownMachine: options.ownMachine === true,
        });
  await using swarm = await swarmStarting;
  await using programs = clientPrograms(site.startClients, recorder, signal, late.fail);
  const bench: Bench = {
    loadLibraries: libraryLoader(site, late, options),
    plan,
    site,
    swarm,
    clientPrograms: programs,
    tableFiles,
    acceptQueueLength: acceptQueueReader(tableFiles, port, mostListeners),
    servers: new Map(),
    startServer: startServerNow,
    run,
    recorder,
    signal,
    unexpectedEnd: Promise.race([
      site.unexpectedEnd,
      capture.unexpectedEnd,
      swarm.unexpectedEnd,
      late.failure,
    ]),
    countersAt: new Map(),
  };
  await carryOutAll(plan.steps, bench, options);
  await capture.finish();
}

const hasOwnServer = ({ parameters }: RunPlan): boolean => parameters.ownServer !== undefined;

/** An own server may listen with an IPv6 socket that takes IPv4 too, or with one of each. */
function tablesOfListener(plan: RunPlan, { server: { procNet } }: Site): readonly string[] {
  if (hasOwnServer(plan)) {
    return [`${procNet}/tcp`, `${procNet}/tcp6`].filter((file) => existsSync(file));
  }
  return [`${procNet}/${plan.network.family === 4 ? 'tcp' : 'tcp6'}`];
}

/** An own server may listen on other ports too. */
const MOST_OWN_LISTENERS = 32;

const mostListenersOf = (plan: RunPlan, site: Site): number =>
  hasOwnServer(plan) ? MOST_OWN_LISTENERS : site.mostListeners;

/** Longer than its keeper waits for its turn: a busy machine must not cost a claim its witness. */
const TRACE_DEADLINE_MS = 10_000;

/** Few claims ask the trace, and they say so: a run does without one that does not come. */
function traceInstanceInTime({
  traceInstance,
  signal,
}: Pick<CollectOptions, 'traceInstance' | 'signal'>): Promise<string | null> {
  const wait = { deadlineMs: TRACE_DEADLINE_MS, signal, for: 'a tracing instance' };
  return within(traceInstance, { ...wait, seen: () => 'none' }).catch(() => {
    signal.throwIfAborted();
    return null;
  });
}

const nothingToDispose: AsyncDisposable = { [Symbol.asyncDispose]: () => Promise.resolve() };

/** A start is mostly work for a processor, of which there may be few. */
const STARTS_AT_ONCE = 4;

/**
 * How a step starts the server. Those with which a plan begins are started beside the other
 * programs already, a few at a time; their steps then only wait for them.
 */
function serverStarter(
  plan: RunPlan,
  { server: host, startServer: launch }: Site,
  looks: Pick<SamplerOptions, 'tableFiles' | 'mostListeners'>,
  late: LateResources,
  run: RunCommand,
  { recorder, signal }: CollectOptions,
): Bench['startServer'] {
  const start = (step: StepOf<'start-server'>): Promise<Server> =>
    step.own === undefined
      ? startServer(launch, { ...plan.network, ...step }, recorder, signal)
      : startOwnServer(step.own, plan.network, { host, run, recorder, signal });
  const together = pLimit(STARTS_AT_ONCE);
  const early = new Map(
    startsAtFirst(plan).map((step) => [step, together(() => start(step))] as const),
  );
  for (const starting of early.values()) starting.catch(() => undefined);
  let sampling = false;
  return async (step) => {
    const server = await (early.get(step) ?? start(step));
    late.own(server);
    if (!sampling && plan.sampleEveryMs > 0) {
      sampling = true;
      // Without a listener each look would walk the kernel's whole table.
      late.own(
        startSampler(
          host,
          { ...looks, port: plan.network.port, everyMs: plan.sampleEveryMs },
          recorder,
        ),
      );
    }
    server.unexpectedEnd.catch((error: unknown) => late.fail(error));
    return server;
  };
}

function startsAtFirst({ steps }: RunPlan): readonly StepOf<'start-server'>[] {
  const starts: StepOf<'start-server'>[] = [];
  for (const step of steps) {
    if (step.kind !== 'start-server') break;
    starts.push(step);
  }
  return starts;
}

const libraryLoader =
  (
    { startLibrary }: Site,
    late: LateResources,
    { recorder, signal }: CollectOptions,
  ): Bench['loadLibraries'] =>
  async (clients) => {
    const libraries = await loadLibraries(clients, startLibrary, recorder, signal);
    late.own(libraries);
    libraries.unexpectedEnd.catch((error: unknown) => late.fail(error));
    return libraries;
  };

/** The clock is written even when a step fails: the evidence up to then keeps its time axis. */
async function carryOutAll(
  steps: readonly Step[],
  bench: Bench,
  { onStep, onFirstWait }: Pick<CollectOptions, 'onStep' | 'onFirstWait'>,
): Promise<void> {
  const first = readClockAnchor();
  const firstWait = steps.findIndex(({ kind }) => kind === 'await');
  try {
    for (const [index, step] of steps.entries()) {
      onStep(describeStep(step), step.kind === 'await');
      if (index === firstWait) onFirstWait();
      await recordedStep(index, step, bench);
    }
  } finally {
    const clock = {
      originMonotonicMs: bench.originMonotonicMs ?? first.monotonicMs,
      anchors: [first, readClockAnchor()],
    };
    bench.recorder.write(FILES.clock, JSON.stringify(clock, null, 1));
  }
}

async function recordedStep(index: number, step: Step, bench: Bench): Promise<void> {
  bench.signal.throwIfAborted();
  const startedMonotonicMs = monotonicMs();
  const times = await Promise.race([carryOut(step, bench), bench.unexpectedEnd]);
  const entry: TimelineEntry = {
    step: index,
    kind: step.kind,
    label: describeStep(step),
    startedMonotonicMs,
    endedMonotonicMs: monotonicMs(),
    ...(times?.still === true
      ? {
          stillFromMonotonicMs: times.stillFromMonotonicMs,
          stillUntilMonotonicMs: times.stillUntilMonotonicMs,
        }
      : {}),
  };
  bench.recorder.appendLine(FILES.timeline, entry);
}
