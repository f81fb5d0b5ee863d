import { describe, expect, test } from 'vitest';
import { type ContainerTexts, containerFrom } from '../../../harness/sandbox/container.ts';

/** As Docker 20.10 on Linux 6.18 with cgroup v1 shows them, for root and no options. */
const DOCKER: ContainerTexts = {
  environment: { PATH: '/usr/bin:/bin' },
  marks: ['/.dockerenv'],
  cgroup: '9:name=systemd:/docker/bf1b554d1db7\n8:pids:/docker/bf1b554d1db7\n',
  status: status({ uid: 0, effective: '00000000a80425fb', seccomp: 2 }),
  uidMap: '         0          0 4294967295\n',
  mounts: [
    '78 53 0:39 / / rw,relatime master:2 - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/V',
    '79 78 0:42 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw',
    '82 78 0:45 / /sys ro,nosuid,nodev,noexec,relatime - sysfs sysfs ro',
    '57 79 0:42 /sys /proc/sys ro,nosuid,nodev,noexec,relatime - proc proc rw',
    '58 79 0:48 / /proc/acpi ro,relatime - tmpfs tmpfs ro',
    '',
  ].join('\n'),
  confinement: '',
  kernel: 'Linux version 6.18.44 (builder@host) (gcc (GCC) 15.3.0) #1 SMP PREEMPT_DYNAMIC @0\n',
  bootOptions: 'console=ttyS0 reboot=k panic=1\n',
  namespaces: ['uts:[4026532609]', 'ipc:[4026532610]'],
};

/** A machine without any container, after booting. */
const MACHINE: ContainerTexts = {
  ...DOCKER,
  marks: [],
  cgroup: '0::/init.scope\n',
  status: status({ uid: 0, effective: '000001ffffffffff', seccomp: 0 }),
  mounts: [
    '22 27 0:21 / /proc rw,relatime - proc proc rw',
    '35 22 0:30 / /proc/sys/fs/binfmt_misc rw,relatime - autofs systemd-1 rw,fd=29',
  ].join('\n'),
  namespaces: ['uts:[4026531838]', 'ipc:[4026531839]'],
};

function status(given: {
  readonly uid: number;
  readonly effective: string;
  readonly bounding?: string;
  readonly seccomp: number;
}): string {
  const { uid, effective, bounding = effective, seccomp } = given;
  return [
    'Name:\tnode',
    `Uid:\t${uid}\t${uid}\t${uid}\t${uid}`,
    'CapInh:\t0000000000000000',
    `CapPrm:\t${effective}`,
    `CapEff:\t${effective}`,
    `CapBnd:\t${bounding}`,
    'CapAmb:\t0000000000000000',
    'NoNewPrivs:\t0',
    `Seccomp:\t${seccomp}`,
    `Seccomp_filters:\t${seccomp === 2 ? 1 : 0}`,
    '',
  ].join('\n');
}

const given = (texts: Partial<ContainerTexts>) => containerFrom({ ...DOCKER, ...texts });

test('Docker as it is without options', () => {
  expect(containerFrom(DOCKER)).toEqual({
    engine: 'Docker',
    ownKernel: null,
    userId: 0,
    lackingCapabilities: ['NET_ADMIN', 'SYS_ADMIN'],
    filtersSystemCalls: true,
    forbidsNewPrivileges: false,
    appArmorProfile: null,
    remapsUsers: false,
    masksProc: true,
  });
});

