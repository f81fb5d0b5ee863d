import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { NEEDED_CAPABILITIES } from '../domain/capabilities.ts';

/** What the system says about this process, as it says it; '' for what it does not say. */
export interface ContainerTexts {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Those of MARKS that are there. */
  readonly marks: readonly string[];
  /** /proc/1/cgroup */
  readonly cgroup: string;
  /** /proc/self/status */
  readonly status: string;
  /** /proc/self/uid_map */
  readonly uidMap: string;
  /** /proc/self/mountinfo */
  readonly mounts: string;
  /** /proc/self/attr/current: a profile of AppArmor, or a label of SELinux. */
  readonly confinement: string;
  /** /proc/version */
  readonly kernel: string;
  /** /proc/cmdline */
  readonly bootOptions: string;
  /** What the links /proc/self/ns/uts and ipc point to. */
  readonly namespaces: readonly string[];
}

/** The container around this process, and what confines it. */
export interface Container {
  readonly engine: 'Docker' | 'Podman' | 'Kubernetes' | 'unknown';
  /** A kernel between the container and the machine; null where it shares the machine's. */
  readonly ownKernel: 'gVisor' | 'Kata Containers' | null;
  readonly userId: number;
  /** Of those that a run as root needs, the ones that root of this container would not have. */
  readonly lackingCapabilities: readonly string[];
  readonly filtersSystemCalls: boolean;
  readonly forbidsNewPrivileges: boolean;
  /** The AppArmor profile that is enforced. */
  readonly appArmorProfile: string | null;
  /** Rootless engines and daemons that remap users: its root is no root of the machine. */
  readonly remapsUsers: boolean;
  /** Something is mounted over parts of /proc, as a rule /proc/sys to make it read-only. */
  readonly masksProc: boolean;
}

const DOCKER_MARK = '/.dockerenv';
const PODMAN_MARK = '/run/.containerenv';
const MARKS = [DOCKER_MARK, PODMAN_MARK] as const;

/** The container that this process runs in; null when it runs in none, or on another system. */
export const containerAround = (): Container | null =>
  containerFrom({
    environment: process.env,
    marks: MARKS.filter((mark) => existsSync(mark)),
    cgroup: textOf('/proc/1/cgroup'),
    status: textOf('/proc/self/status'),
    uidMap: textOf('/proc/self/uid_map'),
    mounts: textOf('/proc/self/mountinfo'),
    confinement: textOf('/proc/self/attr/current'),
    kernel: textOf('/proc/version'),
    bootOptions: textOf('/proc/cmdline'),
    namespaces: ['uts', 'ipc'].map(namespaceOf),
  });

/** Without AppArmor and SELinux the kernel refuses to read attr/current (EINVAL). */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function namespaceOf(name: string): string {
  try {
    return readlinkSync(`/proc/self/ns/${name}`);
  } catch {
    return '';
  }
}

export function containerFrom(texts: ContainerTexts): Container | null {
  const engine = engineOf(texts);
  if (engine === null) return null;
  const userId = Number(statusOf(texts, 'Uid').split('\t')[1] ?? 0);
  return {
    engine,
    ownKernel: ownKernelOf(texts),
    userId,
    lackingCapabilities: lackingCapabilities(statusOf(texts, userId === 0 ? 'CapEff' : 'CapBnd')),
    filtersSystemCalls: statusOf(texts, 'Seccomp') === '2',
    forbidsNewPrivileges: statusOf(texts, 'NoNewPrivs') === '1',
    appArmorProfile: /^(.+) \(enforce\)/.exec(texts.confinement)?.[1] ?? null,
    remapsUsers: !/^\s*0\s+0\s+4294967295\s*$/.test(texts.uidMap),
    masksProc: mountPoints(texts.mounts).some(isMask),
  };
}

function engineOf(texts: ContainerTexts): Container['engine'] | null {
  const { environment, cgroup, marks } = texts;
  const named = environment['container'] ?? '';
  if ('KUBERNETES_SERVICE_HOST' in environment || /kubepods/.test(cgroup)) return 'Kubernetes';
  if (marks.includes(PODMAN_MARK) || named === 'podman') return 'Podman';
  if (/[/-]docker[/-]/.test(cgroup)) return 'Docker';
  if (marks.includes(DOCKER_MARK) && !isMachine(texts.namespaces)) return 'Docker';
  return named !== '' || ownKernelOf(texts) !== null || /\/(lxc|libpod|containerd)/.test(cgroup)
    ? 'unknown'
    : null;
}

/**
 * The first UTS and IPC namespaces of every kernel (include/linux/proc_ns.h: PROC_UTS_INIT_INO,
 * PROC_IPC_INIT_INO). A virtual machine that was made of a Docker image keeps /.dockerenv, but is
 * in these; Docker gives a container others.
 */
const FIRST_NAMESPACES: readonly string[] = ['uts:[4026531838]', 'ipc:[4026531839]'];

const isMachine = (namespaces: readonly string[]): boolean =>
  namespaces.every((namespace) => FIRST_NAMESPACES.includes(namespace));

/**
 * gVisor calls itself 4.19.0-gvisor, and 4.4.0 of January 2016 in earlier releases. Kata boots a
 * systemd target of its own, and shares the files of a container under this name.
 */
function ownKernelOf({ kernel, bootOptions, mounts }: ContainerTexts): Container['ownKernel'] {
  if (/gvisor|Sun Jan 10 15:06:54 PST 2016/i.test(kernel)) return 'gVisor';
  return /kata-containers\.target/.test(bootOptions) || / kataShared /.test(mounts)
    ? 'Kata Containers'
    : null;
}

const statusOf = ({ status }: ContainerTexts, field: string): string =>
  new RegExp(`^${field}:\\s+(.+)$`, 'm').exec(status)?.[1] ?? '';

function lackingCapabilities(mask: string): readonly string[] {
  const given = BigInt(`0x${mask === '' ? '0' : mask}`);
  return NEEDED_CAPABILITIES.filter(({ bit }) => ((given >> BigInt(bit)) & 1n) === 0n).map(
    ({ name }) => name,
  );
}

const mountPoints = (mounts: string): readonly string[] =>
  mounts.split('\n').map((line) => line.split(' ')[4] ?? '');

/** The kernel has an empty place for binfmt_misc, so what is mounted there hides nothing. */
const isMask = (point: string): boolean =>
  point.startsWith('/proc/') && point !== '/proc/sys/fs/binfmt_misc';
