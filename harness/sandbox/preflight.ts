import os from 'node:os';
import { execa } from 'execa';
import pLimit from 'p-limit';
import { HarnessError } from '../domain/harness-error.ts';
import { findCommand } from './command-path.ts';
import { type EngineChoice, findEngine } from './docker-engine.ts';
import { sandboxEnvironment } from './environment.ts';
import { privilegesToTry, unshareCommand } from './netns.ts';
import { notPermittedRemedy } from './remedies.ts';

/** One thing a run may need, found out by trying it. */
export interface Capability {
  readonly name: string;
  readonly works: boolean;
  /** What the machine said when it does not work. */
  readonly detail: string;
  /** What is lost without it. */
  readonly cost: string;
  readonly remedy: string;
  /** Without it no run is possible at all. */
  readonly essential: boolean;
}

/** A line of shell that succeeds inside the sandbox if the capability is there. */
interface Trial {
  readonly name: string;
  readonly script: string;
  readonly cost: string;
  readonly remedy: string;
  readonly essential?: boolean;
}

const INSTALL = 'npm run setup';

/** A container has the modules of its machine. */
const loadModule = (module: string): string =>
  `load the kernel module, outside of any container: sudo modprobe ${module}`;

const TRIALS: readonly Trial[] = [
  {
    name: 'veth pairs',
    script:
      'ip link add probe0 type veth peer name probe1 && ip link set probe0 up && ip link set probe1 up',
    cost: 'no wire between the two hosts: no run',
    remedy: loadModule('veth'),
    essential: true,
  },
  {
    name: 'packet capture (tcpdump)',
    // Its words go to a file system of the trial's own; a tcpdump that cannot listen ends by itself.
    // Root's tcpdump gives a file that it writes to its own user, and would do so with /dev/null.
    script:
      'ip link set lo up; mount -t tmpfs tmpfs /mnt; tcpdump -i lo -n -w - >/dev/null 2>/mnt/log & while kill -0 $! 2>/dev/null; do grep -q listening /mnt/log && exit 0; done; cat /mnt/log >&2; exit 1',
    cost: 'no packets, the most important witness: no run',
    remedy: INSTALL,
    essential: true,
  },
  {
    name: 'sysctl net.ipv4.tcp_max_syn_backlog',
    script: 'echo 256 > /proc/sys/net/ipv4/tcp_max_syn_backlog',
    cost: '--max-syn-backlog and the other net.ipv4 options fail',
    remedy: 'run as root of the machine, and in no container of gVisor',
  },
  {
    name: 'sysctl net.core.somaxconn',
    script: 'echo 512 > /proc/sys/net/core/somaxconn',
    cost: '--somaxconn fails, so somaxconn-caps-the-backlog and somaxconn-needs-a-new-listen cannot run',
    remedy: 'run as root, or on kernel 6.3 or later (6b754d7bd007 opened it to user namespaces)',
  },
  {
    name: 'nftables (the gate)',
    script:
      'nft "table inet probe { chain gate { type filter hook output priority 0; tcp flags & syn == 0 drop; }; }"',
    cost: 'nothing can be held back between the two hosts: no scenario with a gate can run',
    remedy: `${INSTALL}; ${loadModule('nf_tables')}`,
  },
  {
    name: 'kernel trace events (tracefs)',
    script:
      '[ -d /sys/kernel/tracing/events ] || mount -t tracefs tracefs /sys/kernel/tracing; test -d /sys/kernel/tracing/events/tcp',
    cost: 'no events from the kernel itself: 000-f stays inconclusive',
    remedy: 'run as root of the machine; a user namespace may not mount tracefs',
  },
];

/** Finds out by trying what this machine can do. Takes a fraction of a second and leaves nothing behind. */
export async function examineMachine(): Promise<readonly Capability[]> {
  const tools = ['unshare', 'nsenter', 'taskset', 'ip', 'ss', 'tcpdump', 'nft'].map(examineTool);
  const opened = await openNamespaces();
  const capabilities = [...tools, opened.capability];
  return opened.words === null ? capabilities : [...capabilities, ...(await tryAll(opened.words))];
}

function examineTool(command: string): Capability {
  const place = findCommand(command);
  return {
    name: command,
    works: place !== undefined,
    detail: place ?? 'not found',
    cost: command === 'nft' ? 'no scenario with a gate can run' : 'no run',
    remedy: INSTALL,
    essential: command !== 'nft',
  };
}

async function openNamespaces(): Promise<{
  readonly capability: Capability;
  readonly words: readonly string[] | null;
}> {
  const refusals: string[] = [];
  for (const privilege of privilegesToTry()) {
    const words = unshareCommand(privilege);
    const result = await runInside(words, ':');
    if (result.works) return { capability: namespaces(true, `as ${privilege}`), words };
    refusals.push(`as ${privilege}: ${result.detail}`);
  }
  return { capability: namespaces(false, refusals.join('; ')), words: null };
}

const namespaces = (works: boolean, detail: string): Capability => ({
  name: 'namespaces of our own',
  works,
  detail,
  cost: 'no sandbox: no run',
  remedy: notPermittedRemedy(),
  essential: true,
});

function tryAll(words: readonly string[]): Promise<readonly Capability[]> {
  const limit = pLimit(os.availableParallelism());
  return Promise.all(
    TRIALS.map(async ({ name, script, cost, remedy, essential = false }) => ({
      ...(await limit(() => runInside(words, script))),
      ...{ name, cost, remedy, essential },
    })),
  );
}

/** What other kernels need. Whether KVM works with them only a booted kernel shows. */
export function examineVirtualMachines(): Capability {
  const missing = MACHINE_TOOLS.filter((command) => findCommand(command) === undefined);
  return {
    name: 'virtual machines (other kernels)',
    works: missing.length === 0,
    detail: missing.length === 0 ? 'qemu-system-x86_64' : `no ${missing.join(', no ')}`,
    cost: 'no --kernel; none is needed to judge this kernel',
    remedy: 'apt-get install --no-install-recommends qemu-system-x86 busybox-static',
    essential: false,
  };
}

const MACHINE_TOOLS = ['qemu-system-x86_64', 'busybox'];

/** The other way to a run. Its image and its privileges show only in a run. */
export async function examineDocker(choice: EngineChoice): Promise<Capability> {
  const known = {
    name: 'Docker engine',
    cost: 'no --sandbox docker; none is needed where namespaces can be made',
    essential: false,
  };
  try {
    const { description, kernelRelease } = await findEngine(choice);
    return { ...known, works: true, detail: `${description}; kernel ${kernelRelease}`, remedy: '' };
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return { ...known, works: false, detail: error.message, remedy: error.remedy };
  }
}

const TRIAL_DEADLINE_MS = 15_000;

/** Each trial has namespaces of its own, so that none disturbs another. */
async function runInside(
  [command = '', ...args]: readonly string[],
  script: string,
): Promise<{ readonly works: boolean; readonly detail: string }> {
  const result = await execa(command, [...args, 'sh', '-ec', script], {
    env: sandboxEnvironment(),
    reject: false,
    stdin: 'ignore',
    timeout: TRIAL_DEADLINE_MS,
    killSignal: 'SIGKILL',
  });
  const words = (result.stderr || (result.shortMessage ?? '')).trim().split('\n')[0] ?? '';
  return { works: !result.failed, detail: result.failed ? words : 'works' };
}