describe('which engine', () => {
  test('none: a machine, and one that was made of a Docker image', () => {
    expect(containerFrom(MACHINE)).toBeNull();
    expect(containerFrom({ ...MACHINE, marks: ['/.dockerenv'] })).toBeNull();
  });

  test('none: another system, which says nothing', () => {
    const nothing = { cgroup: '', status: '', uidMap: '', mounts: '', kernel: '', bootOptions: '' };
    expect(given({ ...nothing, marks: [], namespaces: ['', ''] })).toBeNull();
  });

  const CGROUP_V2 = '0::/\n';
  test.each<readonly [string, Partial<ContainerTexts>, string]>([
    ['Docker, cgroup v2', { cgroup: CGROUP_V2 }, 'Docker'],
    [
      'Docker, systemd cgroups',
      { marks: [], cgroup: '0::/system.slice/docker-bf1b55.scope' },
      'Docker',
    ],
    ['Podman', { marks: ['/run/.containerenv'], cgroup: CGROUP_V2 }, 'Podman'],
    ['Podman', { marks: [], cgroup: CGROUP_V2, environment: { container: 'podman' } }, 'Podman'],
    [
      'Kubernetes',
      { marks: [], cgroup: CGROUP_V2, environment: { KUBERNETES_SERVICE_HOST: '10.0.0.1' } },
      'Kubernetes',
    ],
    [
      'Kubernetes',
      { marks: [], cgroup: '1:name=systemd:/kubepods/besteffort/pod4e/6a' },
      'Kubernetes',
    ],
    ['LXC', { marks: [], cgroup: CGROUP_V2, environment: { container: 'lxc' } }, 'unknown'],
  ])('%s', (_, texts, engine) => {
    expect(given(texts)?.engine).toBe(engine);
  });
});

describe('a kernel of its own', () => {
  test.each<readonly [string, Partial<ContainerTexts>, string | null]>([
    ['gVisor', { kernel: 'Linux version 4.19.0-gvisor #1 SMP Sun Jan 10 2016\n' }, 'gVisor'],
    ['gVisor', { kernel: 'Linux version 4.4.0 #1 SMP Sun Jan 10 15:06:54 PST 2016\n' }, 'gVisor'],
    [
      'Linux 4.4',
      { kernel: 'Linux version 4.4.0 (b@h) #1 SMP Mon Jan 11 09:00:00 UTC 2016' },
      null,
    ],
    [
      'Kata',
      { bootOptions: 'panic=1 systemd.unit=kata-containers.target agent.log=debug' },
      'Kata Containers',
    ],
    ['Kata', { mounts: '9 8 0:4 /x/rootfs / rw - virtiofs kataShared rw' }, 'Kata Containers'],
  ])('%s', (_, texts, ownKernel) => {
    expect(given(texts)?.ownKernel).toBe(ownKernel);
  });
});

describe('what confines it', () => {
  test('an ordinary user has none of the capabilities that its container has', () => {
    const text = status({
      uid: 1000,
      effective: '0000000000000000',
      bounding: '00000000a82425fb',
      seccomp: 2,
    });
    expect(given({ status: text })).toMatchObject({
      userId: 1000,
      lackingCapabilities: ['NET_ADMIN'],
    });
  });

  test('root may have been left with less than its container has', () => {
    const text = status({
      uid: 0,
      effective: '0000000000203000',
      bounding: '000001ffffffffff',
      seccomp: 0,
    });
    expect(given({ status: text })).toMatchObject({
      lackingCapabilities: ['KILL', 'SETGID', 'SETUID'],
      filtersSystemCalls: false,
    });
  });

  test.each([
    ['docker-default (enforce)\n', 'docker-default'],
    ['docker-default (complain)\n', null],
    ['unconfined\n', null],
    ['system_u:system_r:container_t:s0:c123,c456\0', null],
  ])('AppArmor: %j', (confinement, profile) => {
    expect(given({ confinement })?.appArmorProfile).toBe(profile);
  });

  test.each([
    ['         0     100000      65536\n', true],
    ['         0       1000          1\n         1     100000      65536\n', true],
    ['         0          0 4294967295\n', false],
  ])('user namespace: %j', (uidMap, remapsUsers) => {
    expect(given({ uidMap })?.remapsUsers).toBe(remapsUsers);
  });

  test('systempaths=unconfined leaves /proc whole; binfmt_misc hides nothing', () => {
    expect(given({ mounts: MACHINE.mounts })?.masksProc).toBe(false);
  });

  test('no-new-privileges', () => {
    const text = DOCKER.status.replace('NoNewPrivs:\t0', 'NoNewPrivs:\t1');
    expect(given({ status: text })?.forbidsNewPrivileges).toBe(true);
  });
});
