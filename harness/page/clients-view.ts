/** The table of clients: only the rows in sight are in the document, so that 30000 open at once. */
import { headsOf, ROW_PX, rowOf } from './client-cells.ts';
import { clientControls } from './client-controls.ts';
import { type Choice, type Clients, COLUMNS, chosenRows } from './client-rows.ts';
import { h } from './dom.ts';
import type { Language } from './language.ts';
import type { Reader } from './reader.ts';

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

/** `choose` is called with the index of a client whenever another one is selected. */
export function clientsTable(
  clients: Clients,
  { language, reader }: { readonly language: Language; readonly reader: Reader },
  choose: (index: number, follow: boolean) => void,
): ClientsTable {
  const { words } = language;
  let rows: readonly number[] = [];

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

  const drawRows = (): void => {
    const first = Math.max(0, Math.floor(viewport.scrollTop / ROW_PX) - SPARE);
    const last = Math.min(
      rows.length,
      first + Math.ceil(viewport.clientHeight / ROW_PX) + 2 * SPARE,
    );
    const selected = reader.client;
    body.replaceChildren(
      ...rows
        .slice(first, last)
        .map((index, at) => rowOf(clients, index, { at: first + at, selected, words })),
    );
  };
  const refresh = (): void => {
    rows = chosenRows(clients, reader.clients);
    shown.textContent = words.shown(rows.length, clients.count);
    body.style.height = `${rows.length * ROW_PX}px`;
    viewport.style.height = `${HEAD_PX + Math.min(MOST_ROWS, clients.count) * ROW_PX}px`;
    viewport.setAttribute('aria-rowcount', `${rows.length + 1}`);
    heads.mark(reader.clients);
    drawRows();
  };
  const change = (next: Partial<Choice>): void => {
    reader.clients = { ...reader.clients, ...next };
    viewport.scrollTop = 0;
    refresh();
  };
  const heads = headsOf(words, (column) => {
    const { sortBy, descending } = reader.clients;
    change({ sortBy: column, descending: sortBy === column && !descending });
  });
  const select = (at: number, follow: boolean): void => {
    const index = rows[at];
    if (index === undefined) return;
    reader.client = index;
    keepInSight(viewport, at);
    drawRows();
    viewport.setAttribute('aria-activedescendant', `client-row-${index}`);
    choose(index, follow);
  };

  viewport.append(heads.element, body);
  viewport.addEventListener('scroll', drawRows, { passive: true });
  viewport.addEventListener('click', (event) => {
    const row = (event.target as Element).closest<HTMLElement>('[data-at]');
    if (row !== null) select(Number(row.dataset['at']), false);
  });
  viewport.addEventListener('keydown', (event) => {
    // The heads of the columns are buttons with keys of their own.
    if (event.target !== viewport) return;
    const at = rows.indexOf(reader.client ?? -1);
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
    clientControls(clients, words, { choice: reader.clients, shown, change }),
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
