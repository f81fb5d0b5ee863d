/** SYN queues that overflow, and Node's default backlog. Linux 6.13 or later is assumed. */
import { describe, expect } from 'vitest';
import { useInstallation } from '../helpers/installation.ts';
import { kernelTest, USERS } from '../helpers/kernel-available.ts';
import { findings, reproduce } from '../helpers/reproduction.ts';

const TIMEOUT_MS = 120_000;

const installation = useInstallation();

const SYN_QUEUE = ['--scenario', 'syn-queue'];

describe.concurrent.each(USERS)('$name', { timeout: TIMEOUT_MS }, (user) => {
  kernelTest('backlog 8 holds nine SYNs and drops eleven', async () => {
    const { json } = await reproduce(installation, SYN_QUEUE, { user });
    expect(json).toMatchObject({
      verdict: 'outdated',
      outcomes: { connected: 0, timedOut: 20 },
      listener: { acceptQueueLength: 0, acceptQueueLimit: 8, synQueueLength: 9 },
      wire: { syns: 20, synRetransmissions: 0, synAcks: 9, refusedSyns: 11 },
      counters: { server: { ListenDrops: 11, TCPReqQFullDrop: 11 } },
    });
    expect(findings(json)).toEqual({
      '002-a': 'outdated',
      '001-g': 'outdated',
      '002-c': 'confirmed',
      '002-g (SYN queue)': 'confirmed',
      prediction: 'confirmed',
    });
  });

  kernelTest('with SYN cookies none of the eleven is dropped', async () => {
    const args = [...SYN_QUEUE, '--syncookies', '1'];
    const { json } = await reproduce(installation, args, { user });
    expect(json).toMatchObject({
      listener: { synQueueLength: 9 },
      wire: { synAcks: 20, refusedSyns: 0 },
      counters: { server: { TCPReqQFullDoCookies: 11, SyncookiesSent: 11 } },
    });
    expect(findings(json)).toMatchObject({ '002-a': 'outdated', '002-c': 'confirmed' });
  });

  kernelTest('the 3/4 rule drops SYNs while the queue has room', async () => {
    const settings = ['--backlog', '128', '--max-syn-backlog', '64', '--clients', '55'];
    const { json } = await reproduce(installation, [...SYN_QUEUE, ...settings], { user });
    expect(json).toMatchObject({
      listener: { synQueueLength: 49 },
      wire: { refusedSyns: 6 },
      counters: { server: { ListenDrops: 6 } },
    });
    expect(json.counters.server).not.toHaveProperty('TCPReqQFullDrop', 6);
    expect(findings(json)).toEqual({
      '002-a': 'outdated',
      '002-b': 'outdated',
      '001-g': 'outdated',
      '002-g (3/4 rule)': 'outdated',
      prediction: 'confirmed',
    });
  });

  kernelTest('Node takes 511 when no backlog is given', async () => {
    const args = ['--scenario', 'node-default-backlog'];
    const { json, judgement } = await reproduce(installation, args, { user });
    expect(json).toMatchObject({
      outcomes: { connected: 512, timedOut: 8 },
      listener: { acceptQueueLength: 512, acceptQueueLimit: 511 },
    });
    expect(findings(json)).toEqual({
      '002-f': 'confirmed',
      '002-g (accept queue)': 'outdated',
      prediction: 'confirmed',
    });
    expect(judgement.seen.plan.steps[0]).toMatchObject({ kind: 'start-server', backlog: null });
  });
});
