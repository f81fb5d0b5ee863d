/** The reports of `kernels`, by the names of those of `verify`. */
import type { KernelsVerdict } from '../domain/kernels.ts';
import { kernelsJsonReport } from '../report/kernels-json.ts';
import { kernelsJunitReport } from '../report/kernels-junit.ts';
import { kernelsMarkdownReport } from '../report/kernels-markdown.ts';
import { kernelsTapReport } from '../report/kernels-tap.ts';
import { kernelsQuietReport, kernelsTerminalReport } from '../report/kernels-terminal.ts';
import type { Page } from '../report/page.ts';
import { writeReports } from './report-destinations.ts';
import { terminalWidth } from './terminal.ts';
import type { Reporter } from './verify-reporters.ts';

const REPORTS: Readonly<Record<Reporter['name'], (verdict: KernelsVerdict, page: Page) => string>> =
  {
    terminal: kernelsTerminalReport,
    json: kernelsJsonReport,
    junit: kernelsJunitReport,
    tap: kernelsTapReport,
    markdown: kernelsMarkdownReport,
  };

export function reportKernels(
  verdict: KernelsVerdict,
  all: readonly Reporter[],
  { quiet, verbose }: { readonly quiet: boolean; readonly verbose: boolean },
): void {
  writeReports(all, ({ name, file }, style) => {
    const page = { style, verbose, widthColumns: terminalWidth() };
    const isBrief = name === 'terminal' && file === null && quiet;
    return (isBrief ? kernelsQuietReport : REPORTS[name])(verdict, page);
  });
}
