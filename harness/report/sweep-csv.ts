import type { Sweep, SweepCell } from '../domain/sweep.ts';

const COLUMNS: readonly (readonly [name: string, of: (cell: SweepCell) => number | null])[] = [
  ['backlog', (cell) => cell.backlog],
  ['somaxconn', (cell) => cell.somaxconn],
  ['maxSynBacklog', (cell) => cell.maxSynBacklog],
  ['syncookies', (cell) => cell.syncookies],
  ['acceptQueueCapacityPredicted', (cell) => cell.acceptQueueCapacity.predicted],
  ['acceptQueueCapacityMeasured', (cell) => cell.acceptQueueCapacity.measured],
  ['synQueueCapacityPredicted', (cell) => cell.synQueueCapacity.predicted],
  ['synQueueCapacityOldFormula', (cell) => cell.synQueueCapacity.oldFormula],
  ['synQueueCapacityMeasured', (cell) => cell.synQueueCapacity.measured],
];

/** RFC 4180, numbers only; an empty field: not measured. */
export function sweepCsvReport({ cells }: Sweep): string {
  const rows = cells.map((cell) => COLUMNS.map(([, of]) => of(cell) ?? '').join(','));
  return `${[COLUMNS.map(([name]) => name).join(','), ...rows].join('\r\n')}\r\n`;
}
