import type { ClientStatus } from '../report/page/page-model.ts';
import { type Choice, type Clients, statusCounts } from './client-rows.ts';
import { h } from './dom.ts';
import type { Words } from './words/words.ts';

interface Controls {
  readonly choice: Choice;
  /** Where it says how many clients are shown. */
  readonly shown: HTMLElement;
  readonly change: (next: Partial<Choice>) => void;
}

/** Filter and search of the table of clients. */
export function clientControls(
  clients: Clients,
  words: Words,
  { choice, shown, change }: Controls,
): HTMLElement {
  const filter = h(
    'select',
    { id: 'clients-filter', 'aria-label': words.columns.outcome },
    h('option', { value: '' }, words.all),
    ...[...statusCounts(clients)].map(([status, count]) =>
      h('option', { value: status }, `${words.status[status]} (${count})`),
    ),
  );
  filter.value = choice.status ?? '';
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
  search.value = choice.search;
  search.addEventListener('input', () => change({ search: search.value }));
  return h('div', { class: 'controls no-print' }, filter, search, shown);
}
