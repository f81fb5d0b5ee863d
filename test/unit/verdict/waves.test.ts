import { expect, test } from 'vitest';
import { clientsOf, connectionsOf } from '../../../harness/verdict/waves.ts';
import {
  type BuiltClient,
  buildObservations,
  buildTimedOut,
  buildWaiting,
} from '../../helpers/build-observations.ts';

const inWave = (wave: string, built: BuiltClient): BuiltClient => ({
  ...built,
  story: { ...built.story, wave },
});

test('a port that two waves used belongs to both, once each', () => {
  const early = inWave('early', buildTimedOut(1, 0, [0], 600));
  const again = buildWaiting(1, 700);
  const late = inWave('late', { ...again, story: { ...again.story, client: 2 } });
  const seen = buildObservations([early, late]);
  expect(connectionsOf(seen, 'early').map(({ state }) => state)).toEqual(['unanswered']);
  expect(connectionsOf(seen, 'late').map(({ state }) => state)).toEqual(['completed']);
  expect(clientsOf(seen, 'late').map(({ client }) => client)).toEqual([2]);
});

test('waves that start together are told apart by their ports, whatever the order of packets', () => {
  const seen = buildObservations([
    inWave('one', buildWaiting(1, 1)),
    inWave('other', buildWaiting(2, 0)),
  ]);
  expect(connectionsOf(seen, 'one').map(({ clientPort }) => clientPort)).toEqual([40_001]);
  expect(connectionsOf(seen, 'other').map(({ clientPort }) => clientPort)).toEqual([40_002]);
  expect(connectionsOf(seen, 'none')).toEqual([]);
});
