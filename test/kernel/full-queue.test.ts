/** A full accept queue, met in different ways. Linux 4.10 or later is assumed; rootless, 6.3 or later. */
import { describe, expect } from 'vitest';
import { useInstallation } from '../helpers/installation.ts';
import { kernelTest, USERS } from '../helpers/kernel-available.ts';
import { findings, reproduce } from '../helpers/reproduction.ts';

const TIMEOUT_MS = 120_000;

const installation = useInstallation();

describe.concurrent.each(USERS)('$name', { timeout: TIMEOUT_MS }, (user) => {
  const carriedOut = (scenario: string) =>
    reproduce(installation, ['--scenario', scenario], { user });

  kernelTest('tcp_abort_on_overflow resets requests, and nobody else', async () => {
    const { json } = await carriedOut('abort-on-overflow');
    expect(json).toMatchObject({
      outcomes: { connected: 6, timedOut: 1, refused: 0 },
      counters: { server: { EmbryonicRsts: 2, OutRsts: 2, SyncookiesSent: 1 } },
      wire: { rsts: 2, refusedSyns: 1 },
    });
    expect(findings(json)).toEqual({
      '001-c (ACK stage)': 'confirmed',
      '001-c (SYN stage)': 'confirmed',
      '001-c (SYN cookie)': 'outdated',
      prediction: 'confirmed',
    });
  });

  kernelTest('a burst on a busy server: two are served, eight time out connecting', async () => {
    const { json, judgement } = await carriedOut('connect-timeouts-in-a-burst');
    expect(json.outcomes).toMatchObject({ connected: 2, timedOut: 8 });
    expect(findings(json)).toEqual({ '001-d': 'confirmed', prediction: 'confirmed' });
    const answered = judgement.seen.clients.flatMap(({ receivedBytes }) => receivedBytes ?? []);
    expect(answered).toEqual([50, 50]);
  });

  kernelTest('a SYN is dropped although no request is young', async () => {
    const { json } = await carriedOut('young-requests');
    expect(json.wire).toMatchObject({ syns: 8, synAcks: 3, refusedSyns: 5 });
    expect(findings(json)).toEqual({
      '001-f': 'outdated',
      '000-e': 'outdated',
      prediction: 'confirmed',
    });
  });

  kernelTest('SYN cookies are decided on, and not sent', async () => {
    const { json } = await carriedOut('cookies-do-not-help');
    expect(json).toMatchObject({
      outcomes: { connected: 3, timedOut: 8 },
      counters: { server: { TCPReqQFullDoCookies: 4 } },
    });
    expect(json.counters.server['SyncookiesSent'] ?? 0).toBe(0);
    expect(findings(json)).toEqual({
      '001-j': 'confirmed',
      '001-j (always)': 'confirmed',
      prediction: 'confirmed',
    });
  });

  kernelTest('no more than fit are established, however long clients knock', async () => {
    const { json } = await carriedOut('established-without-limit');
    expect(json.outcomes).toMatchObject({ connected: 3, timedOut: 17 });
    expect(findings(json)).toEqual({ '001-k': 'outdated', prediction: 'confirmed' });
  });

  kernelTest('a server that drains its queue lets refused clients in a second later', async () => {
    const { json, judgement } = await carriedOut('drained-queue');
    expect(json.outcomes).toMatchObject({ connected: 8, timedOut: 0 });
    expect(findings(json)).toEqual({ '001-k (drains)': 'confirmed', prediction: 'confirmed' });
    const late = judgement.seen.clients.filter(({ wave }) => wave === 'late');
    for (const { outcome } of late) {
      expect(outcome).toMatchObject({ kind: 'connected' });
      expect('afterMs' in outcome ? outcome.afterMs : 0).toBeGreaterThan(900);
    }
  });
});
