import type { Sweep, SweepCell } from '../../domain/sweep.ts';
import { besideIt, hrefOf, type LinkTo } from './catalogue-page.ts';
import type { HeatCell, HeatMap } from './heat-map.ts';
import type { SweepPage } from './page-model.ts';

/** Prediction and measurement as two maps, one for each queue. */
export const sweepPage = (
  { kernel, cells, wallMs }: Sweep,
  linkTo: LinkTo = besideIt,
): SweepPage => ({
  kind: 'sweep',
  title: 'What both queues of a listener hold, predicted and measured',
  kernel,
  wallMs,
  maps: [acceptMap(cells, linkTo), synMap(cells, linkTo)],
});

const rowOf = ({ backlog, somaxconn }: SweepCell): string => `${backlog} / ${somaxconn}`;
const columnOf = ({ maxSynBacklog, syncookies }: SweepCell): string =>
  `${maxSynBacklog} / ${syncookies}`;

const acceptMap = (cells: readonly SweepCell[], linkTo: LinkTo): HeatMap =>
  mapOf('accept', cells, linkTo, ({ acceptQueueCapacity: { predicted, measured } }) => ({
    ...{ predicted, measured },
    documented: null,
  }));

const synMap = (cells: readonly SweepCell[], linkTo: LinkTo): HeatMap =>
  mapOf('syn', cells, linkTo, ({ synQueueCapacity: { predicted, measured, oldFormula } }) => ({
    ...{ predicted, measured },
    documented: oldFormula,
  }));

function mapOf(
  queue: HeatMap['queue'],
  cells: readonly SweepCell[],
  linkTo: LinkTo,
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
      ...{ problem: cell.problem, rule: cell.rule, href: hrefOf(cell.runFolder, linkTo) },
    })),
  };
}

const byRow = (one: SweepCell, other: SweepCell): number =>
  one.backlog - other.backlog || one.somaxconn - other.somaxconn;

const byColumn = (one: SweepCell, other: SweepCell): number =>
  one.maxSynBacklog - other.maxSynBacklog || one.syncookies - other.syncookies;
