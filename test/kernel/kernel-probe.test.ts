/** The kernel's own trace events as a witness. What it can tell depends on who runs it, and on 6.15. */
import { describe, expect } from 'vitest';
import { traceObstacle } from '../../harness/verdict/trace-figures.ts';
import { type Installation, useInstallation } from '../helpers/installation.ts';
import { kernelTest, USERS } from '../helpers/kernel-available.ts';
import { findings, jsonOf, type RunJson, reproduce } from '../helpers/reproduction.ts';

const TIMEOUT_MS = 120_000;
const SCENARIO = ['--scenario', 'kernel-probe'];

const installation = useInstallation();

const root = USERS.find(({ name }) => name === 'root');
const ordinary = USERS.find(({ name }) => name === 'an ordinary user');

const DECIDED = {
  '000-f': 'confirmed',
  '000-f (refused SYN)': 'outdated',
  prediction: 'confirmed',
};

async function probeAsRoot(place: Installation, args: readonly string[] = []): Promise<void> {
  const { json, judgement } = await reproduce(place, [...SCENARIO, ...args]);
  expect(traceObstacle(judgement.seen)).toBeUndefined();
  expect(findings(json)).toEqual(DECIDED);
}

describe.runIf(root)('root', { timeout: TIMEOUT_MS }, () => {
  kernelTest('the probe sees every dropped ACK and no refused SYN', async () => {
    await probeAsRoot(installation);
  });

  kernelTest('runs side by side on the same port do not see each other', async () => {
    await Promise.all([1, 2, 3].map(() => probeAsRoot(installation)));
  });

  kernelTest('over IPv6, and with several ACKs dropped at once', async () => {
    await Promise.all([
      probeAsRoot(installation, ['--ipv6']),
      probeAsRoot(installation, ['--backlog', '5', '--clients', '15']),
    ]);
  });
});

describe.runIf(ordinary)('an ordinary user', { timeout: TIMEOUT_MS }, () => {
  kernelTest('has no trace: only the claims about the probe stay open', async () => {
    const given = ['--json', '--runs-dir', installation.newFolder(), ...SCENARIO];
    const ended = await installation.run(given, ordinary ? { user: ordinary } : {});
    const json = jsonOf<RunJson>(ended, 3);
    expect(json.ledger.balanced).toBe(true);
    expect(ended.stdout).toContain('trace events need root of the machine');
    expect(findings(json)).toEqual({
      '000-f': 'inconclusive',
      '000-f (refused SYN)': 'inconclusive',
      prediction: 'confirmed',
    });
  });
});
