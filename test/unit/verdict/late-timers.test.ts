/** A client whose own timer is late repeats its SYN once more: that is no finding about the kernel. */
import { expect, test } from 'vitest';
import { judgePrediction } from '../../../harness/verdict/prediction-check.ts';
import {
  BUILT_PREDICTION,
  buildObservations,
  buildTimedOut,
  fourClients,
} from '../../helpers/build-observations.ts';

const prediction = { ...BUILT_PREDICTION, synTimesMs: [0, 1_000, 2_000, 3_000] };
const [first, second, third] = fourClients();
const judged = (afterMs: number) => {
  const others = [first, second, third].flatMap((client) => client ?? []);
  const late = buildTimedOut(4, 1, [0, 1_000, 2_000, 3_000], afterMs);
  return judgePrediction(buildObservations([...others, late]), prediction, []);
};

test('a SYN too many is contradicted when the timer fired in time', () => {
  expect(judged(2_500).kind).toBe('contradicted');
});

test('it decides nothing when the timer fired after the SYN was due', () => {
  expect(judged(3_100)).toMatchObject({
    kind: 'inconclusive',
    reason: expect.stringContaining('fired up to 600 ms late'),
    remedy: expect.stringContaining('--connect-timeout'),
  });
});
