import { expect, test } from 'vitest';
import { plainStyle } from '../../../harness/report/style.ts';
import { columnsOf, timelineOf } from '../../../harness/report/timeline.ts';
import { timelineText } from '../../../harness/report/timeline-text.ts';
import { buildObservations, buildSamples, fourClients } from '../../helpers/build-observations.ts';

const drawn = (samples: ReturnType<typeof buildSamples>, widthColumns = 80): string => {
  const timeline = timelineOf(buildObservations(fourClients(), { samples }));
  return timeline === undefined ? '' : timelineText(timeline, plainStyle, widthColumns).join('\n');
};

test('the queue fills in steps, and refused SYNs stand below it', () => {
  const samples = buildSamples([-100, 0], [1, 1], [800, 2], [1_600, 3], [2_500, 3], [2_700, 0]);
  expect(drawn(samples)).toMatchInlineSnapshot(`
    "        3 │                              ███████████████████ full at 3
            2 │                █████████████████████████████████
            1 │ ████████████████████████████████████████████████
            0 └─✗──────────────────✗──────────────────✗───────── ✗ 3 refused SYNs
                0 s      0.5       1        1.5      2"
  `);
});

test('the SYN queue has a row of its own once it held anything', () => {
  const samples = buildSamples([1, 2], [1_300, 3]).map((sample, index) => ({
    ...sample,
    synQueueLength: index === 0 ? 2 : 1,
  }));
  expect(
    drawn(samples)
      .split('\n')
      .find((line) => line.startsWith('SYN queue')),
  ).toMatchInlineSnapshot(
    `"SYN queue │ ████████████████████████▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄ at most 2"`,
  );
});

test('one full sample among empty ones is not lost between two columns', () => {
  const samples = buildSamples([0, 0], [10, 3], [11, 0], [2_600, 0]);
  const timeline = timelineOf(buildObservations(fourClients(), { samples }));
  const heights = timeline && columnsOf(timeline.acceptQueue, timeline, 10);
  expect(heights).toEqual([3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
});

test('no line is wider than asked for', () => {
  const samples = buildSamples([0, 0], [10, 3]);
  for (const widthColumns of [60, 80, 100]) {
    const widths = drawn(samples, widthColumns)
      .split('\n')
      .map((line) => line.length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(widthColumns);
  }
});

test('without samples there is no chart', () => {
  expect(timelineOf(buildObservations(fourClients()))).toBeUndefined();
});

test('a changed limit shows as a second capacity', () => {
  const seen = buildObservations(fourClients(), { samples: buildSamples([1, 3]) });
  const closing = seen.snapshots.get('closing');
  if (closing?.listener === undefined) throw new Error('The built run has a listener.');
  const raised = { ...closing, listener: { ...closing.listener, acceptQueueLimit: 9 } };
  const snapshots = new Map([...seen.snapshots, ['closing', raised]]);
  expect(timelineOf({ ...seen, snapshots })?.capacity.map(({ length }) => length)).toEqual([3, 10]);
});
