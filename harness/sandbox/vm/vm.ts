/**
 * A virtual machine for each run, with the kernel that was asked for. The machine is the sandbox: it
 * has no network and no disk, and everything in it is gone when it ends. The plan goes in and the
 * evidence comes out by a serial port, so a run needs no privilege on this machine.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { FILES, type MachineRecord } from '../../domain/evidence.ts';
import type { InsideOptions } from '../../domain/inside.ts';
import type { RunPlan } from '../../domain/plan.ts';
import { harnessVersion } from '../../package-files.ts';
import { type Conversation, converse, failureOf } from '../converse.ts';
import type { CollectRequest, Sandbox } from '../sandbox.ts';
import { acceleratorsToTry, noteThatKvmFails } from './acceleration.ts';
import type { Preparing } from './debian-archive.ts';
import { ended, noNode, notStarted, notUnpacked } from './failures.ts';
import { EVIDENCE, TRACE_INSTANCE } from './guest-init.ts';
import { provideInitramfs } from './initramfs.ts';
import { inCache } from './kernel-cache.ts';
import { chooseKernel, type KernelSettings } from './kernel-choice.ts';
import type { Kernel } from './kernel-image.ts';
import { type Accelerator, machineCommand } from './machine.ts';
import { assertTools, runTool } from './tools.ts';

/** A boot takes about five seconds on an idle machine when it is emulated, and one when it is not. */
const START_DEADLINE_MS: Readonly<Record<Accelerator, number>> = { kvm: 20_000, tcg: 120_000 };
/** Emulated, programs take about ten times as long; most of a wait is the kernel's timers. */
const PATIENCE: Readonly<Record<Accelerator, number>> = { kvm: 1, tcg: 4 };
/** Beyond the longest wait of a plan: for starting programs, and for the evidence to be packed. */
const SILENCE_ALLOWED_MS = 120_000;

/** Throws `TOOL_MISSING`, `KERNEL_UNAVAILABLE`, `USAGE`. */
export async function openVmSandbox(
  settings: KernelSettings,
  preparing: Preparing,
): Promise<Sandbox> {
  assertTools(['qemu-system-x86_64', 'busybox', 'setpriv'], 'start a virtual machine');
  const { kernel, initramfs } = await inCache(async () => {
    const chosen = await chooseKernel(settings, preparing);
    return { kernel: chosen, initramfs: await provideInitramfs(chosen, preparing) };
  });
  const machine = { kernel, initramfs, memoryMib: settings.memoryMib, qemu: await qemuVersion() };
  return {
    kind: 'vm',
    kernelRelease: kernel.release,
    kernelVersion: kernel.version,
    mostRuns: mostMachines(settings.memoryMib),
    // What a kernel lacks only shows in it; the tools are in its file system.
    assertFit: () => undefined,
    collect: (request) => collectIn(machine, request),
  };
}

/** Each keeps a processor busy while it starts, and fills its memory. */
const mostMachines = (memoryMib: number): number => {
  const room = Math.floor(os.freemem() / 2 ** 20 / (memoryMib + QEMU_OWN_MIB));
  return Math.max(1, Math.min(MACHINES_PER_PROCESSOR * os.availableParallelism(), room));
};

const MACHINES_PER_PROCESSOR = 1;
const QEMU_OWN_MIB = 200;

/** For --dry-run, which neither fetches a kernel nor packs a file system. */
export const vmCommandLine = (
  { kernel = '<kernel>', memoryMib }: KernelSettings,
  folder: string,
): readonly string[] =>
  machineCommand(
    {
      kernel: { image: kernel },
      initramfs: '<initramfs>',
      accelerator: acceleratorsToTry()[0] ?? 'tcg',
      memoryMib,
      console: path.join(folder, FILES.console),
    },
    process.pid,
  );

interface Machine {
  readonly kernel: Kernel;
  readonly initramfs: string;
  readonly memoryMib: number;
  /** For example `QEMU 7.2.22`. */
  readonly qemu: string;
}

async function qemuVersion(): Promise<string> {
  const { stdout } = await runTool(['qemu-system-x86_64', '--version']);
  return `QEMU ${/version (\S+)/.exec(stdout)?.[1] ?? 'of unknown version'}`;
}

const FIRST_BOOT = 'start the machine';
const SECOND_BOOT = 'start the machine once more, for it did not come up';

/**
 * A machine that fails before its first process has said a word has measured nothing: it is started
 * again, once, or without hardware virtualisation if that was to blame. A run is never repeated.
 */
