/** What a run leaves when somebody interrupts it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { FILES } from '../../harness/domain/evidence.ts';
import { judgeEvidence } from '../../harness/reproduce.ts';
import { readEvidence } from '../../harness/run-folder.ts';
import { useInstallation } from '../helpers/installation.ts';
import { kernelTest } from '../helpers/kernel-available.ts';
import { allGone, processInRole } from '../helpers/run-processes.ts';
import { startLongRun } from '../helpers/run-under-way.ts';

const TIMEOUT_MS = 60_000;
/** Signals nearer to each other are one keystroke, handed on twice. */
const ANOTHER_KEYSTROKE_MS = 400;

const installation = useInstallation();

const statusOf = (folder: string): unknown =>
  JSON.parse(readFileSync(path.join(folder, FILES.status), 'utf8'));

describe('an interrupted run', { timeout: TIMEOUT_MS }, () => {
  kernelTest.for([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s ends it politely with exit code %i', async ([signal, exitCode]) => {
    const { running, folder } = await startLongRun(installation, ['--json']);
    running.child.kill(signal);
    const ended = await running.ended;
    expect(ended).toMatchObject({ exitCode, signal: null });
    expect(ended.stderr).toMatch(/^ABORTED .*\n {2}Remedy: .*\n {2}Evidence so far: .*\n$/);
    expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code: 'ABORTED' } });
    expect(statusOf(folder)).toMatchObject({ status: 'aborted' });
    await allGone(running);

    const { seen } = judgeEvidence(readEvidence(folder));
    expect(seen.capture).toMatchObject({ undecodable: 0 });
    expect(seen.capture.packets).toBeGreaterThan(0);

    const judged = await installation.run(['judge', folder]);
    expect(judged.exitCode).toBe(3);
    expect(judged.stdout).toMatch(/interrupt/);
  });

  kernelTest('two signals at once are one keystroke; the next one ends it at once', async () => {
    const { running, folder } = await startLongRun(installation);
    // What is stopped cannot end politely, however long it is given.
    const inside = await processInRole(running, 'inside');
    process.kill(inside.pid, 'SIGSTOP');
    running.child.kill('SIGINT');
    running.child.kill('SIGTERM');
    await pause(ANOTHER_KEYSTROKE_MS);
    expect(running.child.exitCode).toBeNull();
    running.child.kill('SIGINT');
    // The kernel may hand over two pending signals in either order: the first decides.
    expect([130, 143]).toContain((await running.ended).exitCode);
    await allGone(running);
    expect(() => statusOf(folder)).toThrow('ENOENT');

    const judged = await installation.run(['judge', folder]);
    expect(judged.exitCode).toBe(3);
  });
});
