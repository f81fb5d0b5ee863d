/** The reports of `verify` by the names under which they are asked for. */
import type { CatalogueVerdict } from '../domain/catalogue.ts';
import type { Page } from '../report/page.ts';
import { verifyJsonReport } from '../report/verify-json.ts';
import { verifyJunitReport } from '../report/verify-junit.ts';
import { verifyMarkdownReport } from '../report/verify-markdown.ts';
import { verifyTapReport } from '../report/verify-tap.ts';
import { verifyQuietReport, verifyTerminalReport } from '../report/verify-terminal.ts';
import { type Destination, destinations, writeReports } from './report-destinations.ts';
import { terminalWidth } from './terminal.ts';

const NAMES = ['terminal', 'json', 'junit', 'tap', 'markdown'] as const;
type ReporterName = (typeof NAMES)[number];

export type Reporter = Destination<ReporterName>;

const REPORTERS: Readonly<Record<ReporterName, (verdict: CatalogueVerdict, page: Page) => string>> =
  {
    terminal: verifyTerminalReport,
    json: verifyJsonReport,
    junit: verifyJunitReport,
    tap: verifyTapReport,
    markdown: verifyMarkdownReport,
  };

/** `--json` is another spelling of `--reporter json`. Throws `USAGE`. */
export const reporters = (texts: readonly string[], json: boolean): readonly Reporter[] =>
  destinations(NAMES, json && !texts.includes('json') ? [...texts, 'json'] : texts);

export function report(
  verdict: CatalogueVerdict,
  all: readonly Reporter[],
  { quiet, verbose }: { readonly quiet: boolean; readonly verbose: boolean },
): void {
  writeReports(all, ({ name, file }, style) => {
    const page = { style, verbose, widthColumns: terminalWidth() };
    const isBrief = name === 'terminal' && file === null && quiet;
    return (isBrief ? verifyQuietReport : REPORTERS[name])(verdict, page);
  });
}
