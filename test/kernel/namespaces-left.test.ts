/** No network namespace outlives a run that was killed, not even for the sockets of a closed gate. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { type Running, useInstallation } from '../helpers/installation.ts';
import { kernelTest } from '../helpers/kernel-available.ts';
import { seededRandom } from '../helpers/random.ts';
import { allGone, processInRole, type Role } from '../helpers/run-processes.ts';
import { waitUntil } from '../helpers/wait-until.ts';

const TIMEOUT_MS = 90_000;
const NAMESPACES_LEFT = 99;

const installation = useInstallation();
const random = seededRandom('KILL_SEED');

/**
 * A namespace that nobody but a socket holds is shown by no tool. But the kernel counts those that
 * were made below a user namespace: this one allows three (a run's own, and its two hosts) when the
 * command is over, and waits until they can be made. Sockets without a process may repeat their FIN
 * for 100 s where nobody forbids it.
 */
const THEN_COUNT = `
"$@"
code=$?
echo 3 > /proc/sys/user/max_net_namespaces || exit 98
until=$(($(date +%s) + 15))
while ! unshare --net sh -c 'unshare --net sh -c "unshare --net true; exit \\$?"; exit $?'; do
  [ $(date +%s) -lt $until ] || exit ${NAMESPACES_LEFT}
  sleep 0.1
done 2>/dev/null
exit $code`;
const COUNTED = ['unshare', '--user', '--map-root-user', 'sh', '-c', THEN_COUNT, 'sh'];

async function start(args: readonly string[]): Promise<Running> {
  const runsDir = installation.newFolder();
  const running = installation.start([...args, '--runs-dir', runsDir], { through: COUNTED });
  const connecting = waitUntil('clients to connect', () => hasAttempts(runsDir) || undefined, {
    deadlineMs: 30_000,
  });
  const tooSoon = running.ended.then(({ stderr }) => {
    if (!hasAttempts(runsDir)) throw new Error(`It ended before its clients began: ${stderr}`);
  });
  await Promise.race([connecting, tooSoon]);
  return running;
}

const hasAttempts = (runsDir: string): boolean =>
  readdirSync(runsDir, { recursive: true, encoding: 'utf8' })
    .filter((file) => path.basename(file) === 'swarm-0.jsonl')
    .some((file) => readFileSync(path.join(runsDir, file), 'utf8').includes('"attempt"'));

const KILLED = 137;
const FAILED = 4;
const INTERRUPTED = 130;

type Case = readonly [
  args: string,
  role: Role,
  signal: 'SIGKILL' | 'SIGINT',
  withinMs: number,
  exitCode: number,
];

const CASES: readonly Case[] = [
  ['--scenario fooled-client --synack-retries 5', 'launcher', 'SIGKILL', 3_000, KILLED],
  ['--scenario fooled-client-sends', 'launcher', 'SIGKILL', 3_000, KILLED],
  ['--scenario fooled-client-sends', 'unshare', 'SIGKILL', 3_000, FAILED],
  ['--scenario keepalive-believes', 'inside', 'SIGKILL', 3_000, FAILED],
  ['--scenario keepalive-believes', 'launcher', 'SIGINT', 3_000, INTERRUPTED],
  ['--scenario relay-traffic', 'launcher', 'SIGKILL', 500, KILLED],
  ['verify', 'launcher', 'SIGKILL', 6_000, KILLED],
  ['verify', 'launcher', 'SIGKILL', 6_000, KILLED],
  ['verify', 'launcher', 'SIGINT', 6_000, INTERRUPTED],
  ['sweep', 'launcher', 'SIGKILL', 3_000, KILLED],
];

describe('nothing is left in the kernel', { timeout: TIMEOUT_MS }, () => {
  kernelTest.for(CASES)('%s: the %s gets %s', async ([args, role, signal, withinMs, exitCode]) => {
    const running = await start(args.split(' '));
    const { pid } = await processInRole(running, role);
    await pause(random.below(withinMs));
    process.kill(pid, signal);
    expect((await running.ended).exitCode).toBe(exitCode);
    await allGone(running);
  });

  kernelTest('two Ctrl-C end a catalogue whose only run does not answer', async () => {
    const running = await start(['verify', '--only', '003-c']);
    process.kill((await processInRole(running, 'inside')).pid, 'SIGSTOP');
    const { pid } = await processInRole(running, 'launcher');
    process.kill(pid, 'SIGINT');
    await pause(400);
    process.kill(pid, 'SIGINT');
    expect((await running.ended).exitCode).toBe(INTERRUPTED);
    await allGone(running);
  });
});
