/**
 * What the options of a run change, on the real kernel. Linux 4.10 or later is assumed, and 6.5 for
 * --syn-linear-timeouts.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { useInstallation } from '../helpers/installation.ts';
import { kernelTest } from '../helpers/kernel-available.ts';
import { type RunJson, reproduce } from '../helpers/reproduction.ts';

const TIMEOUT_MS = 120_000;

const installation = useInstallation();

type Expected = Partial<Record<keyof RunJson, unknown>>;

/** A backlog of two and four clients, whatever else is asked for. */
const AS_BY_DEFAULT: Expected = {
  outcomes: { connected: 3, timedOut: 1, refused: 0, reset: 0, failed: 0, unsettled: 0 },
  listener: { acceptQueueLength: 3, acceptQueueLimit: 2, synQueueLength: 0 },
};

const CASES: readonly (readonly [options: string, expected: Expected])[] = [
  [
    '--backlog 7 --clients 3',
    {
      outcomes: { connected: 3, timedOut: 0 },
      listener: { acceptQueueLength: 3, acceptQueueLimit: 7 },
      counters: { server: { ListenOverflows: 0, ListenDrops: 0 } },
    },
  ],
  [
    '--backlog 64 --clients 100 --connect-timeout 1500ms',
    {
      outcomes: { connected: 65, timedOut: 35 },
      listener: { acceptQueueLength: 65, acceptQueueLimit: 64 },
      wire: { refusedSyns: 70 },
      counters: { server: { ListenOverflows: 70, ListenDrops: 70 } },
    },
  ],
  [
    '--backlog 128 --somaxconn 16 --clients 30 --connect-timeout 1500ms',
    {
      outcomes: { connected: 17, timedOut: 13 },
      listener: { acceptQueueLength: 17, acceptQueueLimit: 16 },
    },
  ],
  ['--ipv6', { ...AS_BY_DEFAULT, wire: { syns: 6, refusedSyns: 3 } }],
  ['--arrivals sequential', { ...AS_BY_DEFAULT, wire: { syns: 6, refusedSyns: 3 } }],
  ['--arrivals 50/s', { ...AS_BY_DEFAULT, wire: { syns: 6, refusedSyns: 3 } }],
  ['--send 50', AS_BY_DEFAULT],
  [
    '--syn-linear-timeouts 0 --connect-timeout 3500ms',
    // SYNs at 0, 1 and 3 s, where linear timeouts would have sent one at 2 s too.
    { ...AS_BY_DEFAULT, wire: { syns: 6, synRetransmissions: 2, refusedSyns: 3 } },
  ],
  ['--syncookies 0', { ...AS_BY_DEFAULT, wire: { syns: 6, refusedSyns: 3 } }],
  [
    '--connect-timeout 300ms',
    { ...AS_BY_DEFAULT, wire: { syns: 4, synRetransmissions: 0, refusedSyns: 1 } },
  ],
  [
    '--scenario fooled-client --abort-on-overflow 1',
    { verdict: 'confirmed', outcomes: { connected: 4, timedOut: 0 }, wire: { rsts: 1 } },
  ],
];

describe.concurrent('one run', { timeout: TIMEOUT_MS }, () => {
  kernelTest.each(CASES)('%s', async (options, expected) => {
    const { json } = await reproduce(installation, options.split(' '));
    expect(json).toMatchObject(expected);
    expect(['confirmed', 'outdated']).toContain(json.verdict);
  });

  kernelTest('a swarm that is larger than the limit on open files is spread', async () => {
    const clients = 2_500;
    const args = ['--clients', `${clients}`, '--connect-timeout', '1500ms'];
    const { json } = await reproduce(installation, args, { through: ['prlimit', '--nofile=1200'] });
    expect(json.outcomes).toMatchObject({ connected: 3, timedOut: clients - 3, failed: 0 });
    expect(json.listener).toMatchObject({ acceptQueueLength: 3 });
    expect(json.wire).toMatchObject({ refusedSyns: json.counters.server['ListenDrops'] });
    const files = readdirSync(path.resolve(installation.folder, json.runFolder));
    expect(files.filter((file) => /^swarm-\d+\.jsonl$/.test(file))).toHaveLength(3);
  });
});
