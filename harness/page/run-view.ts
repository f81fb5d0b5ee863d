import type { RunPage } from '../report/page/page-model.ts';
import { claimsSection } from './claims-view.ts';
import { type Clients, unpackClients } from './client-rows.ts';
import { type ClientsTable, clientsTable } from './clients-view.ts';
import { commandList } from './commands-view.ts';
import { facts, folded, h, section } from './dom.ts';
import { headline, kernelWords } from './headline-view.ts';
import { type LadderPanel, ladderPanel } from './ladder-panel.ts';
import type { Language } from './language.ts';
import type { Drawn, Live } from './main.ts';
import { printedClients, printedLadders } from './print-view.ts';
import type { Reader } from './reader.ts';
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
  const printed = h('div', { class: 'print-only' });
  const hasClients = clients.count > 0;
  const parts = [
    runHeadline(model, language),
    claimsSection(model, language),
    predictionSection(model, language),
    section(
      'timeline',
      words.sections.timeline,
      ...(charts === undefined
        ? [h('p', {}, words.noTimeline)]
        : [charts.element, h('p', { class: 'dim no-print' }, words.timelineHint)]),
    ),
    section(
      'clients',
      words.sections.clients,
      talesList(model, language),
      hasClients ? grid.element : h('p', {}, words.noClients),
    ),
    hasClients ? section('ladder', words.sections.ladder, panel.element) : '',
    printed,
    section(
      'setup',
      words.sections.setup,
      facts(model.setup.map(([label, text]) => [sentence(label), language.sentence(text)])),
    ),
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
  const recolour = (onPaper: boolean): void => {
    charts?.draw(onPaper);
    printed.replaceChildren(
      ...(onPaper
        ? [
            ...printedClients(clients, reader, language),
            printedLadders(model, clients.number[reader.client ?? -1], language),
          ]
        : []),
    );
  };
  return { parts, begin: () => begin(model, reader, { charts, clients, panel, grid, recolour }) };
}

function runHeadline(model: RunPage, language: Language): HTMLElement {
  const { words, sentence } = language;
  const took = model.tookMs === null ? '' : words.took((model.tookMs / 1_000).toFixed(2));
  const head = headline(
    language.title(model.scenario, model.title),
    model.verdict,
    [
      words.roles[model.phase ?? ''] ?? model.phase ?? '',
      kernelWords(model.kernel),
      model.startedAt,
      took,
    ],
    { reason: model.reason, language },
  );
  // A run that could not be judged gives its damage as the reason.
  const problems = model.problems.filter((problem) => !model.reason.includes(problem));
  head.append(
    h('p', { class: 'story' }, language.story(model.scenario, model.story)),
    ...model.inShort.map((text) => h('p', { class: 'in-short' }, sentence(text))),
    ...problems.map((problem) => h('p', { class: 'problem' }, sentence(problem))),
  );
  return head;
}

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
