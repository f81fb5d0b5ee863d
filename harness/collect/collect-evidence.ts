import { type AppliedSysctl, FILES, type TimelineEntry } from '../domain/evidence.ts';
import type { RunPlan, Step } from '../domain/plan.ts';
import { HOSTS } from '../domain/tcp.ts';
import { startCapture } from './capture.ts';
import { monotonicMs, readClockAnchor } from './clock.ts';
import { gateOf } from './gate.ts';
import { commandRunner, type Laboratory, openLaboratory, type RunCommand } from './hosts.ts';
import type { RunRecorder } from './run-recorder.ts';
import { startSampler } from './sampler.ts';
import { startServer } from './server.ts';
import { type Bench, carryOut, describeStep } from './steps.ts';
import { processesFor, startSwarm } from './swarm.ts';
import { applySysctls } from './sysctls.ts';
import { startTrace } from './trace.ts';

export interface CollectOptions {
  readonly recorder: RunRecorder;
  readonly signal: AbortSignal;
  /** The tracing instance made for this run; null: no trace. */
  readonly traceInstance: string | null;
  readonly onStep: (label: string) => void;
}

/** Carries the plan out inside the sandbox. The only part of a run that touches the kernel. */
export async function collectEvidence(plan: RunPlan, options: CollectOptions): Promise<void> {
  const { recorder, signal } = options;
  const run = commandRunner(recorder, signal);
  const { family, port } = plan.network;

  options.onStep('two hosts and a wire');
  await using laboratory = await openLaboratory(plan.network, run, signal);
  // listen(2) reads somaxconn, so the sysctls come before the server.
  await applyAllSysctls(plan, laboratory, recorder, run);

  // The swarm's processes start beside tcpdump: each takes some tens of milliseconds.
  const swarmStarting = startSwarm(
    laboratory.client,
    { family, port, sourceAddresses: laboratory.clientAddresses },
    processesFor(plan.parameters.clients, plan.parameters.arrivals),
    recorder,
    signal,
  );
  swarmStarting.catch(() => undefined);
  await using capture = await startCapture(laboratory.server, port, recorder, signal);
  await using _trace =
    options.traceInstance === null
      ? nothingToDispose
      : await startTrace(options.traceInstance, port, recorder, run);
  await using swarm = await swarmStarting;
  await using _sampler = startSampler(
    laboratory.server,
    { family, everyMs: plan.sampleEveryMs },
    recorder,
  );
  await using server = ownServer();
  const bench: Bench = {
    plan,
    laboratory,
    swarm,
    gate: gateOf(laboratory.client, plan.network, run),
    startServer: async (backlog) =>
      server.started(
        await startServer(laboratory.server, { family, port, backlog }, recorder, signal),
      ),
    run,
    recorder,
    signal,
    unexpectedEnd: Promise.race([
      laboratory.unexpectedEnd,
      capture.unexpectedEnd,
      swarm.unexpectedEnd,
      server.unexpectedEnd,
    ]),
    countersAt: new Map(),
  };
  await carryOutAll(plan.steps, bench, options.onStep);
  await capture.finish();
}

const nothingToDispose: AsyncDisposable = { [Symbol.asyncDispose]: () => Promise.resolve() };

/** The server is started by a step, in the middle of the run, but stopped with everything else. */
function ownServer() {
  let owned: AsyncDisposable | undefined;
  let fail: (error: unknown) => void = () => undefined;
  const unexpectedEnd = new Promise<never>((_, reject) => {
    fail = reject;
  });
  unexpectedEnd.catch(() => undefined);
  return {
    unexpectedEnd,
    started: <S extends AsyncDisposable & { readonly unexpectedEnd: Promise<never> }>(
      server: S,
    ) => {
      owned = server;
      server.unexpectedEnd.catch((error: unknown) => fail(error));
      return server;
    },
    [Symbol.asyncDispose]: async () => owned?.[Symbol.asyncDispose](),
  };
}

async function applyAllSysctls(
  plan: RunPlan,
  laboratory: Laboratory,
  recorder: RunRecorder,
  run: RunCommand,
): Promise<void> {
  const applied: AppliedSysctl[] = [];
  await Promise.all(
    HOSTS.map(async (host) => {
      for (const requirement of ['pinned', 'required'] as const) {
        const wanted = plan.sysctls[requirement][host];
        applied.push(...(await applySysctls(laboratory[host], wanted, requirement, run)));
      }
    }),
  );
  recorder.write(FILES.sysctls, JSON.stringify(applied, null, 1));
}

/** The clock is written even when a step fails: the evidence up to then keeps its time axis. */
async function carryOutAll(
  steps: readonly Step[],
  bench: Bench,
  onStep: (label: string) => void,
): Promise<void> {
  const first = readClockAnchor();
  try {
    for (const [index, step] of steps.entries()) {
      onStep(describeStep(step));
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
