import { expect, test } from 'vitest';
import { readSwarmEvents } from '../../../harness/evidence/swarm-events.ts';

test('events with the fields they need are kept, with what else they carry', () => {
  const told = [
    { event: 'ready', monotonicMs: 1 },
    { event: 'attempt', monotonicMs: 2, client: 1, wave: 'first' },
    { event: 'connected', monotonicMs: 3, client: 1, localAddress: '10.77.0.2', localPort: 40510 },
    { event: 'timed-out', monotonicMs: 4, client: 2, by: 'own-timer', future: true },
  ];
  expect(readSwarmEvents(told)).toEqual({ events: told, problems: [] });
});

test('an event this program does not know is let go', () => {
  const told = [{ event: 'yawned', monotonicMs: 1, client: 1 }, 'text', null, {}];
  expect(readSwarmEvents(told)).toEqual({ events: [], problems: [] });
});

test.each([
  [{ event: 'attempt', monotonicMs: 2, client: 1 }, "'wave' is absent, not string."],
  [{ event: 'connected', monotonicMs: '2', client: 1 }, "'monotonicMs' is string, not number."],
  [
    { event: 'timed-out', monotonicMs: 2, client: 1, by: 'magic' },
    "'by' is string, not own-timer or kernel.",
  ],
  [
    { event: 'refused', monotonicMs: 2, client: 1, localPort: null },
    "'localPort' is null, not number.",
  ],
])('an event without the fields it needs is a problem (%#)', (event, problem) => {
  expect(readSwarmEvents([event])).toEqual({
    events: [],
    problems: [`An event '${event.event}' is unreadable: ${problem}`],
  });
});
