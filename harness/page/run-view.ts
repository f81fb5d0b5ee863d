import type { RunPage } from '../report/page/page-model.ts';
import { claimsSection } from './claims-view.ts';
import { type Clients, unpackClients } from './client-rows.ts';
import { clientsTable } from './clients-view.ts';
import { commandList } from './commands-view.ts';
import { facts, folded, h, section } from './dom.ts';
import { headline, kernelWords } from './headline-view.ts';
import { type LadderPanel, ladderPanel } from './ladder-panel.ts';
import type { Language } from './language.ts';
import type { Drawn } from './main.ts';
import { printedLadders } from './print-view.ts';
import { countersSection, ledgerSection, predictionSection, sysctlsTable } from './tables-view.ts';
import { drawTimeline } from './timeline-view.ts';

export function runPage(model: RunPage, language: Language): Drawn {
  const { words, sentence } = language;
  const clients = unpackClients(model.clients);
  const panel = ladderPanel(model, language);
  const grid = clientsTable(clients, language, (index, follow) => {
    panel.show(clients.number[index] ?? 0, (clients.syns[index] ?? 0) > 0);
    if (follow) focusLadder(panel);
  });
  const charts = h('div', { class: 'charts' });
  const { timeline } = model;
  const parts = [
    runHeadline(model, language),
    claimsSection(model, language),
    predictionSection(model, language),
    section(
      'timeline',
      words.sections.timeline,
      timeline === null ? h('p', {}, words.noTimeline) : charts,
      timeline === null ? null : h('p', { class: 'dim no-print' }, words.timelineHint),
    ),
    section(
      'clients',
      words.sections.clients,
      h(
        'ul',
        { class: 'tales' },
        ...model.tales.map(({ who, outcome, why }) =>
          h(
            'li',
            {},
            h('b', {}, sentence(who)),
            ` ${sentence(outcome)}`,
            why === ''
              ? null
              : h('span', { class: 'dim' }, ` — ${why.split('; ').map(sentence).join('; ')}`),
          ),
        ),
      ),
      grid.element,
    ),
    section('ladder', words.sections.ladder, panel.element),
    printedLadders(model, language),
    section(
      'setup',
      words.sections.setup,
      h('p', {}, model.story),
      facts(model.setup.map(([label, text]) => [sentence(label), text])),
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
      facts(model.surroundings.map(([label, text]) => [sentence(label), text])),
      h('h3', {}, words.sections.sysctls),
      sysctlsTable(model, language),
    ),
  ];
  return {
    parts,
    begin: (onPaper) =>
      begin(model, { language, onPaper }, { charts, clients, panel, refresh: grid.refresh }),
  };
}

function runHeadline(model: RunPage, language: Language): HTMLElement {
  const { words, sentence } = language;
  const took = model.tookMs === null ? '' : words.took((model.tookMs / 1_000).toFixed(2));
  const head = headline(
    language.title(model.scenario, model.title),
    model.verdict,
    [kernelWords(model.kernel), model.startedAt, took],
    { reason: model.reason, language },
  );
  head.append(
    ...model.inShort.map((text) => h('p', { class: 'in-short' }, sentence(text))),
    ...model.problems.map((problem) => h('p', { class: 'problem' }, problem)),
  );
  return head;
}

interface Begun {
  readonly charts: HTMLElement;
  readonly clients: Clients;
  readonly panel: LadderPanel;
  readonly refresh: () => void;
}

function begin(
  { timeline, printed }: RunPage,
  look: { readonly language: Language; readonly onPaper: boolean },
  { charts, clients, panel, refresh }: Begun,
): () => void {
  const end = timeline === null ? undefined : drawTimeline(charts, timeline, look);
  refresh();
  // The last outcome in this list is the one from which there is most to learn.
  const first = printed.at(-1) ?? clients.number[0];
  if (first !== undefined) panel.show(first, true);
  const observer = onNewWidth(panel.element, panel.redraw);
  const keys = (event: KeyboardEvent): void => focusSearch(event);
  document.addEventListener('keydown', keys);
  return () => {
    end?.();
    observer.disconnect();
    document.removeEventListener('keydown', keys);
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
  element.querySelector<SVGElement>('g.segment')?.focus();
  element.scrollIntoView({ block: 'nearest' });
}
