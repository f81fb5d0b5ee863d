import type { IncidentPage, PagePhase } from '../report/page/page-model.ts';
import { foundClaim } from './claims-view.ts';
import { commandList } from './commands-view.ts';
import { h, section, table } from './dom.ts';
import { headline, kernelWords, verdictBadge } from './headline-view.ts';
import type { Language } from './language.ts';

/** Both phases side by side, the symptoms, and one failure followed to its cause. */
export function incidentPage(model: IncidentPage, language: Language): readonly Node[] {
  const { words } = language;
  return [
    headline(
      language.title(model.incident, model.title),
      model.verdict,
      [`${words.document} ${model.document}`, kernelWords(model.kernel)],
      { reason: model.reason, language },
    ),
    section('story', words.sections.story, h('p', {}, language.story(model.incident, model.story))),
    phasesSection(model, language),
    section(
      'claims',
      words.sections.claims,
      ...model.claims.map((claim) => foundClaim(claim, language)),
    ),
    ...model.chains.map((chain, index) => chainSection(chain, index, language)),
    ...model.tables.map(({ title, columns, rows }, index) =>
      section(
        `table-${index}`,
        language.sentence(title),
        table(
          ['', ...columns].map((head) => ({ head: language.sentence(head) })),
          rows.map((row) => row.map(language.sentence)),
        ),
      ),
    ),
    section('repeat', words.sections.repeat, commandList(model.repeat, language)),
  ];
}

function phasesSection({ phases, load }: IncidentPage, language: Language): HTMLElement {
  const { words } = language;
  const shown = phases.filter(({ role }) => role !== 'measured');
  const figures =
    shown.find((phase) => phase.figures.length > 0)?.figures.map(([what]) => what) ?? [];
  const figureOf = (phase: PagePhase, figure: string): string =>
    phase.figures.find(([what]) => what === figure)?.[1] ?? '–';
  return section(
    'phases',
    words.sections.phases,
    load === '' ? null : h('p', { class: 'dim' }, language.sentence(load)),
    table(
      [{ head: '' }, ...shown.map(({ title }) => ({ head: language.sentence(title) }))],
      [
        ['', ...shown.map((phase) => phaseCell(phase, language))],
        ...figures.map((figure) => [
          language.sentence(figure),
          ...shown.map((phase) => figureOf(phase, figure)),
        ]),
      ],
    ),
  );
}

function phaseCell({ verdict, href, reason }: PagePhase, language: Language): HTMLElement {
  return h(
    'span',
    {},
    verdict === null ? language.sentence(reason) : verdictBadge(verdict, language),
    ' ',
    href === null ? null : h('a', { href }, language.words.openRun),
  );
}

function chainSection(
  { failure, links }: IncidentPage['chains'][number],
  index: number,
  { words, sentence }: Language,
): HTMLElement {
  return section(
    `chain-${index}`,
    words.chainOf(failure.client),
    h(
      'ol',
      { class: 'chain' },
      ...links.map(({ level, atMs, says }) =>
        h(
          'li',
          {},
          h('span', { class: 'level' }, words.levels[level] ?? level),
          h(
            'span',
            { class: 'at' },
            atMs === null ? words.wholeRun : `${(atMs / 1_000).toFixed(3)} s`,
          ),
          h('span', {}, sentence(says)),
        ),
      ),
    ),
  );
}
