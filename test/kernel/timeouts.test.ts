/** Clients that wait: for a repeated SYN, for the kernel, for a slow server. Linux 4.10 or later. */
import { describe, expect } from 'vitest';
import { useInstallation } from '../helpers/installation.ts';
import { kernelTest, USERS } from '../helpers/kernel-available.ts';
import { findings, reproduce } from '../helpers/reproduction.ts';

const TIMEOUT_MS = 120_000;

const installation = useInstallation();

describe.concurrent.each(USERS)('$name', { timeout: TIMEOUT_MS }, (user) => {
  const run = (...args: readonly string[]) => reproduce(installation, args, { user });

  kernelTest('SYNs are repeated at equal distances first, where the kernel can', async () => {
    const { json, judgement } = await run('--scenario', 'syn-retransmissions');
    expect(findings(json)).toEqual({ '001-i': 'outdated', prediction: 'confirmed' });
    const ends = judgement.seen.clients.flatMap(({ outcome }) =>
      outcome.kind === 'timed-out' ? [outcome.by] : [],
    );
    expect(ends).toEqual(['kernel', 'kernel', 'kernel']);
  });

  kernelTest('with tcp_syn_linear_timeouts 0 their distances double', async () => {
    const { json, judgement } = await run(
      ...['--scenario', 'syn-retransmissions', '--syn-linear-timeouts', '0'],
    );
    expect(findings(json)).toEqual({ '001-i': 'outdated', prediction: 'confirmed' });
    const rules = judgement.verdict.claims.flatMap(({ finding }) =>
      finding.kind === 'outdated' ? [finding.rule.id] : [],
    );
    expect(rules).toEqual(['initial-rto-one-second']);
  });

  kernelTest('short connections end by their own timer, a patient one by the kernel', async () => {
    const { json, judgement } = await run('--scenario', 'kernel-gives-up');
    expect(findings(json)).toEqual({ '003-a': 'confirmed', prediction: 'confirmed' });
    const ends = judgement.seen.clients.flatMap(({ outcome }) =>
      outcome.kind === 'timed-out' ? [outcome.by] : [],
    );
    expect(ends.sort()).toEqual(['kernel', ...Array.from({ length: 5 }, () => 'own-timer')]);
  });

  kernelTest('300 ms are too short, 3 s are not', async () => {
    const { json } = await run('--scenario', 'short-and-long-timeouts');
    expect(findings(json)).toEqual({ '003-d': 'confirmed', prediction: 'confirmed' });
    expect(json.outcomes).toMatchObject({ connected: 6, timedOut: 3 });
  });

  kernelTest('a server that accepts too slowly overflows', async () => {
    const { json } = await run('--scenario', 'slow-accept');
    expect(findings(json)).toEqual({ '002-h': 'confirmed', prediction: 'confirmed' });
    expect(json.counters.server['ListenOverflows']).toBeGreaterThan(0);
  });

  kernelTest('nobody is refused but at a closed port', async () => {
    const { json } = await run('--scenario', 'refused-needs-a-closed-port');
    expect(findings(json)).toEqual({ '003-h': 'outdated', prediction: 'confirmed' });
    expect(json.outcomes).toMatchObject({ connected: 3, timedOut: 2, refused: 1 });
  });
});
