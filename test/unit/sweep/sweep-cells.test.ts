/** What one cell measures, and that it can be wrong: from a recorded run, damaged or not. */
import { describe, expect, test } from 'vitest';
import { FILES, snapshotFile } from '../../../harness/domain/evidence.ts';
import { isExact, isOff, type SweepCell } from '../../../harness/domain/sweep.ts';
import { judgeEvidence } from '../../../harness/reproduce.ts';
import { cellOf } from '../../../harness/scenarios/sweep-cells.ts';
import { type Damage, edited, substituted } from '../../helpers/damage.ts';
import { fixture } from '../../helpers/fixtures.ts';

const NAME = 'queue-capacities';
const SETTINGS = { backlog: 2, somaxconn: 4_096, maxSynBacklog: 4_096, syncookies: 1 };

const cellAfter = (damage: Damage): SweepCell =>
  cellOf(SETTINGS, judgeEvidence(damage(fixture(NAME))), 'runs/cell');

const released = (release: string): Damage =>
  substituted(FILES.surroundings, /"kernelRelease": "[^"]+"/, `"kernelRelease": "${release}"`);

describe('a cell', () => {
  test('has both capacities, as predicted', () => {
    const cell = cellAfter((evidence) => evidence);
    expect(cell).toMatchObject({
      acceptQueueCapacity: { predicted: 3, measured: 3 },
      synQueueCapacity: { predicted: 3, oldFormula: 16, measured: 3 },
      rule: null,
      problem: null,
      runFolder: 'runs/cell',
    });
    expect([isExact(cell), isOff(cell)]).toEqual([true, false]);
  });

  test('is off when the SYN queue held what no known rule says', () => {
    const twoRequestsFewer = edited(snapshotFile('closing', 'server', 'tcp'), (text) =>
      text.replace(/.* 03 0{8}:.*\n/, '').replace(/.* 03 0{8}:.*\n/, ''),
    );
    const cell = cellAfter(twoRequestsFewer);
    expect(cell.synQueueCapacity).toMatchObject({ predicted: 3, measured: 1 });
    expect([isExact(cell), isOff(cell)]).toEqual([false, true]);
  });

  test('is off when the accept queue held another number', () => {
    const listener = snapshotFile('accept-queue-full', 'server', 'ss-listen');
    const cell = cellAfter(substituted(listener, 'LISTEN 3', 'LISTEN 4'));
    expect(cell.acceptQueueCapacity).toMatchObject({ predicted: 3, measured: 4 });
    expect(isOff(cell)).toBe(true);
  });

  test('names the rule when the release suggests another capacity', () => {
    const cell = cellAfter(released('6.12.0'));
    expect(cell.synQueueCapacity).toMatchObject({ predicted: 2, measured: 3 });
    expect(cell.rule).toMatchObject({ id: 'syn-queue-holds-one-more' });
    expect([isExact(cell), isOff(cell)]).toEqual([false, false]);
  });

  test('is not measured when the evidence decides nothing', () => {
    const cell = cellAfter(
      substituted(FILES.captureLog, /^0 packets dropped by kernel/m, '3 packets dropped by kernel'),
    );
    expect(cell).toMatchObject({
      acceptQueueCapacity: { measured: null },
      synQueueCapacity: { measured: null },
      problem: expect.stringContaining('tcpdump missed no packet'),
    });
    expect([isExact(cell), isOff(cell)]).toEqual([false, false]);
  });
});
