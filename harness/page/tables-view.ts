import type { PageComparison, RunPage } from '../report/page/page-model.ts';
import { folded, h, section, table } from './dom.ts';
import type { Language } from './language.ts';

export function predictionSection({ comparisons }: RunPage, language: Language): HTMLElement {
  const { words } = language;
  const zeros = comparisons.filter(isZero);
  return section(
    'prediction',
    words.sections.prediction,
    h('p', { class: 'dim' }, words.predictionHint),
    comparisonTable(
      comparisons.filter((comparison) => !isZero(comparison)),
      language,
    ),
    zeros.length === 0 ? null : folded(words.zeros(zeros.length), comparisonTable(zeros, language)),
  );
}

/** Nothing was to happen, and nothing did. */
const isZero = ({ predicted, measured, result }: PageComparison): boolean =>
  predicted === '0' && measured === '0' && result === 'holds';

function comparisonTable(comparisons: readonly PageComparison[], language: Language): HTMLElement {
  const { words, sentence } = language;
  const results = { holds: words.holds, off: words.off, unmeasured: words.unmeasured };
  return table(
    [
      { head: words.figure },
      { head: words.predicted, number: true },
      { head: words.measured, number: true },
      { head: words.result },
      { head: words.evidence },
    ],
    comparisons.map(({ figure, meaning, predicted, measured, witnesses, result }) => [
      h(
        'span',
        {},
        sentence(figure),
        meaning === null ? null : h('small', {}, ` ${sentence(meaning)}`),
      ),
      sentence(predicted),
      sentence(measured),
      h('span', { class: `result ${result}` }, results[result]),
      witnesses
        .map(({ witness, of, value }) => `${words.witnesses[witness]}: ${sentence(of)} ${value}`)
        .join(' · '),
    ]),
  );
}

export const countersSection = ({ counters }: RunPage, language: Language): HTMLElement => {
  const { words, sentence } = language;
  const hosts = { server: words.server, client: words.client };
  return section(
    'counters',
    words.sections.counters,
    table(
      [
        { head: words.host },
        { head: words.counter },
        { head: words.rise, number: true },
        { head: words.meaning },
      ],
      counters
        .filter(({ meaning }) => meaning !== null)
        .map(({ host, counter, by, meaning }) => [
          hosts[host],
          h('code', {}, counter),
          `${by}`,
          sentence(meaning ?? ''),
        ]),
    ),
  );
};

/** Both sides of each law, so that a reader can add up for himself. */
export function ledgerSection({ ledger }: RunPage, language: Language): HTMLElement {
  const { words, sentence } = language;
  return section(
    'ledger',
    words.sections.ledger,
    h(
      'p',
      {},
      h(
        'b',
        { class: ledger.balanced ? 'good' : 'bad' },
        ledger.balanced ? words.balanced : words.unbalanced,
      ),
    ),
    table(
      [
        { head: words.identity },
        { head: words.left },
        { head: '', number: true },
        { head: words.right },
        { head: '', number: true },
        { head: words.result },
      ],
      ledger.identities.map(({ name, leftIs, left, rightIs, right, status, note }) => [
        sentence(name),
        sentence(leftIs),
        `${left ?? '?'}`,
        sentence(rightIs),
        `${right ?? '?'}`,
        h(
          'span',
          { class: `law ${status}` },
          words.statuses[status],
          // Why a law does not apply is no secret of the pointer.
          note === undefined ? null : h('small', {}, ` ${sentence(note)}`),
        ),
      ]),
    ),
  );
}

export const sysctlsTable = ({ sysctls }: RunPage, { words }: Language): HTMLElement =>
  table(
    [{ head: words.host }, { head: words.key }, { head: words.asked }, { head: words.found }],
    sysctls.map(({ host, key, asked, found }) => [
      { server: words.server, client: words.client }[host],
      h('code', {}, key),
      asked,
      h('span', { class: found === asked ? '' : 'off' }, found ?? words.absent),
    ]),
  );
