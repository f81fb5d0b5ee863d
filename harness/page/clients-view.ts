/** The table of clients: only the rows in sight are in the document, so that 30000 open at once. */
import type { ClientStatus } from '../report/page/page-model.ts';
import {
  type Choice,
  type ClientColumn,
  type Clients,
  COLUMNS,
  chosenRows,
  statusAt,
  statusCounts,
} from './client-rows.ts';
import { h } from './dom.ts';
import type { Language } from './language.ts';
import type { Words } from './words/words.ts';

const ROW_PX = 28;
/** It stays in sight above the rows. */
const HEAD_PX = 34;
/** What is in sight at once. */
const MOST_ROWS = 12;
/** Rows above and below those in sight. */
const SPARE = 6;

export interface ClientsTable {
  readonly element: HTMLElement;
  /** Draws the rows; to be called once it is in the document. */
  readonly refresh: () => void;
}

const HEADS: Readonly<Record<ClientColumn, keyof Words['columns']>> = {
  number: 'client',
  port: 'port',
  status: 'outcome',
  startedAtMs: 'started',
  afterMs: 'after',
  syns: 'syns',
  refusedSyns: 'refused',
  place: 'place',
};

/** `choose` is called with the index of a client whenever another one is selected. */
export function clientsTable(
  clients: Clients,
  language: Language,
  choose: (index: number, follow: boolean) => void,
): ClientsTable {
  const { words } = language;
  let choice: Choice = { status: null, search: '', sortBy: 'number', descending: false };
  let rows: readonly number[] = [];
  let selected = -1;

  const body = h('div', { class: 'rows', role: 'rowgroup' });
  const viewport = h('div', {
    class: 'viewport',
    tabindex: 0,
    role: 'grid',
    id: 'clients-grid',
    'aria-label': words.sections.clients,
    'aria-colcount': COLUMNS.length,
  });
  const shown = h('output', { class: 'dim', id: 'clients-shown' });
  const heads = h('div', { class: 'head row', role: 'row' });
  viewport.append(heads, body);

  const drawRows = (): void => {
    const first = Math.max(0, Math.floor(viewport.scrollTop / ROW_PX) - SPARE);
    const last = Math.min(
      rows.length,
      first + Math.ceil(viewport.clientHeight / ROW_PX) + 2 * SPARE,
    );
    body.replaceChildren(
      ...rows
        .slice(first, last)
        .map((index, at) => rowOf(clients, index, { at: first + at, selected, words })),
    );
  };
  const refresh = (): void => {
    rows = chosenRows(clients, choice);
    shown.textContent = words.shown(rows.length, clients.count);
    body.style.height = `${rows.length * ROW_PX}px`;
    viewport.style.height = `${HEAD_PX + Math.min(MOST_ROWS, clients.count) * ROW_PX}px`;
    viewport.setAttribute('aria-rowcount', `${rows.length}`);
    drawHeads();
    drawRows();
  };
  const change = (next: Partial<Choice>): void => {
    choice = { ...choice, ...next };
    viewport.scrollTop = 0;
    refresh();
  };
  const drawHeads = (): void =>
    heads.replaceChildren(
      ...COLUMNS.map((column) =>
        headOf(column, choice, words, () =>
          change({
            sortBy: column,
            descending: choice.sortBy === column && !choice.descending,
          }),
        ),
      ),
    );
  const select = (at: number, follow: boolean): void => {
    const index = rows[at];
    if (index === undefined) return;
    selected = index;
    keepInSight(viewport, at);
    drawRows();
    viewport.setAttribute('aria-activedescendant', `client-row-${index}`);
    choose(index, follow);
  };

  viewport.addEventListener('scroll', drawRows, { passive: true });
  viewport.addEventListener('click', (event) => {
    const row = (event.target as Element).closest<HTMLElement>('[data-at]');
    if (row !== null) select(Number(row.dataset['at']), false);
  });
  viewport.addEventListener('keydown', (event) => {
    // The heads of the columns are buttons with keys of their own.
    if (event.target !== viewport) return;
    const at = rows.indexOf(selected);
    const next = keyTarget(event.key, at, {
      last: rows.length - 1,
      page: MOST_ROWS - 1,
    });
    if (next === undefined) return;
    event.preventDefault();
    select(next, event.key === 'Enter');
  });
  const element = h(
    'div',
    { class: 'clients' },
    controls(statusCounts(clients), words, { shown, change }),
    h('div', { class: 'wide grid-wide' }, h('div', { class: 'grid' }, viewport)),
    h('p', { class: 'dim no-print' }, words.tableHint),
  );
  return { element, refresh };
}

