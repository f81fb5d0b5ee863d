import type { HeatCell, HeatMap } from '../report/page/heat-map.ts';
import type { SweepPage } from '../report/page/page-model.ts';
import { h, section } from './dom.ts';
import { kernelWords } from './headline-view.ts';
import type { Language } from './language.ts';
import type { Reader, Reference } from './reader.ts';
import type { Words } from './words/words.ts';

/** A map for each queue, coloured by how far the measurement lies from what was expected. */
export function sweepPage(model: SweepPage, language: Language, reader: Reader): readonly Node[] {
  const { words } = language;
  const maps = h('div', {});
  const show = (): void =>
    maps.replaceChildren(...model.maps.map((map) => mapSection(map, reader.reference, language)));
  const choice = h(
    'select',
    { id: 'reference' },
    h('option', { value: 'prediction' }, words.withPrediction),
    h('option', { value: 'documents' }, words.withDocuments),
  );
  choice.value = reader.reference;
  choice.addEventListener('change', () => {
    reader.reference = choice.value === 'documents' ? 'documents' : 'prediction';
    show();
  });
  show();
  return [
    h(
      'div',
      { class: 'headline' },
      h('h1', {}, language.title('sweep', model.title)),
      summary(model, language),
      h('p', { class: 'dim' }, kernelWords(model.kernel)),
    ),
    h('p', { class: 'no-print' }, h('label', {}, `${words.compareWith} `, choice)),
    h('p', { class: 'dim' }, words.mapHint),
    maps,
  ];
}

/** What was measured beside what the kernel's rules predict, in one line. */
function summary({ maps }: SweepPage, { words }: Language): HTMLElement {
  const cells = maps.flatMap(({ cells: of }) => of);
  const exact = cells.filter(({ measured, predicted }) => measured === predicted);
  const all = exact.length === cells.length;
  return h('p', { class: all ? 'good' : 'bad' }, words.exactCells(exact.length, cells.length));
}

function mapSection(map: HeatMap, reference: Reference, { words }: Language): HTMLElement {
  const { queue, rows, columns, cells } = map;
  return section(
    `map-${queue}`,
    queue === 'accept' ? words.acceptMap : words.synMap,
    h(
      'div',
      { class: 'wide', tabindex: 0 },
      h(
        'table',
        { class: 'heat' },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            h('th', {}, ''),
            ...columns.map((column) => h('th', { scope: 'col' }, column)),
          ),
        ),
        h(
          'tbody',
          {},
          ...rows.map((row, at) =>
            h(
              'tr',
              {},
              h('th', { scope: 'row' }, row),
              ...columns.map((_, across) =>
                heatCell(
                  cells.find((cell) => cell.row === at && cell.column === across),
                  reference,
                ),
              ),
            ),
          ),
        ),
      ),
    ),
    legend(words, cells),
    problemList(map),
  );
}

function legend(words: Words, cells: readonly HeatCell[]): HTMLElement {
  const entry = (kind: string, text: string): readonly (Node | string)[] => [
    h('span', { class: kind }, text),
    ' ',
  ];
  return h(
    'p',
    { class: 'legend' },
    ...words.heat.flatMap((text, index) => entry(`heat-${index}`, text)),
    ...(cells.some(({ measured }) => measured === null)
      ? entry('heat-unknown', words.unmeasured)
      : []),
  );
}

/** Why a cell has no figure: what only the pointer finds, nobody reads. */
function problemList({ rows, columns, cells }: HeatMap): HTMLElement | null {
  const problems = cells.flatMap(({ row, column, problem }) =>
    problem === null ? [] : [h('li', {}, `${rows[row]} × ${columns[column]}: ${problem}`)],
  );
  return problems.length === 0 ? null : h('ul', { class: 'problem' }, ...problems);
}

function heatCell(cell: HeatCell | undefined, reference: Reference): HTMLElement {
  if (cell === undefined) return h('td', { class: 'empty' }, '');
  const { measured, predicted, documented, href, problem } = cell;
  const expected = reference === 'documents' ? (documented ?? predicted) : predicted;
  const text = measured === null ? '?' : `${measured}`;
  return h(
    'td',
    { class: heatOf(measured, expected), title: problem ?? `${text} / ${expected}` },
    href === null ? text : h('a', { href }, text),
    measured === expected ? null : h('small', {}, `${expected}`),
  );
}

/** From 0, exact, to 4, off by a factor of eight and more; by doublings, since queues differ by these. */
function heatOf(measured: number | null, expected: number): string {
  if (measured === null) return 'heat-unknown';
  if (measured === expected) return 'heat-0';
  // Nothing where something was expected is infinitely far off.
  const doublings = Math.abs(Math.log2(measured / expected));
  return `heat-${Math.min(4, 1 + Math.floor(doublings))}`;
}
