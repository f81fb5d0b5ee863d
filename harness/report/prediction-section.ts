import { type Comparison, comparePrediction, describeRange } from '../verdict/prediction-check.ts';
import { hanging, padded, paddedStart, widest } from './layout.ts';
import { INDENT, type Page } from './page.ts';
import type { ReportInput } from './report-input.ts';

/** What a figure means, where its name does not say it. */
export const FIGURE_MEANINGS: Readonly<Record<string, string>> = {
  'accept-queue limit': 'one place more than that',
  'accept-queue length': 'connections waiting for accept()',
  'SYN-queue length': 'half-open handshakes',
  'clients refused': 'told "connection refused", by a RST',
  'clients fooled': 'connected in vain',
  'refused SYNs': 'no SYN-ACK came back',
};

const NUMBER_COLUMNS = 9;

/** Each figure as the kernel's rules predict it and as independent witnesses measured it. */
export function predictionSection(input: ReportInput, page: Page): readonly string[] {
  const { style, verbose } = page;
  const comparisons = comparePrediction(input.seen, input.prediction);
  const folded = verbose ? [] : comparisons.filter(isNothingAsExpected);
  const shown = comparisons.filter((comparison) => !folded.includes(comparison));
  const figureColumns = widest(shown.map(({ figure }) => figure));
  const heads = ['predicted', 'measured'].map((head) => paddedStart(head, NUMBER_COLUMNS));
  return [
    [
      padded(style.bold('Prediction'), figureColumns + INDENT.length),
      ...heads,
      '    witnesses',
    ].join('  '),
    ...shown.flatMap((comparison) => comparisonLines(comparison, figureColumns, page)),
    ...(folded.length === 0
      ? []
      : hanging(`${INDENT}also 0 as predicted: `, figuresOf(folded), page.widthColumns)),
  ];
}

const isNothingAsExpected = ({ predicted, holds }: Comparison): boolean =>
  holds && predicted.most === 0;

const figuresOf = (comparisons: readonly Comparison[]): string =>
  comparisons
    .map(({ figure }) =>
      figure in FIGURE_MEANINGS ? `${figure} (${FIGURE_MEANINGS[figure]})` : figure,
    )
    .join(', ');

function comparisonLines(
  comparison: Comparison,
  figureColumns: number,
  page: Page,
): readonly string[] {
  const { figure, predicted } = comparison;
  const meaning = FIGURE_MEANINGS[figure];
  const before = [
    `${INDENT}${padded(figure, figureColumns)}`,
    paddedStart(describeRange(predicted), NUMBER_COLUMNS),
    paddedStart(measuredWords(comparison), NUMBER_COLUMNS),
    `${markOf(comparison, page)}  `,
  ].join('  ');
  const remark = `${witnesses(comparison, page.verbose)}${meaning === undefined ? '' : `: ${meaning}`}`;
  return hanging(before, page.style.dim(remark), page.widthColumns);
}

export function measuredWords({ measured }: Comparison): string {
  const values = [...new Set(measured.map(({ value }) => value))];
  return values.length === 0 ? '-' : values.join(' / ');
}

function markOf({ holds, measured }: Comparison, { style }: Page): string {
  if (measured.length === 0) return style.cyan('? ');
  return holds ? style.green('ok') : style.red('NO');
}

function witnesses({ measured }: Comparison, verbose: boolean): string {
  if (measured.length === 0) return 'nobody measured it';
  return measured
    .map(({ witness, of, value }) => (verbose ? `${witness} (${of} ${value})` : witness))
    .join(', ');
}
