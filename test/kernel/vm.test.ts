/** `--sandbox vm`: real runs on another real kernel, in a virtual machine. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { FILES, type MachineRecord, type Surroundings } from '../../harness/domain/evidence.ts';
import { useInstallation } from '../helpers/installation.ts';
import { KERNEL_UNDER_TEST, machineTest } from '../helpers/machine-available.ts';
import { findings, reproduce } from '../helpers/reproduction.ts';
import { processesOf } from '../helpers/run-processes.ts';
import { waitUntil } from '../helpers/wait-until.ts';

/** Emulated: some 20 s each, besides fetching the kernel the first time. */
const TIMEOUT_MS = 300_000;

const installation = useInstallation();
const inMachine = ['--kernel', KERNEL_UNDER_TEST];

const inFolder = (folder: string, file: string): string =>
  readFileSync(path.join(installation.folder, folder, file), 'utf8');

describe('a run in a virtual machine', { timeout: TIMEOUT_MS }, () => {
  machineTest('the default experiment, on the kernel that was asked for', async () => {
    const { json, judgement } = await reproduce(installation, inMachine);
    expect(findings(json)).toMatchObject({
      '001-a': 'confirmed',
      '001-b (i)': 'outdated',
      '003-f': 'confirmed',
      prediction: 'confirmed',
    });
    expect(json.outcomes).toMatchObject({ connected: 3, timedOut: 1 });
    // Before 6.5 the second repetition comes after 3 s, when the client has given up.
    expect(json.wire).toMatchObject({ refusedSyns: 2, synRetransmissions: 1 });
    // 6.1.125 and later carry 3479c7549fb1; only the version tells which update is inside.
    expect(judgement.prediction.synQueueCapacity).toBe(3);
    const surroundings = JSON.parse(inFolder(json.runFolder, FILES.surroundings)) as Surroundings;
    expect(surroundings).toMatchObject({ sandbox: 'vm', privilege: 'root' });
    expect(surroundings.kernelRelease).toMatch(/^6\.1\.0-\d+-cloud-amd64$/);
    expect(surroundings.kernelVersion).toMatch(/ Debian 6\.1\.\d+-/);
    expect(judgement.seen.punctuality?.looks).toBeGreaterThan(100);
    const machine = JSON.parse(inFolder(json.runFolder, FILES.machine)) as MachineRecord;
    expect(machine.startedAfterMs).toBeLessThan(machine.endedAfterMs);
    expect(existsSync(path.join(installation.folder, json.runFolder, FILES.console))).toBe(true);
  });

  // Of the scenarios with a gate the one that opens it soonest: emulated, nft takes 0.4 s of the
  // second that the kernel gives.
  machineTest('a stage of the final ACK, with the gate', async () => {
    const line = ['--scenario', 'fooled-client-sends', ...inMachine];
    const { json } = await reproduce(installation, line);
    expect(findings(json)).toEqual({ '001-e': 'confirmed', prediction: 'confirmed' });
  });

  machineTest('whoever kills the command ends the machine', async () => {
    const runsDir = installation.newFolder();
    const running = installation.start([...inMachine, '--runs-dir', runsDir]);
    const isMachine = ({ argv }: { readonly argv: readonly string[] }): boolean =>
      argv[0] === 'qemu-system-x86_64' && argv.includes('-kernel');
    const machine = await waitUntil('the machine', () => processesOf(running).find(isMachine), {
      deadlineMs: TIMEOUT_MS,
      seen: () => JSON.stringify(processesOf(running)),
    });
    expect(machine.argv).toContain('-no-user-config');
    process.kill(running.pid, 'SIGKILL');
    await running.ended;
    await waitUntil(
      'the end of the machine',
      () => processesOf(running).length === 0 || undefined,
      {
        seen: () => JSON.stringify(processesOf(running)),
      },
    );
  });

  machineTest('a file that is no kernel is refused before anything is started', async () => {
    const ended = await installation.run(['--kernel', 'package.json']);
    expect(ended.exitCode).toBe(4);
    expect(ended.stderr).toMatch(/^KERNEL_UNAVAILABLE {2}Cannot start .*package\.json because/m);
  });
});
