import type { RunPage } from '../report/page/page-model.ts';
import { cellText, headText } from './client-cells.ts';
import { type Clients, COLUMNS, chosenRows } from './client-rows.ts';
import { h, section, table } from './dom.ts';
import { refusalOf } from './ladder-panel.ts';
import { ladderSvg } from './ladder-view.ts';
import type { Language } from './language.ts';
import type { Reader } from './reader.ts';

/** As wide as a sheet of A4 between its margins. */
export const PAPER_PX = 640;

/** A sheet holds about so many rows of the table. */
const MOST_ROWS = 50;

/** The clients that are chosen on the screen, in the order that is chosen there. */
export function printedClients(
  clients: Clients,
  reader: Reader,
  { words }: Language,
): readonly HTMLElement[] {
  const rows = chosenRows(clients, reader.clients).slice(0, MOST_ROWS);
  if (rows.length === 0) return [];
  return [
    table(
      COLUMNS.map((column) => ({ head: headText(column, words), number: column !== 'status' })),
      rows.map((index) => COLUMNS.map((column) => cellText(clients, index, column, words))),
    ),
    h('p', { class: 'dim' }, words.shown(rows.length, clients.count)),
  ];
}

/** On paper nothing can be chosen, so one ladder of each outcome is there, and the chosen one. */
export function printedLadders(
  model: RunPage,
  chosen: number | undefined,
  language: Language,
): HTMLElement {
  const { ladders, printed } = model;
  const { words } = language;
  const refusal = refusalOf(model, language);
  const shown = ladders.filter(({ client }) => client === chosen || printed.includes(client));
  return section(
    'printed-ladders',
    words.sections.ladder,
    ...shown.map((ladder) =>
      h(
        'figure',
        {},
        h('figcaption', {}, words.ladderOf(ladder.client)),
        ladderSvg(ladder, { widthPx: PAPER_PX, pxPerSecond: 0, language, refusal }),
      ),
    ),
  );
}
