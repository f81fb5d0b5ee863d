import { expect, test } from 'vitest';
import { followWaves, type Waves } from '../../harness/collect/swarm-waves.ts';
import type { SwarmEvent } from '../../harness/domain/wire.ts';

const at = (client: number) => ({ monotonicMs: 1, client });

/** A wave of two clients that have begun their attempts. */
function begun(): Waves {
  const waves = followWaves();
  const behaviour = { connectTimeoutMs: 1, readTimeoutMs: null, sendBytes: 0, keepAliveMs: null };
  const arrivals = { kind: 'burst' } as const;
  waves.begin({ kind: 'connect', wave: 'all', clients: 2, arrivals, behaviour }, 1);
  waves.take({ event: 'attempt', wave: 'all', ...at(1) });
  waves.take({ event: 'attempt', wave: 'all', ...at(2) });
  return waves;
}

const ENDS: readonly SwarmEvent[] = [
  { event: 'timed-out', by: 'own-timer', ...at(2) },
  { event: 'refused', ...at(2) },
  { event: 'reset', stage: 'before-data', ...at(2) },
  { event: 'failed', stage: 'connecting', code: 'EMFILE', ...at(2) },
  { event: 'closed-by-server', ...at(2) },
  { event: 'closed-by-client', ...at(2) },
  { event: 'timed-out-by-kernel', ...at(2) },
];

test.each(ENDS)('an attempt is open until it is $event', (end) => {
  const waves = begun();
  expect(waves.openIn('all')).toBe(2);
  waves.take({ event: 'connected', ...at(2) });
  expect(waves.openIn('all')).toBe(2);
  waves.take(end);
  expect(waves.openIn('all')).toBe(1);
});

test('who waits for a byte in vain holds the connection all the same', () => {
  const waves = begun();
  waves.take({ event: 'read-timed-out', ...at(2) });
  expect(waves.openIn('all')).toBe(2);
});

test('a reconnection is an open attempt of the same wave', () => {
  const waves = begun();
  waves.take({ event: 'closed-by-server', ...at(2) });
  waves.take({ event: 'attempt', wave: 'all', reconnects: 2, ...at(1_000_002) });
  expect(waves.openIn('all')).toBe(2);
  expect(waves.attemptsIn('all')).toBe(3);
  waves.take({ event: 'closed-by-client', ...at(1_000_002) });
  expect(waves.openIn('all')).toBe(1);
});
