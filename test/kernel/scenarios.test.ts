/** The four scenarios with their defaults. Linux 4.10 or later is assumed; rootless, 6.3 or later. */
import { describe, expect } from 'vitest';
import type { Connection } from '../../harness/domain/tcp.ts';
import { retransmissionTolerance } from '../../harness/kernel/schedules.ts';
import { useInstallation } from '../helpers/installation.ts';
import { kernelTest, USERS } from '../helpers/kernel-available.ts';
import { findings, reproduce } from '../helpers/reproduction.ts';

const TIMEOUT_MS = 120_000;

const installation = useInstallation();

describe.concurrent.each(USERS)('$name', { timeout: TIMEOUT_MS }, (user) => {
  kernelTest('three fit into a backlog of two, the fourth is refused and times out', async () => {
    const { json } = await reproduce(installation, [], { user });
    expect(json).toMatchObject({
      scenario: 'accept-queue-overflow',
      verdict: 'outdated',
      outcomes: { connected: 3, timedOut: 1, refused: 0, reset: 0, failed: 0, unsettled: 0 },
      listener: { acceptQueueLength: 3, acceptQueueLimit: 2, synQueueLength: 0 },
      wire: { syns: 6, synRetransmissions: 2, synAcks: 3, refusedSyns: 3, rsts: 0 },
      counters: { server: { ListenOverflows: 3, ListenDrops: 3, PassiveOpens: 3 } },
    });
    expect(findings(json)).toEqual({
      '001-a': 'confirmed',
      '001-b (i)': 'outdated',
      '001-h': 'confirmed',
      '002-d': 'confirmed',
      '002-g (accept queue)': 'outdated',
      '003-f': 'confirmed',
      prediction: 'confirmed',
    });
  });

  kernelTest('a fooled client is ESTABLISHED, and the server has no connection', async () => {
    const { json, judgement } = await reproduce(installation, ['--scenario', 'fooled-client'], {
      user,
    });
    expect(json.verdict).toBe('confirmed');
    expect(findings(json)).toEqual({
      '001-b (ii)': 'confirmed',
      '000-b': 'confirmed',
      '001-c': 'confirmed',
      prediction: 'confirmed',
    });
    const { seen, prediction } = judgement;
    const [fooled, ...others] = seen.connections.filter(isRepeatedMoreThanOnce);
    expect(others).toEqual([]);
    const sockets = seen.snapshots.get('closing')?.sockets;
    const port = fooled?.clientPort ?? 0;
    const believed = sockets?.client.filter(({ localPort }) => localPort === port);
    expect(believed).toMatchObject([{ state: 'ESTABLISHED' }]);
    expect(sockets?.server.filter(({ remotePort }) => remotePort === port)).toEqual([]);
    expectOnSchedule(fooled, prediction.synAckTimesMs);
  });

  kernelTest('somaxconn cuts the backlog', async () => {
    const { json } = await reproduce(installation, ['--scenario', 'somaxconn-caps-the-backlog'], {
      user,
    });
    expect(json).toMatchObject({
      verdict: 'confirmed',
      outcomes: { connected: 129, timedOut: 71 },
      listener: { acceptQueueLength: 129, acceptQueueLimit: 128 },
    });
    expect(new Set(Object.values(findings(json)))).toEqual(new Set(['confirmed']));
  });

  kernelTest('a raised somaxconn needs a new listen', async () => {
    const { json } = await reproduce(installation, ['--scenario', 'somaxconn-needs-a-new-listen'], {
      user,
    });
    expect(json).toMatchObject({
      verdict: 'confirmed',
      outcomes: { connected: 200, timedOut: 0 },
      listener: { acceptQueueLength: 200, acceptQueueLimit: 8_192 },
    });
    expect(findings(json)).toEqual({ '003-c': 'confirmed', prediction: 'confirmed' });
  });
});

const isRepeatedMoreThanOnce = ({ synAcks }: Connection): boolean => synAcks.length > 2;

function expectOnSchedule(connection: Connection | undefined, timesMs: readonly number[]): void {
  const sentMs = connection?.synAcks.map(({ atMs }) => atMs) ?? [];
  expect(sentMs).toHaveLength(timesMs.length);
  for (const [index, dueMs] of timesMs.entries()) {
    const offMs = (sentMs[index] ?? 0) - (sentMs[0] ?? 0) - dueMs;
    const { earlyMs, lateMs } = retransmissionTolerance(dueMs);
    expect(offMs, `SYN-ACK ${index + 1}`).toBeGreaterThanOrEqual(-earlyMs);
    expect(offMs, `SYN-ACK ${index + 1}`).toBeLessThanOrEqual(lateMs);
  }
}
