/** Nothing of a run stays on the machine, however the run ends. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect } from 'vitest';
import { FILES } from '../../harness/domain/evidence.ts';
import { changesOf, type HostState, hostState, traceInstancesOf } from '../helpers/host-state.ts';
import { type Running, useInstallation } from '../helpers/installation.ts';
import { kernelTest, USERS, type User } from '../helpers/kernel-available.ts';
import { seededRandom } from '../helpers/random.ts';
import { allGone, playersOf, processInRole, type Role, roleOf } from '../helpers/run-processes.ts';
import { startLongRun } from '../helpers/run-under-way.ts';
import { waitUntil } from '../helpers/wait-until.ts';

const TIMEOUT_MS = 120_000;

const installation = useInstallation();

let before: HostState | undefined;
beforeAll(() => {
  before = hostState();
});

const expectMachineAsBefore = (): void => {
  expect(before && changesOf(before, hostState())).toEqual([]);
};

async function expectNothingLeft(running: Running, temporaryFolder: string): Promise<void> {
  await allGone(running);
  expect(traceInstancesOf(running.pid)).toEqual([]);
  expect(readdirSync(temporaryFolder)).toEqual([]);
}

describe.each(USERS)('$name', { timeout: TIMEOUT_MS }, (user) => {
  const ENDS: readonly (readonly [end: string, args: string, exitCode: number])[] = [
    ['a whole run', '--connect-timeout 300ms', 0],
    ['a run with a gate', '--scenario fooled-client --synack-retries 1 --read-timeout 1s', 0],
    ['a run that fails inside', '--sysctl server:net.ipv4.tcp_nothing=1', 4],
  ];
  kernelTest.each(ENDS)('%s', async (_end, args, exitCode) => {
    const TMPDIR = installation.newFolder();
    const given = ['--runs-dir', installation.newFolder(), ...args.split(' ')];
    const running = installation.start(given, { user, env: { TMPDIR } });
    const ended = await running.ended;
    expect(ended, ended.stderr).toMatchObject({ exitCode });
    await expectNothingLeft(running, TMPDIR);
    expectMachineAsBefore();
  });

  kernelTest('an interrupted run', async () => {
    const TMPDIR = installation.newFolder();
    const { running } = await startLongRun(installation, [], { user, env: { TMPDIR } });
    running.child.kill('SIGINT');
    expect(await running.ended).toMatchObject({ exitCode: 130 });
    await expectNothingLeft(running, TMPDIR);
    expectMachineAsBefore();
  });
});

/** What the harness says when it ends because one of its processes was killed. */
const SAYS: Readonly<Record<Exclude<Role, 'launcher' | 'keeper'>, RegExp>> = {
  unshare: /^SANDBOX_ENDED {2}The sandbox ended .*SIGKILL/,
  inside: /^SANDBOX_ENDED {2}The sandbox ended .*its first process was killed/,
  holder: /^SANDBOX_ENDED {2}The holder of the (server|client)'s .* was ended by SIGKILL/,
  tcpdump: /^CAPTURE_FAILED {2}Tcpdump was ended by SIGKILL/,
  server: /^SERVER_FAILED {2}The server was ended by SIGKILL/,
  swarm: /^SWARM_FAILED {2}The client swarm was ended by SIGKILL/,
};

/** Waits for the end of a run of which this process was killed, and looks at what it says. */
async function expectEndWithout(role: Role, running: Running, runsDir: string): Promise<void> {
  if (role === 'launcher') return;
  const ended = await running.ended;
  // The keeper bears no witness: a run without it is a whole run.
  if (role === 'keeper') {
    expect(ended, ended.stderr).toMatchObject({ exitCode: 0 });
    return;
  }
  expect(ended).toMatchObject({ exitCode: 4, stderr: expect.stringMatching(SAYS[role]) });
  const [folder = ''] = readdirSync(runsDir);
  expect(ended.stderr).toContain(`Evidence so far: ${path.join(runsDir, folder)}\n`);
  expect(existsSync(path.join(runsDir, folder, FILES.plan))).toBe(true);
}

kernelTest('a catalogue, killed', { timeout: TIMEOUT_MS }, async () => {
  const TMPDIR = installation.newFolder();
  const args = ['verify', '--only', '000-f', '--runs-dir', installation.newFolder()];
  const running = installation.start(args, { env: { TMPDIR } });
  // Only root has a tracing instance, the one thing that outlives processes.
  const started = (): unknown =>
    process.getuid?.() === 0 ? traceInstancesOf(running.pid)[0] : playersOf(running)[0];
  await waitUntil('what could be left behind', started, { deadlineMs: 30_000 });
  running.child.kill('SIGKILL');
  await running.ended;
  await expectNothingLeft(running, TMPDIR);
});

describe.concurrent('a run of which one process is killed', { timeout: TIMEOUT_MS }, () => {
  const halfWay = Object.keys(SAYS) as (keyof typeof SAYS)[];
  kernelTest.for(halfWay)('half-way: %s', async (role) => {
    const TMPDIR = installation.newFolder();
    const { running, folder } = await startLongRun(installation, [], { env: { TMPDIR } });
    process.kill((await processInRole(running, role)).pid, 'SIGKILL');
    await expectEndWithout(role, running, path.dirname(folder));
    await expectNothingLeft(running, TMPDIR);
    const judged = await installation.run(['judge', folder]);
    expect(judged).toMatchObject({ exitCode: 3, stderr: '' });
  });

  const RUNS = 20;
  const KILLED_WITHIN_MS = 3_000;
  const random = seededRandom('KILL_SEED');
  const choices = Array.from({ length: RUNS }, (_, index) => ({
    number: index + 1,
    user: USERS[index % USERS.length] as User,
    afterMs: random.below(KILLED_WITHIN_MS),
    victim: random.below(1_000),
  }));
  kernelTest.for(choices)('at any moment: $number, after $afterMs ms', async (choice) => {
    const TMPDIR = installation.newFolder();
    const runsDir = installation.newFolder();
    const args = ['--runs-dir', runsDir, '--connect-timeout', '5s'];
    const running = installation.start(args, { user: choice.user, env: { TMPDIR } });
    await pause(choice.afterMs);
    const candidates = playersOf(running);
    const victim = candidates[choice.victim % candidates.length];
    const role = victim && roleOf(victim);
    if (!role) throw new Error(`No process of the run is there after ${choice.afterMs} ms.`);
    process.kill(victim.pid, 'SIGKILL');
    await expectEndWithout(role, running, runsDir);
    await expectNothingLeft(running, TMPDIR);
  });
});

kernelTest('in the end the machine is as it was', expectMachineAsBefore);
