import { expect, test } from 'vitest';
import { changedLine, liveFacts } from '../../../harness/live/live-changes.ts';
import { liveFrame } from '../../../harness/live/live-frame.ts';
import { absorb, type LiveState, NOTHING_SEEN } from '../../../harness/live/live-state.ts';
import { LIVE_LANGUAGES, LIVE_TEXTS } from '../../../harness/live/live-texts.ts';
import { displayWidth } from '../../../harness/report/display-width.ts';
import { FIXTURES, fixture } from '../../helpers/fixtures.ts';
import { jsonLines, liveView, screenOf, seenLive } from '../../helpers/live-run.ts';

const MANY = 30_000;

function crowd(): LiveState {
  const clients = Array.from({ length: MANY }, (_, index) => index + 1);
  const attempts = clients.map((client) => ({ event: 'attempt', client }));
  const connected = clients.slice(0, 129).map((client) => ({ event: 'connected', client }));
  const events = jsonLines(...attempts, ...connected);
  const samples = jsonLines({ acceptQueueLength: 129, synQueueLength: 3, ListenOverflows: 9 });
  return absorb(
    absorb(seenLive(fixture('fits')), 'swarm-0.jsonl', events),
    'samples.jsonl',
    samples,
  );
}

test('a frame of the default run', () => {
  const sample = { acceptQueueLength: 3, synQueueLength: 0, ListenOverflows: 4, ListenDrops: 4 };
  const over = seenLive(fixture('accept-queue-overflow'));
  const state = { ...absorb(over, 'samples.jsonl', jsonLines(sample)), stepsDone: 3 };
  const frame = liveFrame(state, liveView(), screenOf(80, 16)).join('\n');
  expect(frame).toMatchInlineSnapshot(`
    "backlog-lab  accept-queue-overflow                           1.2 s  Ctrl-C stops
    step 4 of 6: wait for every attempt of wave 'all' to have an outcome

    accept queue  ██████████████████████████████████████  3 of 3  full
    SYN queue     ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  0 of 3 (predicted)

    4 clients  ● 3 connected  ✗ 1 timed out
      ●●●✗

    server   ListenOverflows 3   ListenDrops 3

    18 packets, the last below (seconds since the first)
       2.536966  10.77.0.2.44568 > 10.77.0.1.9999: Flags [F.], length 0
       2.540684  10.77.0.1.9999 > 10.77.0.2.44568: Flags [.], length 0
       2.540700  10.77.0.1.9999 > 10.77.0.2.44552: Flags [.], length 0
       2.540704  10.77.0.1.9999 > 10.77.0.2.44546: Flags [.], length 0"
  `);
});

const SIZES = [
  [80, 24],
  [200, 60],
  [40, 10],
  [20, 3],
  [1, 1],
] as const;

const STATES = new Map([
  ['nothing', NOTHING_SEEN],
  ['30000 clients', crowd()],
  ...FIXTURES.map((name) => [name, seenLive(fixture(name))] as const),
]);

test.each(SIZES)('a frame fits %i columns and %i rows, whatever was seen', (columns, rows) => {
  for (const state of STATES.values()) {
    for (const language of LIVE_LANGUAGES) {
      for (const blind of [false, true]) {
        const view = liveView({ texts: LIVE_TEXTS[language], blind });
        const lines = liveFrame(state, view, screenOf(columns, rows));
        expect(lines.length).toBeLessThanOrEqual(rows);
        expect(lines.filter((line) => displayWidth(line) > columns)).toEqual([]);
      }
    }
  }
});

test('at 80 by 24 packets are seen below a crowd of dots', () => {
  const lines = liveFrame(crowd(), liveView(), screenOf(80, 24));
  expect(lines.some((line) => line.includes('one dot: '))).toBe(true);
  expect(lines.at(-1)).toMatch(/Flags \[/);
});

test('before anything is seen the frame says so', () => {
  const frame = liveFrame(NOTHING_SEEN, liveView({ step: '' }), screenOf(80, 24)).join('\n');
  expect(frame).toContain('starting');
  expect(frame.match(/not seen yet/g)).toHaveLength(3);
  expect(frame).toContain('no packets yet');
});

test('a sandbox whose evidence comes at the end shows its steps and says so', () => {
  const frame = liveFrame(NOTHING_SEEN, liveView({ blind: true }), screenOf(100, 24)).join('\n');
  expect(frame).toContain('until then only its steps show');
  expect(frame).not.toContain('accept queue');
});

test('a frame of 30000 clients takes a small part of the time between two', () => {
  const state = crowd();
  const startedMs = performance.now();
  for (let frame = 0; frame < 20; frame += 1) liveFrame(state, liveView(), screenOf(200, 60));
  // 100 ms lie between two frames.
  expect((performance.now() - startedMs) / 20).toBeLessThan(50);
});

test('without a screen only what is new is told', () => {
  const view = liveView({ step: '4 clients connect (burst)' });
  const sample = jsonLines({ acceptQueueLength: 3, ListenOverflows: 4 });
  const before = liveFacts(NOTHING_SEEN, view);
  const after = liveFacts(absorb(NOTHING_SEEN, 'samples.jsonl', sample), view);
  expect(changedLine(new Map(), before, view)).toBe('1.2 s  4 clients connect (burst)');
  expect(changedLine(before, after, view)).toBe('1.2 s  accept queue 3; ListenOverflows 0');
  expect(changedLine(after, after, view)).toBeUndefined();
});
