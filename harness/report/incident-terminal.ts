/** An incident told to a person: both phases side by side, and one failure followed to its cause. */
import type {
  Chain,
  ChainLink,
  IncidentClaim,
  IncidentVerdict,
  PhaseOutcome,
} from '../domain/incident.ts';
import { findingEntries } from './claims-section.ts';
import { colouredVerdict, verdictWord } from './headline-section.ts';
import { hanging, padded, paddedStart, widest, wrap } from './layout.ts';
import { INDENT, type Page } from './page.ts';
import { duration, seconds } from './words.ts';

export function incidentReport(verdict: IncidentVerdict, story: string, page: Page): string {
  const sections = [
    headline(verdict, story, page),
    sideBySide(verdict.phases, page),
    claims(verdict.claims, page),
    ...verdict.chains.map((chain) => chainLines(chain, page)),
    ...verdict.tables.map((table) => tableLines(table, page)),
    next(verdict, page),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** The verdict, and one line for each sentence of the document. */
export function quietIncidentReport(verdict: IncidentVerdict, page: Page): string {
  const { style } = page;
  return `${[
    `${verdictWord(verdict.kind, style)} ${verdict.incident}: ${verdict.reason}`,
    ...verdict.claims.map(
      ({ id, claim, kind }) => `${INDENT}${colouredVerdict(kind, kind, style)} ${id}: ${claim}`,
    ),
  ].join('\n')}\n`;
}

function headline(verdict: IncidentVerdict, story: string, page: Page): readonly string[] {
  const { style, widthColumns } = page;
  const { kernel } = verdict;
  return [
    style.bold(`${verdict.title} (document ${verdict.document})`),
    ...hanging(`${verdictWord(verdict.kind, style)}  `, verdict.reason, widthColumns),
    ...(kernel === null
      ? []
      : [style.dim(`kernel ${kernel.release} (${kernel.architecture}, ${kernel.distribution})`)]),
    '',
    ...wrap(story, widthColumns),
  ];
}

/** The fault in the first column, every remedy beside it; what was only measured has its tables. */
function sideBySide(phases: readonly PhaseOutcome[], page: Page): readonly string[] {
  const shown = phases.filter(({ phase }) => phase.role !== 'measured');
  const judged = shown.filter((each) => each.kind === 'judged');
  const labels = judged[0]?.figures.map(([what]) => what) ?? [];
  const rows = labels.map((label) => [
    label,
    ...judged.map(({ figures }) => figures.find(([what]) => what === label)?.[1] ?? '-'),
  ]);
  return [
    page.style.bold('The same load, with the fault and repaired'),
    ...columns([['', ...judged.map(({ phase }) => phase.title)], ...rows], page),
    ...shown.flatMap((each) =>
      each.kind === 'failed'
        ? hanging(
            `${INDENT}${each.phase.name}: `,
            `${each.reason} (${each.remedy})`,
            page.widthColumns,
          )
        : [],
    ),
  ];
}

/** The first row is the heading; the first column is left-aligned, all others right-aligned. */
function columns(rows: readonly (readonly string[])[], { style }: Page): readonly string[] {
  const widths = (rows[0] ?? []).map((_, index) => widest(rows.map((row) => row[index] ?? '')));
  return rows.map((row, line) => {
    const cells = row.map((cell, index) =>
      index === 0 ? padded(cell, widths[0] ?? 0) : paddedStart(cell, widths[index] ?? 0),
    );
    const text = `${INDENT}${cells.join('   ')}`.trimEnd();
    return line === 0 ? style.dim(text) : text;
  });
}

function claims(found: readonly IncidentClaim[], page: Page): readonly string[] {
  return [
    page.style.bold('What the document says, phase by phase'),
    ...found.flatMap((claim) => claimLines(claim, page)),
  ];
}

function claimLines({ id, claim, kind, findings }: IncidentClaim, page: Page): readonly string[] {
  const { style, widthColumns } = page;
  const before = `${INDENT}${colouredVerdict(kind, kind, style)}  ${id}  `;
  const phases = widest(findings.map(({ phase }) => phase));
  return [
    ...hanging(before, claim, widthColumns),
    ...findings.flatMap(({ phase, finding }) => {
      const start = `${INDENT.repeat(3)}${style.dim(padded(phase, phases))}  `;
      if (finding.kind === 'confirmed') return hanging(start, finding.observed, widthColumns);
      return findingEntries(finding).flatMap(([label, text], index) =>
        hanging(index === 0 ? start : ' '.repeat(phases + 8), `${label}: ${text}`, widthColumns),
      );
    }),
  ];
}

const LEVELS: Readonly<Record<ChainLink['level'], string>> = {
  application: 'application',
  connection: 'connection',
  packets: 'packets',
  server: 'server',
  queue: 'queues',
  counters: 'counters',
};

function chainLines({ failure, links }: Chain, page: Page): readonly string[] {
  const { style, widthColumns } = page;
  const label = widest(Object.values(LEVELS));
  return [
    style.bold(`From the error to its cause: connection ${failure.client}`),
    ...links.flatMap(({ level, atMs, says }, index) => {
      const repeated = links[index - 1]?.level === level;
      const word = padded(repeated ? '' : LEVELS[level], label);
      const time = paddedStart(atMs === null ? '' : `${seconds(atMs)} s`, 8);
      return hanging(`${INDENT}${style.dim(word)}  ${time}  `, says, widthColumns);
    }),
  ];
}

function tableLines(
  { title, columns: heading, rows }: IncidentVerdict['tables'][number],
  page: Page,
): readonly string[] {
  return [page.style.bold(title), ...columns([['', ...heading], ...rows], page)];
}

function next({ incident, phases }: IncidentVerdict, page: Page): readonly string[] {
  const folders = phases.flatMap((each) => {
    const took = each.kind === 'judged' ? `  (${duration(each.tookMs)})` : '';
    return each.runFolder === null ? [] : [`${INDENT}${each.runFolder}${page.style.dim(took)}`];
  });
  return [
    page.style.bold('Evidence'),
    ...folders,
    ...(phases.some(({ phase }) => phase.role === 'measured')
      ? []
      : [
          page.style.dim(
            `${INDENT}more of what the document leaves open: npm run repro -- incident ${incident} --measure`,
          ),
        ]),
  ];
}
