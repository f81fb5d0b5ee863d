import type { Sweep, SweepCell } from '../../domain/sweep.ts';
import { hrefOf } from './catalogue-page.ts';
import type { HeatCell, HeatMap, SweepPage } from './page-model.ts';

/** Prediction and measurement as two maps, one for each queue. */
export const sweepPage = ({ kernel, cells, wallMs }: Sweep): SweepPage => ({
  kind: 'sweep',
  title: 'What both queues of a listener hold, predicted and measured',
  kernel,
  wallMs,
  maps: [acceptMap(cells), synMap(cells)],
});

const rowOf = ({ backlog, somaxconn }: SweepCell): string => `${backlog} / ${somaxconn}`;
const columnOf = ({ maxSynBacklog, syncookies }: SweepCell): string =>
  `${maxSynBacklog} / ${syncookies}`;

const acceptMap = (cells: readonly SweepCell[]): HeatMap =>
  mapOf('accept', cells, ({ acceptQueueCapacity: { predicted, measured } }) => ({
    ...{ predicted, measured },
    documented: null,
  }));

const synMap = (cells: readonly SweepCell[]): HeatMap =>
  mapOf('syn', cells, ({ synQueueCapacity: { predicted, measured, oldFormula } }) => ({
    ...{ predicted, measured },
    documented: oldFormula,
  }));

function mapOf(
  queue: HeatMap['queue'],
  cells: readonly SweepCell[],
  figures: (cell: SweepCell) => Pick<HeatCell, 'predicted' | 'measured' | 'documented'>,
): HeatMap {
  const rows = [...new Set(cells.toSorted(byRow).map(rowOf))];
  const columns = [...new Set(cells.toSorted(byColumn).map(columnOf))];
  return {
    queue,
    rows,
    columns,
    cells: cells.map((cell) => ({
      row: rows.indexOf(rowOf(cell)),
      column: columns.indexOf(columnOf(cell)),
      ...figures(cell),
      ...{ problem: cell.problem, rule: cell.rule, href: hrefOf(cell.runFolder) },
    })),
  };
}

const byRow = (one: SweepCell, other: SweepCell): number =>
  one.backlog - other.backlog || one.somaxconn - other.somaxconn;

const byColumn = (one: SweepCell, other: SweepCell): number =>
  one.maxSynBacklog - other.maxSynBacklog || one.syncookies - other.syncookies;
