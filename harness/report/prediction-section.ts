import { type Comparison, comparePrediction, describeRange } from '../verdict/prediction-check.ts';
import { padded, paddedStart, widest, wrap } from './layout.ts';
import { INDENT, type Page } from './page.ts';
import type { ReportInput } from './report-input.ts';

const EXPLANATION =
  'SYN queue: handshakes still waiting for the client’s last ACK. Fooled: connected, but the server has no such connection. Refused SYN: no SYN-ACK answered it.';

/** Each figure as the kernel's rules predict it and as independent witnesses measured it. */
export function predictionSection(input: ReportInput, page: Page): readonly string[] {
  const { style, widthColumns } = page;
  const comparisons = comparePrediction(input.seen, input.prediction);
  const figureColumns = widest(comparisons.map(({ figure }) => figure));
  const row = (figure: string, predicted: string, measured: string, rest: string): string =>
    `${INDENT}${padded(figure, figureColumns)}  ${paddedStart(predicted, 9)}  ${paddedStart(measured, 9)}  ${rest}`.trimEnd();
  return [
    style.bold('Predicted from the kernel’s rules, and measured'),
    style.dim(row('', 'predicted', 'measured', '    by')),
    ...comparisons.flatMap((comparison) => [
      row(
        comparison.figure,
        describeRange(comparison.predicted),
        measuredWords(comparison),
        `${markOf(comparison, page)} ${style.dim(witnesses(comparison, page.verbose))}`,
      ),
    ]),
    ...wrap(EXPLANATION, widthColumns - INDENT.length).map((line) => style.dim(`${INDENT}${line}`)),
  ];
}

function measuredWords({ measured }: Comparison): string {
  const values = [...new Set(measured.map(({ value }) => value))];
  return values.length === 0 ? '-' : values.join(' / ');
}

function markOf({ holds, measured }: Comparison, { style }: Page): string {
  if (measured.length === 0) return style.cyan('? ');
  return holds ? style.green('ok') : style.red('NO');
}

const witnesses = ({ measured }: Comparison, verbose: boolean): string =>
  measured
    .map(({ witness, of, value }) => (verbose ? `${witness}: ${of} ${value}` : witness))
    .join(verbose ? '; ' : ', ');
