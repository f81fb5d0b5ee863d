/** Servers that accept: connection caps, relays side by side, short connections. */
import { describe, expect } from 'vitest';
import { useInstallation } from '../helpers/installation.ts';
import { kernelTest, USERS } from '../helpers/kernel-available.ts';
import { findings, reproduce } from '../helpers/reproduction.ts';

const TIMEOUT_MS = 120_000;

const installation = useInstallation();

describe.concurrent.each(USERS)('$name', { timeout: TIMEOUT_MS }, (user) => {
  const run = (scenario: string, ...options: readonly string[]) =>
    reproduce(installation, ['--scenario', scenario, ...options], { user });

  kernelTest('128 connections stay, two clients are closed again and again', async () => {
    const { json, judgement } = await run('connection-cap');
    expect(findings(json)).toEqual({
      '004-a': 'confirmed',
      '004-b': 'confirmed',
      prediction: 'confirmed',
    });
    expect(json.outcomes).toMatchObject({ timedOut: 0, refused: 0, failed: 0 });
    const { servers, clients } = judgement.seen;
    expect(servers).toEqual([{ kept: 128, dropped: clients.length - 128, receivedBytes: 0 }]);
    expect(clients.filter(({ end }) => end?.kind === 'held')).toHaveLength(128);
    expect(new Set(clients.map(({ reconnects }) => reconnects)).size).toBeGreaterThan(10);
  });

  kernelTest('a larger cap ends it', async () => {
    const { json, judgement } = await run('connection-cap', '--cap', '256');
    expect(findings(json)).toEqual({ '004-d': 'confirmed', prediction: 'confirmed' });
    expect(judgement.seen.servers).toEqual([{ kept: 130, dropped: 0, receivedBytes: 0 }]);
  });

  kernelTest('a capped relay gets less than its share, over IPv6 too', async () => {
    const uneven = await run('relay-traffic', '--ipv6');
    expect(findings(uneven.json)).toEqual({ '004-c': 'confirmed', prediction: 'confirmed' });
    const [capped, free] = uneven.judgement.seen.servers;
    expect(capped).toMatchObject({ kept: 8 });
    expect(free).toEqual({ kept: 12, dropped: 0, receivedBytes: 3_600 });
    const even = await run('relay-traffic', '--cap', '12');
    expect(findings(even.json)).toEqual({
      '004-d (traffic)': 'confirmed',
      prediction: 'confirmed',
    });
  });

  kernelTest('short connections need a larger somaxconn, or a pool', async () => {
    const { json } = await run('short-connections-and-somaxconn');
    expect(findings(json)).toEqual({
      '003-e': 'confirmed',
      '003-g': 'confirmed',
      prediction: 'confirmed',
    });
    expect(json.outcomes.timedOut).toBeGreaterThan(0);
    expect(json.counters.server['ListenOverflows']).toBe(json.wire.refusedSyns);
  });
});
