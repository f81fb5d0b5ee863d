/** Rows and heads of the table of clients. */
import { type Choice, type ClientColumn, type Clients, COLUMNS, statusAt } from './client-rows.ts';
import { h } from './dom.ts';
import type { Words } from './words/words.ts';

export const ROW_PX = 28;

const HEADS: Readonly<Record<ClientColumn, keyof Words['columns']>> = {
  number: 'client',
  port: 'port',
  status: 'outcome',
  startedAtMs: 'started',
  arrived: 'arrived',
  afterMs: 'after',
  syns: 'syns',
  refusedSyns: 'refused',
  place: 'place',
};

export const headText = (column: ClientColumn, { columns }: Words): string =>
  columns[HEADS[column]];

export interface Heads {
  readonly element: HTMLElement;
  /** Shows by what the rows are sorted. The buttons stay, and so does the focus on one of them. */
  readonly mark: (choice: Choice) => void;
}

export function headsOf(words: Words, sort: (column: ClientColumn) => void): Heads {
  const heads = COLUMNS.map((column) => {
    const button = h('button', { type: 'button', click: () => sort(column) });
    return { column, button, cell: headCell(column, button) };
  });
  return {
    element: h(
      'div',
      { class: 'head row', role: 'row', 'aria-rowindex': 1 },
      ...heads.map(({ cell }) => cell),
    ),
    mark: (choice) => {
      for (const { column, button, cell } of heads) {
        const order = orderOf(column, choice);
        button.textContent = `${headText(column, words)}${ARROWS[order]}`;
        cell.ariaSort = order;
      }
    },
  };
}

const ARROWS = { none: '', ascending: ' ▲', descending: ' ▼' } as const;

function orderOf(column: ClientColumn, { sortBy, descending }: Choice): keyof typeof ARROWS {
  if (column !== sortBy) return 'none';
  return descending ? 'descending' : 'ascending';
}

const headCell = (column: ClientColumn, button: HTMLElement): HTMLElement =>
  h('div', { role: 'columnheader', class: `cell ${column}` }, button);

interface RowLook {
  readonly at: number;
  readonly selected: number | undefined;
  readonly words: Words;
}

export function rowOf(
  clients: Clients,
  index: number,
  { at, selected, words }: RowLook,
): HTMLElement {
  const row = h(
    'div',
    {
      class: 'row',
      role: 'row',
      id: `client-row-${index}`,
      'data-at': at,
      // The heads are the first row.
      'aria-rowindex': at + 2,
      'aria-selected': index === selected ? 'true' : 'false',
    },
    ...COLUMNS.map((column) =>
      h(
        'div',
        { role: 'gridcell', class: `cell ${column}` },
        cellText(clients, index, column, words),
      ),
    ),
  );
  row.dataset['status'] = statusAt(clients, index);
  row.style.top = `${at * ROW_PX}px`;
  return row;
}

const UNKNOWN = '–';

export function cellText(
  clients: Clients,
  index: number,
  column: ClientColumn,
  words: Words,
): string {
  const value = clients[column][index] ?? Number.NaN;
  if (column === 'status') return words.status[statusAt(clients, index)];
  if (Number.isNaN(value)) return UNKNOWN;
  switch (column) {
    case 'startedAtMs':
      return (value / 1_000).toFixed(3);
    case 'afterMs':
      return value.toFixed(value < 100 ? 1 : 0);
    case 'port':
    case 'arrived':
    case 'place':
      return value === 0 ? UNKNOWN : `${value}`;
    default:
      return `${value}`;
  }
}
