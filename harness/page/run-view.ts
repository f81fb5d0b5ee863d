import type { RunPage } from '../report/page/page-model.ts';
import { claimsSection } from './claims-view.ts';
import { type Clients, unpackClients } from './client-rows.ts';
import { type ClientsTable, clientsTable } from './clients-view.ts';
import { commandList } from './commands-view.ts';
import { facts, folded, h, section } from './dom.ts';
import { explanationSection } from './explanation-view.ts';
import { type LadderPanel, ladderPanel } from './ladder-panel.ts';
import type { Language } from './language.ts';
import type { Drawn, Live } from './main.ts';
import { printedClients, printedLadders } from './print-view.ts';
import type { Reader } from './reader.ts';
import { jumpLinks, runHeadline } from './run-headline.ts';
import { countersSection, ledgerSection, predictionSection, sysctlsTable } from './tables-view.ts';
import { type TimelineCharts, timelineCharts } from './timeline-view.ts';

export function runPage(model: RunPage, language: Language, reader: Reader): Drawn {
  const { words, sentence } = language;
  const clients = unpackClients(model.clients);
  const panel = ladderPanel(model, language, reader);
  const grid = clientsTable(clients, { language, reader }, (index, follow) => {
    showClient(clients, index, panel);
    if (follow) focusLadder(panel);
  });
  const charts = model.timeline === null ? undefined : timelineCharts(model.timeline, language);
  const paper = { clients: onPaper(), ladders: onPaper() };
  const hasClients = clients.count > 0;
  const sections = [
    ...(model.explanation === null ? [] : [explanationSection(model.explanation, language)]),
    section(
      'setup',
      words.sections.setup,
      facts(model.setup.map(([label, text]) => [sentence(label), sentence(text)])),
    ),
    ...(hasClients ? [section('ladder', words.sections.ladder, panel.element)] : []),
    section(
      'clients',
      words.sections.clients,
      talesList(model, language),
      hasClients ? grid.element : h('p', {}, words.noClients),
      paper.clients,
    ),
    section('timeline', words.sections.timeline, charts?.element ?? h('p', {}, words.noTimeline)),
    predictionSection(model, language),
    claimsSection(model, language),
    countersSection(model, language),
    ledgerSection(model, language),
    section(
      'repeat',
      words.sections.repeat,
      commandList(model.repeat, language),
      folded(words.sections.carriedOut, h('pre', { tabindex: 0 }, model.carriedOut.join('\n'))),
    ),
    section(
      'surroundings',
      words.sections.surroundings,
      facts(model.surroundings.map(([label, text]) => [sentence(label), sentence(text)])),
      h('h3', {}, words.sections.sysctls),
      sysctlsTable(model, language),
    ),
  ];
  const parts = [
    runHeadline(model, language),
    jumpLinks(sections, language),
    ...sections.flatMap((each) => (each.id === 'clients' ? [paper.ladders, each] : [each])),
  ];
  const recolour = (forPaper: boolean): void => {
    charts?.draw(forPaper);
    const chosen = clients.number[reader.client ?? -1];
    const drawn = forPaper ? [printedLadders(model, chosen, language)] : [];
    paper.ladders.replaceChildren(...drawn);
    paper.clients.replaceChildren(...(forPaper ? printedClients(clients, reader, language) : []));
  };
  return { parts, begin: () => begin(model, reader, { charts, clients, panel, grid, recolour }) };
}

const onPaper = (): HTMLElement => h('div', { class: 'print-only' });

const talesList = ({ tales }: RunPage, { sentence }: Language): HTMLElement =>
  h(
    'ul',
    { class: 'tales' },
    ...tales.map(({ who, outcome, why }) =>
      h(
        'li',
        {},
        h('b', {}, sentence(who)),
        ` ${sentence(outcome)}`,
        why === '' ? null : h('span', { class: 'dim' }, ` — ${sentence(why)}`),
      ),
    ),
  );

/** A client without a SYN in the capture has no packets at all. */
const showClient = (clients: Clients, index: number, panel: LadderPanel): void =>
  panel.show(clients.number[index] ?? 0, (clients.syns[index] ?? 0) > 0);

interface Begun {
  readonly charts: TimelineCharts | undefined;
  readonly clients: Clients;
  readonly panel: LadderPanel;
  readonly grid: ClientsTable;
  readonly recolour: (onPaper: boolean) => void;
}

function begin(
  { printed }: RunPage,
  reader: Reader,
  { charts, clients, panel, grid, recolour }: Begun,
): Live {
  charts?.draw(false);
  reader.client ??= Math.max(0, clients.number.indexOf(printed.at(-1) ?? -1));
  if (clients.count > 0) {
    grid.refresh();
    showClient(clients, reader.client, panel);
  }
  const observer = onNewWidth(panel.element, panel.redraw);
  const keys = (event: KeyboardEvent): void => focusSearch(event);
  document.addEventListener('keydown', keys);
  return {
    recolour,
    end: () => {
      charts?.end();
      observer.disconnect();
      document.removeEventListener('keydown', keys);
    },
  };
}

/** Not at a new height: what is drawn again loses the focus, and choosing a packet makes room for it. */
function onNewWidth(element: HTMLElement, act: () => void): ResizeObserver {
  let width = element.clientWidth;
  const observer = new ResizeObserver(() => {
    if (element.clientWidth === width) return;
    width = element.clientWidth;
    act();
  });
  observer.observe(element);
  return observer;
}

/** `/` looks for a client, unless something is being written. */
function focusSearch(event: KeyboardEvent): void {
  const isWriting = event.target instanceof HTMLInputElement;
  if (event.key !== '/' || isWriting || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  document.querySelector<HTMLElement>('#clients-search')?.focus();
}

function focusLadder({ element }: LadderPanel): void {
  element.querySelector<SVGElement>('g.segment[tabindex="0"]')?.focus();
  element.scrollIntoView({ block: 'nearest' });
}
