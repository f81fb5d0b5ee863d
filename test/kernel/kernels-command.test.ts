/** One table for several kernels, of which only this machine's own can be put to the test here. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import type { KernelsVerdict } from '../../harness/domain/kernels.ts';
import { useInstallation } from '../helpers/installation.ts';
import { breaches, KERNELS_CONTRACT } from '../helpers/json-contract.ts';
import { kernelTest } from '../helpers/kernel-available.ts';
import { jsonOf } from '../helpers/reproduction.ts';
import { allGone } from '../helpers/run-processes.ts';
import { waitUntil } from '../helpers/wait-until.ts';

const TIMEOUT_MS = 120_000;

const installation = useInstallation();

describe('kernels', { timeout: TIMEOUT_MS }, () => {
  kernelTest('a kernel that there is none of is a column; the other one is judged', async () => {
    const runsDir = installation.newFolder();
    const line = ['kernels', '--kernel', 'debian:5.99', '--kernel', 'host', '--only', '003-c'];
    const ended = await installation.run([...line, '--json', '--report', '--runs-dir', runsDir]);
    const json = jsonOf<KernelsVerdict>(ended, 4);
    expect(breaches(json, KERNELS_CONTRACT)).toEqual([]);
    expect(json.kernels).toMatchObject([
      { kind: 'judged', name: 'host', totals: { confirmed: 2 }, machines: null },
      { kind: 'failed', name: 'debian:5.99', folder: null },
    ]);
    expect(json.claims).toMatchObject([
      { id: '003-c', cells: [{ verdict: 'confirmed' }, null], differs: false },
      { id: 'prediction', cells: [{ verdict: 'confirmed' }, null], differs: false },
    ]);
    const folder = path.resolve(installation.folder, json.folder);
    expect(JSON.parse(readFileSync(path.join(folder, 'kernels.json'), 'utf8'))).toMatchObject({
      claims: json.claims,
    });
    for (const file of ['report.html', 'host/verify.json', 'host/report.html']) {
      expect(existsSync(path.join(folder, file)), file).toBe(true);
    }
    expect(ended.stderr).toMatch(/^host {2}1\/1 {2}confirmed {2}somaxconn-needs-a-new-listen /m);
  });

  kernelTest('interrupted, it is no table', async () => {
    const runsDir = installation.newFolder();
    const line = ['kernels', '--kernel', 'debian:5.99,host', '--only', '001-a,003-c', '--json'];
    const running = installation.start([...line, '--runs-dir', runsDir]);
    let said = '';
    running.child.stderr?.on('data', (text: string) => {
      said += text;
    });
    await waitUntil('the first run to end', () => said.includes('host  1/2') || undefined, {
      deadlineMs: 60_000,
    });
    running.child.kill('SIGINT');
    const ended = await running.ended;
    expect(ended).toMatchObject({ exitCode: 130, signal: null });
    expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code: 'ABORTED' } });
    await allGone(running);
  });
});
