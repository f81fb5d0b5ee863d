/** Claims and kernels as one table, which can be cut down to where the kernels differ. */
import type {
  KernelsPage,
  PageColumn,
  PageKernelCell,
  PageKernelsClaim,
} from '../report/page/kernels-page.ts';
import { ruleText } from './claims-view.ts';
import { h, section, table } from './dom.ts';
import { verdictBadge } from './headline-view.ts';
import type { Language } from './language.ts';

const KINDS = ['confirmed', 'outdated', 'contradicted', 'inconclusive'] as const;

export function kernelsPage(model: KernelsPage, language: Language): readonly Node[] {
  return [
    headline(model, language),
    kernelsSection(model, language),
    claimsSection(model, language),
    ...rulesSection(model, language),
    timesSection(model, language),
  ];
}

function headline({ title, claims, wallMs }: KernelsPage, language: Language): HTMLElement {
  const { words } = language;
  const differing = claims.filter(({ differs }) => differs);
  const unexplained = differing.filter((claim) => claim.unexplained).length;
  return h(
    'div',
    { class: 'headline' },
    h('h1', {}, language.title('kernels', title)),
    h('p', {}, words.kernels.differing(differing.length, unexplained)),
    h('p', { class: 'dim' }, words.took(seconds(wallMs))),
  );
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(1);

/** A kernel's name leads to its own index. */
const nameOf = ({ name, href }: PageColumn): HTMLElement =>
  href === null ? h('span', {}, name) : h('a', { href }, name);

const kernelsSection = ({ kernels }: KernelsPage, language: Language): HTMLElement => {
  const { words } = language;
  return section(
    'kernels',
    words.kernels.kernels,
    table(
      [{ head: words.kernels.kernel }, { head: '' }, { head: words.kernels.result }],
      kernels.map((each) => [
        nameOf(each),
        each.release === null ? '' : `Linux ${each.release}`,
        resultOf(each, language),
      ]),
    ),
  );
};

function resultOf(
  { name, totals, failure, otherwise }: PageColumn,
  language: Language,
): HTMLElement {
  const { words } = language;
  if (failure !== null) {
    return h(
      'div',
      {},
      h('span', { class: 'bad' }, words.kernels.failed),
      ` ${failure.message} ${words.remedy}: ${failure.remedy}`,
    );
  }
  const badges = KINDS.filter((kind) => (totals?.[kind] ?? 0) > 0).flatMap((kind) => [
    `${totals?.[kind] ?? 0} `,
    verdictBadge(kind, language),
    ' ',
  ]);
  const notes = otherwise.map((rule) =>
    h('p', {}, `${words.kernels.otherwise(name)}: ${ruleText(rule, language)}`),
  );
  return h('div', {}, ...badges, ...notes);
}

function claimsSection(model: KernelsPage, language: Language): HTMLElement {
  const { words } = language;
  const { kernels, claims } = model;
  const rows = claims.map((claim) => claimRow(claim, language));
  const shown = h('span', { id: 'claims-shown', role: 'status' });
  const box = h('input', { type: 'checkbox', id: 'only-differences' });
  const show = (): void => {
    for (const row of rows) row.hidden = box.checked && row.dataset['differs'] !== 'true';
    const visible = rows.filter((row) => !row.hidden).length;
    shown.textContent = words.kernels.shown(visible, rows.length);
  };
  box.addEventListener('change', show);
  show();
  return section(
    'matrix',
    words.kernels.claims,
    h(
      'div',
      { class: 'controls' },
      h('label', {}, box, ` ${words.kernels.onlyDifferences}`),
      shown,
    ),
    h(
      'div',
      { class: 'wide', tabindex: 0 },
      h(
        'table',
        { class: 'kernels' },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            h('th', { scope: 'col' }, words.kernels.says),
            ...kernels.map((each) => h('th', { scope: 'col' }, nameOf(each))),
            h('th', { scope: 'col' }, words.kernels.why),
          ),
        ),
        h('tbody', {}, ...rows),
      ),
    ),
  );
}

function claimRow(claim: PageKernelsClaim, language: Language): HTMLElement {
  const { id, differs, cells } = claim;
  return h(
    'tr',
    { 'data-differs': `${differs}` },
    h('th', { scope: 'row' }, h('code', {}, id), ` ${language.claim(id, claim.claim)}`),
    ...cells.map((cell) => h('td', {}, cellOf(cell, language))),
    h('td', {}, ...whyOf(claim, language)),
  );
}

const cellOf = (cell: PageKernelCell | null, language: Language): HTMLElement =>
  cell === null
    ? h('span', { class: 'bad' }, language.words.kernels.failed)
    : h(
        'div',
        {},
        verdictBadge(cell.verdict, language),
        h('small', {}, ` ${language.sentence(cell.found)}`),
      );

function whyOf(claim: PageKernelsClaim, language: Language): readonly HTMLElement[] {
  const { differs, explanation, unexplained } = claim;
  const { words } = language;
  if (!differs) return [];
  const open = explanation.length === 0 && !unexplained;
  return [
    ...explanation.map((rule) => h('p', {}, ruleText(rule, language))),
    ...(unexplained ? [h('p', { class: 'bad' }, words.kernels.unexplained)] : []),
    ...(open ? [h('p', { class: 'dim' }, words.kernels.undecided)] : []),
  ];
}

function rulesSection({ rules, kernels }: KernelsPage, language: Language): readonly Node[] {
  if (rules.length === 0) return [];
  const { words } = language;
  return [
    section(
      'rules',
      words.kernels.rules,
      h('p', { class: 'dim' }, words.kernels.rulesHint),
      table(
        [{ head: words.rule }, ...kernels.map(({ name }) => ({ head: name }))],
        rules.map(({ rule, standings }) => [
          ruleText(rule, language),
          ...standings.map((standing) => words.kernels.standings[standing]),
        ]),
      ),
    ),
  ];
}

function timesSection({ kernels }: KernelsPage, { words }: Language): HTMLElement {
  const { boot, run, collect, secondBoots, whole, most, noMachines, times, timesHint, kernel } =
    words.kernels;
  const heads = [whole, boot, run, collect, secondBoots];
  const spread = (each: { readonly medianMs: number; readonly mostMs: number }): string =>
    `${seconds(each.medianMs)} (${most(seconds(each.mostMs))})`;
  return section(
    'times',
    times,
    h('p', { class: 'dim' }, timesHint),
    table(
      [{ head: kernel }, ...heads.map((head) => ({ head, number: true }))],
      kernels.map(({ name, wallMs, machines, failure }) => [
        name,
        seconds(wallMs),
        ...(machines === null
          ? [failure === null ? noMachines : '', '', '', '']
          : [
              spread(machines.boot),
              spread(machines.run),
              spread(machines.collect),
              `${machines.secondBoots}`,
            ]),
      ]),
    ),
  );
}
