import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { wayOut } from '../../../harness/collect/isolation.ts';
import { lackingCapabilities } from '../../../harness/domain/capabilities.ts';
import type { InsideReport } from '../../../harness/domain/inside.ts';

import { described, dockerCommand } from '../../../harness/sandbox/docker-engine.ts';
import { buildCommand, imageName } from '../../../harness/sandbox/docker-image.ts';
import { explainRefusal } from '../../../harness/sandbox/docker-refusals.ts';
import { type DockerSettings, dockerCommandLines } from '../../../harness/sandbox/docker-run.ts';
import { readEvidenceStream } from '../../../harness/sandbox/evidence-stream.ts';

const NOTHING: DockerSettings = { rebuild: false, privileged: false, options: [] };

describe('what an engine says of itself', () => {
  const info = {
    ServerVersion: '28.3.0',
    OSType: 'linux',
    KernelVersion: '6.10.14-linuxkit',
    OperatingSystem: 'Docker Desktop',
    CgroupVersion: '2',
    DefaultRuntime: 'runc',
    SecurityOptions: ['name=seccomp,profile=unconfined', 'name=cgroupns'],
  };

  test("Docker Desktop's virtual machine", () => {
    expect(described(info)).toEqual({
      kernelRelease: '6.10.14-linuxkit',
      appArmor: false,
      rootIsRoot: true,
      defaultRuntime: 'runc',
      description: 'Docker Desktop 28.3.0, runc, cgroup v2',
    });
  });

  test.for([
    ['AppArmor', 'name=apparmor', { appArmor: true, rootIsRoot: true }],
    ['rootless', 'name=rootless', { appArmor: false, rootIsRoot: false }],
    ['remapped user namespaces', 'name=userns', { appArmor: false, rootIsRoot: false }],
  ] as const)('%s', ([, option, expected]) => {
    expect(described({ ...info, SecurityOptions: [option] })).toMatchObject(expected);
  });

  test("Podman's docker command, which says less", () => {
    expect(described({ ServerVersion: '5.4' })).toMatchObject({
      appArmor: false,
      rootIsRoot: true,
    });
  });
});

describe('the command of a run', () => {
  test('chooses the engine as docker has it', () => {
    const choice = { host: 'ssh://lab', context: 'lab' };
    expect(dockerCommand(choice)).toEqual(['docker', '--host', 'ssh://lab', '--context', 'lab']);
  });

  test('gives the container nothing that it does not need', () => {
    const words = dockerCommandLines(NOTHING).flat().join(' ');
    expect(words).toContain('--network none');
    expect(words).toContain('--cap-drop ALL --cap-add KILL');
    expect(words).not.toMatch(/--privileged|--volume|--mount|seccomp=unconfined/);
  });

  test("the caller's --cap-drop wins over the harness's --cap-add", () => {
    const words = dockerCommandLines({ ...NOTHING, options: ['--cap-drop=NET_RAW'] }).flat();
    expect(words).not.toContain('NET_RAW');
  });

  test('--privileged stands in the place of capabilities', () => {
    const words = dockerCommandLines({ ...NOTHING, privileged: true }).flat();
    expect(words).toContain('--privileged');
    expect(words).not.toContain('--cap-add');
  });
});

describe('the image', () => {
  test('is named after what it is made of, or as the caller says', () => {
    expect(imageName(NOTHING)).toMatch(/^backlog-lab:\d+\.\d+\.\d+-[\da-f]{12}$/);
    expect(imageName({ ...NOTHING, image: 'mine:1' })).toBe('mine:1');
    expect(imageName({ ...NOTHING, base: 'own' })).not.toBe(imageName(NOTHING));
  });

  test('is built from another base if there is one', () => {
    const command = ['docker'] as const;
    expect(buildCommand({ command }, { ...NOTHING, base: 'own' }, 'name')).toContain(
      'BASE_IMAGE=own',
    );
    expect(buildCommand({ command }, NOTHING, 'name').join(' ')).not.toContain('BASE_IMAGE');
  });
});

