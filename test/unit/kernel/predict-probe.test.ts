import { expect, test } from 'vitest';
import { predictFooled } from '../../../harness/kernel/predict.ts';
import { predictProbe, probeWaves } from '../../../harness/kernel/predict-probe.ts';
import { kernelOf } from '../../helpers/kernels.ts';

test.each([
  [5, 2, { first: 2, late: 2, refused: 1 }],
  [4, 2, { first: 2, late: 2, refused: 0 }],
  [2, 2, { first: 2, late: 0, refused: 0 }],
  [1, 2, { first: 1, late: 0, refused: 0 }],
  [9, 3, { first: 3, late: 3, refused: 3 }],
])('%i clients at a limit of %i', (clients, limit, waves) => {
  expect(probeWaves(clients, limit)).toEqual(waves);
});

const CROWD = { backlog: 2, clients: 5, connectTimeoutMs: 900 };

test.each(['4.10.0', '6.12.0', '6.18.44'])('%s: one refused, and no request is left', (release) => {
  expect(predictProbe(CROWD, kernelOf(release))).toMatchObject({
    connected: 4,
    timedOut: 1,
    fooled: 0,
    acceptQueueLength: 3,
    synQueueLength: 0,
    refusedSyns: { least: 1, most: 1 },
  });
});

test('a refused client that is patient is refused at each of its SYNs', () => {
  const patient = { ...CROWD, clients: 6, connectTimeoutMs: 2_500 };
  expect(predictProbe(patient, kernelOf('6.18.44')).refusedSyns).toEqual({ least: 6, most: 6 });
});

test('before 4.10 the client that comes late is admitted, connected and reset', () => {
  expect(predictProbe(CROWD, kernelOf('3.10.108'))).toMatchObject({
    connected: 5,
    timedOut: 0,
    fooled: 0,
    synQueueLength: 0,
    refusedSyns: { least: 0, most: 0 },
  });
});

test('without refused clients it is a run of fooled ones that are reset', () => {
  const kernel = { ...kernelOf('6.18.44'), abortOnOverflow: 1 };
  const crowd = { ...CROWD, clients: 4 };
  expect(predictProbe(crowd, kernelOf('6.18.44'))).toEqual(predictFooled(crowd, kernel));
});
