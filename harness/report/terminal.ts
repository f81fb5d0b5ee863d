import { claimsSection } from './claims-section.ts';
import { viewClients } from './client-views.ts';
import { clientsSection, ladderSection } from './clients-section.ts';
import { countersSection } from './counters-section.ts';
import { evidenceSection } from './evidence-section.ts';
import { colouredVerdict, headlineSection, verdictWord } from './headline-section.ts';
import { nextSection } from './next-section.ts';
import { ownServerSection } from './own-server-section.ts';
import type { Page } from './page.ts';
import { predictionSection } from './prediction-section.ts';
import type { ReportInput } from './report-input.ts';
import { setupSection } from './setup-section.ts';
import type { Style } from './style.ts';
import { timelineOf } from './timeline.ts';
import { timelineText } from './timeline-text.ts';

/** A run told from top to bottom, for somebody who knows what a TCP handshake is. */
export function terminalReport(
  input: ReportInput,
  style: Style,
  options: { readonly verbose: boolean; readonly widthColumns: number },
): string {
  const page: Page = { style, ...options };
  const { seen, verdict } = input;
  const views = viewClients(seen);
  const sections = [
    headlineSection(input, views, page),
    setupSection(input, page),
    ownServerSection(input, page),
    predictionSection(input, page),
    clientsSection(views, seen, page),
    ladderSection(views, seen, page),
    timelineSection(input, page),
    countersSection(seen, page),
    evidenceSection(seen, verdict.ledger, page),
    claimsSection(input, page),
    nextSection(input, page),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function timelineSection({ seen }: ReportInput, { style, widthColumns }: Page): readonly string[] {
  const timeline = timelineOf(seen);
  if (timeline === undefined) return [];
  const title = style.bold('How full the accept queue was (seconds since the first client)');
  return [title, ...timelineText(timeline, style, widthColumns)];
}

/** The verdict, and one line for each claim. */
export function quietReport({ scenario, verdict }: ReportInput, style: Style): string {
  const lines = [
    `${verdictWord(verdict.kind, style)} ${scenario.id}: ${verdict.reason}`,
    ...verdict.claims.map(
      ({ id, claim, finding }) =>
        `  ${colouredVerdict(finding.kind, finding.kind, style)} ${id}: ${claim}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}
