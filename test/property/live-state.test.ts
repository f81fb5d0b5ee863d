import fc from 'fast-check';
import { expect, test } from 'vitest';
import { absorb, isWatched, NOTHING_SEEN } from '../../harness/live/live-state.ts';
import { fixture } from '../helpers/fixtures.ts';
import { seenLive } from '../helpers/live-run.ts';

const RUNS = ['accept-queue-overflow', 'fooled-client', 'cluster'] as const;

const watched = (name: string): readonly (readonly [string, Uint8Array])[] =>
  [...fixture(name)].filter(([file]) => isWatched(file));

test.each(RUNS)('wherever the bytes of %s are cut, the same is seen in the end', (name) => {
  const whole = seenLive(fixture(name));
  fc.assert(
    fc.property(fc.infiniteStream(fc.integer({ min: 1, max: 900 })), (sizes) => {
      let state = NOTHING_SEEN;
      for (const [file, bytes] of watched(name)) {
        for (let from = 0; from < bytes.length; ) {
          const to = from + (sizes.next().value ?? 1);
          state = absorb(state, file, bytes.subarray(from, to));
          from = to;
        }
      }
      expect(state).toEqual(whole);
    }),
    { numRuns: 20 },
  );
});

test('whatever is appended, nothing is thrown', () => {
  const files = fc.constantFrom('capture.pcap', 'samples.jsonl', 'server.jsonl', 'swarm-0.jsonl');
  const pieces = fc.array(fc.tuple(files, fc.uint8Array({ maxLength: 80 })));
  fc.assert(
    fc.property(pieces, (appended) => {
      appended.reduce((state, [file, bytes]) => absorb(state, file, bytes), NOTHING_SEEN);
    }),
  );
});
