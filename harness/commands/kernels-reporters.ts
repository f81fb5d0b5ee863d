/** The reports of `kernels`, by the names of those of `verify`. */
import type { KernelsVerdict } from '../domain/kernels.ts';
import { kernelsJsonReport } from '../report/kernels-json.ts';
import { kernelsJunitReport } from '../report/kernels-junit.ts';
import { kernelsMarkdownReport } from '../report/kernels-markdown.ts';
import { kernelsTapReport } from '../report/kernels-tap.ts';
import { kernelsQuietReport, kernelsTerminalReport } from '../report/kernels-terminal.ts';
import { reporting } from './verify-reporters.ts';

export const reportKernels = reporting<KernelsVerdict>({
  terminal: kernelsTerminalReport,
  json: kernelsJsonReport,
  junit: kernelsJunitReport,
  tap: kernelsTapReport,
  markdown: kernelsMarkdownReport,
  quiet: kernelsQuietReport,
});
