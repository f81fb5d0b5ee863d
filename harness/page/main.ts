/** Draws the model that the page carries, and draws it again in another language or theme. */
import type { PageModel } from '../report/page/page-model.ts';
import { cataloguePage } from './catalogue-view.ts';
import { h } from './dom.ts';
import { incidentPage } from './incident-view.ts';
import { kernelsPage } from './kernels-view.ts';
import { CHINESE, ENGLISH, type Language } from './language.ts';
import { newReader } from './reader.ts';
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
const reader = newReader();
let live: Live | undefined;

/** A page that is in the document. */
export interface Live {
  /** Draws again what takes its colours from the theme, and its width from the screen or the paper. */
  readonly recolour: (onPaper: boolean) => void;
  readonly end: () => void;
}

export interface Drawn {
  readonly parts: readonly (Node | string)[];
  /** Called when they are in the document, so that their sizes are known. */
  readonly begin: () => Live | undefined;
}

const still = (parts: readonly Node[]): Drawn => ({ parts, begin: () => undefined });

function bodyOf(): Drawn {
  switch (model.kind) {
    case 'run':
      return runPage(model, language, reader);
    case 'catalogue':
      return still(cataloguePage(model, language, reader));
    case 'kernels':
      return still(kernelsPage(model, language));
    case 'sweep':
      return still(sweepPage(model, language, reader));
    case 'incident':
      return still(incidentPage(model, language));
  }
}

function draw(): void {
  live?.end();
  setTheme(theme);
  const { words } = language;
  document.documentElement.lang = words.language;
  document.title = titleOf(language);
  const { parts, begin } = bodyOf();
  document
    .querySelector('#page')
    ?.replaceChildren(switches(), h('main', {}, ...parts), h('footer', {}, `backlog-lab`));
  live = begin();
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
    h('button', { type: 'button', id: 'theme', click: switchTheme }, otherTheme()),
  );
}

const otherTheme = (): string => language.words[theme === 'dark' ? 'light' : 'dark'];

/** The button is a new one, and keeps the focus. */
function switchLanguage(): void {
  language = language === CHINESE ? ENGLISH : CHINESE;
  rememberLanguage(language);
  draw();
  document.querySelector<HTMLElement>('#language')?.focus();
}

function switchTheme(event: Event): void {
  theme = theme === 'dark' ? 'light' : 'dark';
  rememberTheme(theme);
  setTheme(theme);
  live?.recolour(false);
  if (event.currentTarget instanceof Element) event.currentTarget.textContent = otherTheme();
}

let opened: readonly HTMLDetailsElement[] = [];

/** Paper is white, and cannot be opened: whatever is folded is open on it. */
function beforePrint(): void {
  setTheme('light');
  opened = [...document.querySelectorAll<HTMLDetailsElement>('details:not([open])')];
  for (const folded of opened) folded.open = true;
  live?.recolour(true);
}

function afterPrint(): void {
  setTheme(theme);
  for (const folded of opened) folded.open = false;
  live?.recolour(false);
}

addEventListener('beforeprint', beforePrint);
addEventListener('afterprint', afterPrint);
draw();
