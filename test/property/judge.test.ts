import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Evidence } from '../../harness/domain/evidence.ts';
import { HarnessError } from '../../harness/domain/harness-error.ts';
import { judgeEvidence } from '../../harness/reproduce.ts';
import { bytesOf, removed, rewritten } from '../helpers/damage.ts';
import { FIXTURES, fixture } from '../helpers/fixtures.ts';

/** A damaged plan cannot be read, or asks for a scenario that nobody knows. */
const REFUSALS = ['EVIDENCE_UNREADABLE', 'SCENARIO_UNKNOWN'];
/** A judgement takes two milliseconds; a machine may be busy, but nothing here may hang. */
const LONGEST_MS = 5_000;

/** What is said of the evidence: a verdict, or the code of an error that has a remedy. */
function judgementOf(evidence: Evidence): string {
  try {
    return judgeEvidence(evidence).verdict.kind;
  } catch (error) {
    if (error instanceof HarnessError && REFUSALS.includes(error.code)) return error.code;
    throw error;
  }
}

function judgedInTime(evidence: Evidence): string {
  const startedMs = performance.now();
  const judgement = judgementOf(evidence);
  expect(performance.now() - startedMs).toBeLessThan(LONGEST_MS);
  return judgement;
}

const fileOf = (name: string): fc.Arbitrary<string> =>
  fc.constantFrom(...[...fixture(name).keys()].sort());

/** A file, and a place in it as a share of its length. */
const placeIn = (name: string): fc.Arbitrary<readonly [file: string, at: number]> =>
  fileOf(name).chain((file) =>
    fc
      .nat({ max: Math.max(0, bytesOf(fixture(name), file).length - 1) })
      .map((at) => [file, at] as const),
  );

/** Random bytes, and those that keep JSON and numbers whole but change what they say. */
const damagedByte = fc.oneof(
  fc.nat({ max: 255 }),
  fc.constantFrom(...[...'0129-+.eE{}[]",: \n'].map((letter) => letter.charCodeAt(0))),
);

test.each(FIXTURES)('a byte of %s that is changed never crashes the judge', (name) => {
  fc.assert(
    fc.property(placeIn(name), damagedByte, ([file, at], byte) => {
      const damage = rewritten(file, (bytes) => bytes.map((old, i) => (i === at ? byte : old)));
      judgedInTime(damage(fixture(name)));
    }),
    { numRuns: 60 },
  );
});

test.each(FIXTURES)('a file of %s that ends anywhere never crashes the judge', (name) => {
  fc.assert(
    fc.property(placeIn(name), ([file, at]) => {
      judgedInTime(rewritten(file, (bytes) => bytes.subarray(0, at))(fixture(name)));
    }),
    { numRuns: 40 },
  );
});

/** Text that is cut in its middle says so, whatever file it is in, and decides nothing. */
const LINES = ['swarm-0.jsonl', 'server.jsonl', 'timeline.jsonl', 'samples.jsonl'];

test.each(LINES)('%s that ends in the middle of a line leaves nothing decided', (file) => {
  const evidence = fixture('accept-queue-overflow');
  const { length } = bytesOf(evidence, file);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: length - 1 }), (at) => {
      const cut = bytesOf(evidence, file).subarray(0, at);
      fc.pre(!'\n}'.includes(String.fromCharCode(cut.at(-1) ?? 0)));
      expect(judgementOf(rewritten(file, () => cut)(evidence))).toBe('inconclusive');
    }),
    { numRuns: 60 },
  );
});

test('a capture that ends anywhere leaves nothing decided', () => {
  const evidence = fixture('accept-queue-overflow');
  const { length } = bytesOf(evidence, 'capture.pcap');
  fc.assert(
    fc.property(fc.integer({ min: 0, max: length - 1 }), (at) => {
      const damage = rewritten('capture.pcap', (bytes) => bytes.subarray(0, at));
      expect(judgementOf(damage(evidence))).toBe('inconclusive');
    }),
    { numRuns: 40 },
  );
});

test('any files may be missing together', () => {
  const evidence = fixture('fooled-client');
  fc.assert(
    fc.property(fc.subarray([...evidence.keys()].sort(), { minLength: 1 }), (files) => {
      const left = files.reduce((rest, file) => removed(file)(rest), evidence);
      expect(REFUSALS.concat('inconclusive', 'confirmed')).toContain(judgedInTime(left));
    }),
    { numRuns: 40 },
  );
});
