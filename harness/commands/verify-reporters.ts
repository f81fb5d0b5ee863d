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

type Make<Verdict> = (verdict: Verdict, page: Page) => string;

/** What `--quiet` prints on stdout, and everything else. */
interface Reports<Verdict> extends Readonly<Record<ReporterName, Make<Verdict>>> {
  readonly quiet: Make<Verdict>;
}

/** `--json` is another spelling of `--reporter json`. Throws `USAGE`. */
export const reporters = (texts: readonly string[], json: boolean): readonly Reporter[] =>
  destinations(NAMES, json && !texts.includes('json') ? [...texts, 'json'] : texts);

/** Returns what writes every report that is asked for. */
export const reporting =
  <Verdict>(reports: Reports<Verdict>) =>
  (
    verdict: Verdict,
    all: readonly Reporter[],
    { quiet, verbose }: { readonly quiet: boolean; readonly verbose: boolean },
  ): void =>
    writeReports(all, ({ name, file }, style) => {
      const page = { style, verbose, widthColumns: terminalWidth() };
      const isBrief = name === 'terminal' && file === null && quiet;
      return reports[isBrief ? 'quiet' : name](verdict, page);
    });

export const report = reporting<CatalogueVerdict>({
  terminal: verifyTerminalReport,
  json: verifyJsonReport,
  junit: verifyJunitReport,
  tap: verifyTapReport,
  markdown: verifyMarkdownReport,
  quiet: verifyQuietReport,
});