describe('what an engine refuses', () => {
  test.for([
    [
      'docker: Error response from daemon: privileged mode is incompatible with user namespaces.',
      /remaps/,
      /--privileged out/,
    ],
    [
      'docker: Error response from daemon: failed to create shim task: OCI runtime create failed: unable to apply caps: operation not permitted: unknown.',
      /lacks a capability/,
      /--privileged out/,
    ],
    [
      'docker: Error response from daemon: Unknown runtime specified runsc.',
      /no such runtime/,
      /Runtimes/,
    ],
    [
      'docker: Error response from daemon: invalid --security-opt 2: "systempaths=unconfined"',
      /security options/,
      /19\.03/,
    ],
    [
      'docker: Error response from daemon: AppArmor enabled on system but the docker-default profile could not be loaded: exit status 1.',
      /AppArmor/,
      /apparmor=unconfined/,
    ],
    [
      'docker: Error response from daemon: authorization denied by plugin policy: no capabilities.',
      /policy/,
      /who runs the engine/,
    ],
    [
      'docker: Error response from daemon: OCI runtime create failed: unable to start container process: error during container init: error setting cgroup config: bad.',
      /control groups/,
      /cgroup v1 and v2/,
    ],
    [
      'docker: Error response from daemon: OCI runtime create failed: seccomp: cannot load filter.',
      /seccomp/,
      /seccomp=unconfined/,
    ],
  ] as const)('%s', ([words, why, how]) => {
    const refusal = explainRefusal(`${words}\nSee 'docker run --help'.`, []);
    expect(refusal.why).toMatch(why);
    expect(refusal.remedy).toMatch(how);
  });

  test('what nobody foresaw is told in its own words', () => {
    const { why, remedy } = explainRefusal(
      'docker: Error response from daemon: the moon is full.\n',
      [],
    );
    expect(why).toBe('the moon is full');
    expect(remedy).toContain('--dry-run');
  });
});

describe('the isolation of a container', () => {
  const NO_ROUTES = 'Iface\tDestination\tGateway\tFlags\n';
  const NONE6 = `${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00 ${'0'.repeat(32)} ffffffff 1 0 200200 lo\n`;

  test('a network of nothing has no way out', () => {
    expect(wayOut(NO_ROUTES, NONE6)).toBeUndefined();
    expect(wayOut(NO_ROUTES, '')).toBeUndefined();
  });

  test('a route is one', () => {
    expect(wayOut(`${NO_ROUTES}eth0\t00000000\t010011AC\t0003\n`, NONE6)).toBe('eth0');
    expect(wayOut(NO_ROUTES, `${NONE6}${NONE6.replace(/lo$/m, 'eth1')}`)).toBe('eth1');
  });

  test('lacking capabilities are named', () => {
    expect(lackingCapabilities('CapEff:\t000001ffffffffff\n')).toEqual([]);
    // Docker's default set has no SYS_ADMIN and no NET_ADMIN.
    const names = lackingCapabilities('CapEff:\t00000000a80425fb\n').map(({ name }) => name);
    expect(names).toEqual(['NET_ADMIN', 'SYS_ADMIN']);
    expect(lackingCapabilities('')).toHaveLength(6);
  });
});

describe('evidence from a container', () => {
  let folder = '';
  let archive = Buffer.alloc(0);

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'backlog-lab-stream-'));
    mkdirSync(path.join(folder, 'from'));
    mkdirSync(path.join(folder, 'to'));
    writeFileSync(path.join(folder, 'from', 'capture.pcap'), 'packets'.repeat(20_000));
    writeFileSync(path.join(folder, 'from', 'status.json'), '{}');
    archive = execFileSync('tar', [
      '-c',
      '-C',
      path.join(folder, 'from'),
      'capture.pcap',
      'status.json',
    ]);
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const STEP = '{"event":"step","label":"opening","waits":false}\n';
  const read = async (chunks: readonly Uint8Array[]) => {
    const reports: InsideReport[] = [];
    const into = path.join(folder, 'to');
    const strays: string[] = [];
    const unpacked = await readEvidenceStream(Readable.from(chunks), into, {
      onReport: (report) => reports.push(report),
      onStray: (line) => strays.push(line),
    });
    return { reports, strays, unpacked };
  };
  const whole = (): Buffer =>
    Buffer.concat([Buffer.from(`${STEP}{"event":"evidence"}\n`), archive]);

  test.for([1_000_000, 1_021, 7])('reports, then files, in pieces of %i bytes', async (size) => {
    const bytes = whole();
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    );
    const { reports, unpacked } = await read(chunks);
    expect(reports).toEqual([JSON.parse(STEP), { event: 'evidence' }]);
    expect(unpacked).toEqual({ problem: undefined });
    expect(readFileSync(path.join(folder, 'to', 'capture.pcap'), 'utf8')).toHaveLength(140_000);
  });

  test('an archive that is cut off is a problem, and lacks what comes last', async () => {
    const { unpacked } = await read([whole().subarray(0, 70_000)]);
    expect(unpacked?.problem).toMatch(/unexpected|truncated/i);
    expect(() => readFileSync(path.join(folder, 'to', 'status.json'))).toThrow('ENOENT');
  });

  test("somebody else's words are no reports", async () => {
    const words = 'WARNING: no swap\n{"level":30}\n';
    const { reports, strays } = await read([Buffer.from(`${words}${STEP}`)]);
    expect(reports).toEqual([JSON.parse(STEP)]);
    expect(strays).toEqual(['WARNING: no swap', '{"level":30}']);
  });

  test('no archive at all', async () => {
    expect(await read([Buffer.from(STEP)])).toMatchObject({ unpacked: null });
  });
});
