/** Draws the model that the page carries, and draws it again in another language or theme. */
import type { PageModel } from '../report/page/page-model.ts';
import { cataloguePage } from './catalogue-view.ts';
import { h } from './dom.ts';
import { incidentPage } from './incident-view.ts';
import { CHINESE, ENGLISH, type Language } from './language.ts';
import { runPage } from './run-view.ts';
import {
  firstLanguage,
  firstTheme,
  rememberLanguage,
  rememberTheme,
  setTheme,
} from './settings.ts';
import { sweepPage } from './sweep-view.ts';

const model = JSON.parse(document.querySelector('#model')?.textContent ?? 'null') as PageModel;
let language = firstLanguage();
let theme = firstTheme();
let dispose = (): void => undefined;

export interface Drawn {
  readonly parts: readonly Node[];
  /** Called when they are in the document, so that their sizes are known; returns what lets go. */
  readonly begin: (onPaper: boolean) => () => void;
}

function bodyOf(): Drawn {
  switch (model.kind) {
    case 'run':
      return runPage(model, language);
    case 'catalogue':
      return { parts: cataloguePage(model, language), begin: () => () => undefined };
    case 'sweep':
      return { parts: sweepPage(model, language), begin: () => () => undefined };
    case 'incident':
      return { parts: incidentPage(model, language), begin: () => () => undefined };
  }
}

/** Paper is white, and narrower than most windows. */
function draw(onPaper = false): void {
  dispose();
  setTheme(onPaper ? 'light' : theme);
  const { words } = language;
  document.documentElement.lang = words.language;
  document.title = titleOf(language);
  const { parts, begin } = bodyOf();
  document
    .querySelector('#page')
    ?.replaceChildren(switches(), h('main', {}, ...parts), h('footer', {}, `backlog-lab`));
  dispose = begin(onPaper);
}

const titleOf = ({ title }: Language): string =>
  title(
    model.kind === 'run' ? model.scenario : model.kind === 'incident' ? model.incident : model.kind,
    model.title,
  );

function switches(): HTMLElement {
  const { words } = language;
  return h(
    'header',
    { class: 'switches' },
    h('span', { class: 'brand' }, 'backlog-lab'),
    h('button', { type: 'button', id: 'language', click: switchLanguage }, words.otherLanguage),
    h(
      'button',
      { type: 'button', id: 'theme', click: switchTheme },
      theme === 'dark' ? words.light : words.dark,
    ),
  );
}

function switchLanguage(): void {
  language = language === CHINESE ? ENGLISH : CHINESE;
  rememberLanguage(language);
  redraw('#language');
}

function switchTheme(): void {
  theme = theme === 'dark' ? 'light' : 'dark';
  rememberTheme(theme);
  redraw('#theme');
}

/** The button is a new one, and keeps the focus. */
function redraw(button: string): void {
  draw();
  document.querySelector<HTMLElement>(button)?.focus();
}

/** Paper cannot be opened: whatever is folded is open on it. */
function drawForPaper(): void {
  draw(true);
  for (const folded of document.querySelectorAll('details')) folded.open = true;
}

addEventListener('beforeprint', drawForPaper);
addEventListener('afterprint', () => draw());
draw();