/** The row that a key leads to; undefined for a key that means nothing here. */
function keyTarget(
  key: string,
  at: number,
  { last, page }: { readonly last: number; readonly page: number },
): number | undefined {
  const within = (row: number): number => Math.max(0, Math.min(last, row));
  switch (key) {
    case 'ArrowDown':
      return within(at + 1);
    case 'ArrowUp':
      return within(at - 1);
    case 'PageDown':
      return within(at + page);
    case 'PageUp':
      return within(at - page);
    case 'Home':
      return 0;
    case 'End':
      return last;
    case 'Enter':
      return within(at);
    default:
      return undefined;
  }
}

function keepInSight(viewport: HTMLElement, at: number): void {
  const top = at * ROW_PX;
  const bottom = top + ROW_PX + HEAD_PX - viewport.clientHeight;
  if (viewport.scrollTop > top) viewport.scrollTop = top;
  else if (viewport.scrollTop < bottom) viewport.scrollTop = bottom;
}

function headOf(
  column: ClientColumn,
  { sortBy, descending }: Choice,
  words: Words,
  sort: () => void,
): HTMLElement {
  const isChosen = column === sortBy;
  const direction = descending ? 'descending' : 'ascending';
  return h(
    'div',
    { role: 'columnheader', class: `cell ${column}`, 'aria-sort': isChosen ? direction : 'none' },
    h(
      'button',
      { type: 'button', click: sort },
      `${words.columns[HEADS[column]]}${isChosen ? (descending ? ' ▼' : ' ▲') : ''}`,
    ),
  );
}

interface RowLook {
  readonly at: number;
  readonly selected: number;
  readonly words: Words;
}

function rowOf(clients: Clients, index: number, { at, selected, words }: RowLook): HTMLElement {
  const row = h(
    'div',
    {
      role: 'row',
      class: 'row',
      id: `client-row-${index}`,
      'data-at': at,
      'aria-rowindex': at + 1,
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

function cellText(clients: Clients, index: number, column: ClientColumn, words: Words): string {
  const value = clients[column][index] ?? Number.NaN;
  switch (column) {
    case 'status':
      return words.status[statusAt(clients, index)];
    case 'startedAtMs':
      return (value / 1_000).toFixed(3);
    case 'afterMs':
      return Number.isNaN(value) ? '–' : value.toFixed(value < 100 ? 1 : 0);
    case 'port':
    case 'place':
      return value === 0 ? '–' : `${value}`;
    default:
      return `${value}`;
  }
}

interface Controls {
  readonly shown: HTMLElement;
  readonly change: (next: Partial<Choice>) => void;
}

function controls(
  counts: ReadonlyMap<ClientStatus, number>,
  words: Words,
  { shown, change }: Controls,
): HTMLElement {
  const filter = h(
    'select',
    { id: 'clients-filter', 'aria-label': words.columns.outcome },
    h('option', { value: '' }, words.all),
    ...[...counts].map(([status, count]) =>
      h('option', { value: status }, `${words.status[status]} (${count})`),
    ),
  );
  filter.addEventListener('change', () =>
    change({ status: filter.value === '' ? null : (filter.value as ClientStatus) }),
  );
  const search = h('input', {
    type: 'search',
    id: 'clients-search',
    inputmode: 'numeric',
    placeholder: words.searchHint,
    'aria-label': words.search,
  });
  search.addEventListener('input', () => change({ search: search.value }));
  return h('div', { class: 'controls no-print' }, filter, search, shown);
}
