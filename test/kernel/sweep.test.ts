/** The sweep on the real kernel, against the reference figures of claims 002-a and 002-b. Linux 6.13 or later. */
import { describe, expect } from 'vitest';
import type { SweepCell } from '../../harness/domain/sweep.ts';
import { useInstallation } from '../helpers/installation.ts';
import { kernelTest } from '../helpers/kernel-available.ts';
import { jsonOf } from '../helpers/reproduction.ts';

const TIMEOUT_MS = 240_000;

const installation = useInstallation();

/** Backlog, tcp_max_syn_backlog, tcp_syncookies, requests held. */
const REFERENCE = [
  [1, 128, 0, 2],
  [2, 128, 0, 3],
  [7, 128, 0, 8],
  [8, 128, 0, 9],
  [128, 64, 0, 49],
  [128, 128, 0, 97],
  [128, 256, 0, 129],
  [511, 512, 0, 385],
  [8, 128, 1, 9],
  [128, 64, 1, 129],
  [128, 64, 2, 0],
] as const;

describe('a sweep', () => {
  kernelTest(
    'measures the reference figures, every cell as predicted',
    { timeout: TIMEOUT_MS },
    async () => {
      const lists = [
        ...['--backlog', '1,2,7,8,128'],
        ...['--max-syn-backlog', '64,128,256'],
        ...['--syncookies', '0,1'],
      ];
      const cells = [
        ...(await sweep(lists)),
        ...(await sweep(['--backlog', '128', '--max-syn-backlog', '64', '--syncookies', '2'])),
        ...(await sweep(['--backlog', '511', '--max-syn-backlog', '512', '--syncookies', '0'])),
      ];
      for (const cell of cells) {
        const { acceptQueueCapacity, synQueueCapacity } = cell;
        expect(acceptQueueCapacity, JSON.stringify(cell)).toEqual({
          predicted: cell.backlog + 1,
          measured: cell.backlog + 1,
        });
        expect(synQueueCapacity.measured, JSON.stringify(cell)).toBe(synQueueCapacity.predicted);
      }
      for (const [backlog, maxSynBacklog, syncookies, held] of REFERENCE) {
        const cell = cells.find(
          (each) =>
            each.backlog === backlog &&
            each.maxSynBacklog === maxSynBacklog &&
            each.syncookies === syncookies,
        );
        expect(cell?.synQueueCapacity.measured, `${backlog} ${maxSynBacklog} ${syncookies}`).toBe(
          held,
        );
      }
    },
  );
});

async function sweep(lists: readonly string[]): Promise<readonly SweepCell[]> {
  const runsDir = installation.newFolder();
  const ended = await installation.run(['sweep', '--json', '--runs-dir', runsDir, ...lists]);
  return jsonOf<{ cells: readonly SweepCell[] }>(ended, 0).cells;
}