async function collectIn(machine: Machine, request: CollectRequest): Promise<void> {
  const [first = 'tcg', ...others] = acceleratorsToTry();
  const attempts: readonly Accelerator[] = [first, ...(others.length === 0 ? [first] : others)];
  let words = '';
  for (const [index, accelerator] of attempts.entries()) {
    request.onStep(index === 0 ? FIRST_BOOT : SECOND_BOOT, false);
    const boot = await bootWith({ ...machine, accelerator }, request);
    if (boot.startedAfterMs !== null) {
      return conclude(machine, { ...boot, accelerator, boots: index + 1 }, request);
    }
    request.signal.throwIfAborted();
    if (accelerator === 'kvm') noteThatKvmFails();
    words = boot.conversation.words;
  }
  throw notStarted(machine.kernel, request.folder, words);
}

interface Boot {
  readonly conversation: Conversation;
  /** Null: its kernel or its first process never came up. */
  readonly startedAfterMs: number | null;
  readonly collectedFromMs: number | null;
  readonly endedAfterMs: number;
}

async function bootWith(
  machine: Machine & { readonly accelerator: Accelerator },
  request: CollectRequest,
): Promise<Boot> {
  const { kernel, initramfs, accelerator, memoryMib } = machine;
  const console = path.join(request.folder, FILES.console);
  const planText = readFileSync(path.join(request.folder, FILES.plan));
  const begunMs = performance.now();
  const sinceBegun = (): number => Math.round(performance.now() - begunMs);
  const times: { started: number | null; collecting: number | null } = {
    started: null,
    collecting: null,
  };
  const conversation = await converse(
    {
      command: machineCommand({ kernel, initramfs, accelerator, memoryMib, console }, process.pid),
      opening: [
        gzipSync(planText).toString('base64'),
        JSON.stringify(insideOptions(machine, accelerator)),
      ],
      keeper: { instance: Promise.resolve(TRACE_INSTANCE), end: () => undefined },
      machine: {
        startWithinMs: START_DEADLINE_MS[accelerator],
        mostSilentMs:
          longestWaitMs(JSON.parse(planText.toString()) as RunPlan) * PATIENCE[accelerator] +
          SILENCE_ALLOWED_MS,
      },
      onReport: ({ event }) => {
        if (event === 'started' || event === 'no-node') times.started = sinceBegun();
        if (event === 'evidence') times.collecting = sinceBegun();
      },
    },
    request,
  );
  return {
    conversation,
    startedAfterMs: times.started,
    collectedFromMs: times.collecting,
    endedAfterMs: sinceBegun(),
  };
}

const longestWaitMs = ({ steps }: RunPlan): number =>
  Math.max(0, ...steps.map((step) => ('deadlineMs' in step ? step.deadlineMs : 0)));

const insideOptions = ({ kernel, qemu }: Machine, accelerator: Accelerator): InsideOptions => ({
  folder: EVIDENCE,
  callerNetworkNamespace: null,
  callerBootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
  sandbox: 'vm',
  privilege: 'root',
  harnessVersion: harnessVersion(),
  patience: PATIENCE[accelerator],
  ownMachine: true,
  engine: `${qemu} (${accelerator === 'kvm' ? 'KVM' : 'emulated'}), ${kernel.package ?? kernel.name}`,
});

/** Keeps what is known of the machine, and throws what ended the run, if it was not carried out. */
function conclude(
  { kernel, memoryMib, qemu }: Machine,
  boot: Boot & { readonly accelerator: Accelerator; readonly boots: number },
  request: CollectRequest,
): void {
  const { conversation, startedAfterMs, collectedFromMs, endedAfterMs, accelerator, boots } = boot;
  const record: MachineRecord = {
    schemaVersion: 1,
    kernel: kernel.name,
    ...(kernel.package === undefined ? {} : { package: kernel.package }),
    ...{ qemu, accelerator, memoryMib, boots },
    startedAfterMs: startedAfterMs ?? endedAfterMs,
    collectedFromMs: collectedFromMs ?? endedAfterMs,
    endedAfterMs,
  };
  writeFileSync(path.join(request.folder, FILES.machine), JSON.stringify(record, null, 1));
  const { reports, unpacked } = conversation;
  const withoutNode = reports.find(({ event }) => event === 'no-node');
  if (withoutNode?.event === 'no-node') throw noNode(kernel, withoutNode.words);
  const failed = failureOf(reports);
  if (failed) throw failed;
  request.signal.throwIfAborted();
  if (unpacked === null) throw ended(kernel, request.folder);
  // What was being sent when the machine was ended, or ended itself, stops in the middle.
  if (/unexpected end|unexpected EOF/i.test(unpacked.problem ?? '')) {
    throw ended(kernel, request.folder);
  }
  if (unpacked.problem !== undefined) throw notUnpacked(unpacked.problem);
}
