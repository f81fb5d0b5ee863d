import type { Observations } from '../domain/observations.ts';
import type { FindingKind } from '../domain/verdict.ts';
import { PREDICTION_CLAIM } from '../verdict/judge.ts';
import type { ClientView } from './client-views.ts';
import { inShort } from './in-short.ts';
import { hanging, wrap } from './layout.ts';
import type { Page } from './page.ts';
import type { ReportInput } from './report-input.ts';
import type { Style } from './style.ts';
import { count, seconds } from './words.ts';

/** The text in the colour of a verdict, so that a long report shows at a glance where to look. */
export function colouredVerdict(text: string, kind: FindingKind, style: Style): string {
  switch (kind) {
    case 'confirmed':
      return style.green(text);
    case 'outdated':
      return style.yellow(text);
    case 'contradicted':
      return style.red(text);
    case 'inconclusive':
      return style.cyan(text);
  }
}

export const verdictWord = (kind: FindingKind, style: Style): string =>
  style.bold(colouredVerdict(kind.toUpperCase(), kind, style));

export function headlineSection(
  input: ReportInput,
  views: readonly ClientView[],
  page: Page,
): readonly string[] {
  const { scenario, seen, verdict } = input;
  const { style, widthColumns } = page;
  const short = inShort(views, seen).join(' ');
  const judged = hanging(
    `${verdictWord(verdict.kind, style)}  `,
    verdictWords(input),
    widthColumns,
  );
  // What happened comes first, unless the run proves nothing or the kernel surprised everybody.
  const isGood = verdict.kind === 'confirmed' || verdict.kind === 'outdated';
  return [
    style.bold(scenario.title),
    ...(isGood ? [] : judged),
    ...wrap(style.dim(surroundingsWords(seen)), widthColumns),
    ...(page.verbose ? ['', ...wrap(scenario.story, widthColumns)] : []),
    ...(short === '' ? [] : ['', ...wrap(style.bold(short), widthColumns)]),
    ...(isGood ? ['', ...judged] : []),
  ];
}

/** The verdict in a sentence: what is outdated are statements, not the run. */
function verdictWords({ seen, verdict: { kind, reason, claims } }: ReportInput): string {
  const tested = claims.filter(({ id }) => id !== PREDICTION_CLAIM);
  const idsOf = (of: FindingKind): readonly string[] =>
    tested.filter(({ finding }) => finding.kind === of).map(({ id }) => id);
  const outdated = idsOf('outdated');
  if (kind !== 'outdated' || outdated.length === 0) return reason;
  const all = count(
    tested.length,
    seen.plan.parameters.ownServer ? 'statement' : 'documented statement',
  );
  const are = outdated.length === 1 ? 'is' : 'are';
  return `${outdated.length} of ${all} ${are} not true of this kernel: ${outdated.join(', ')}${restWords(idsOf('confirmed').length)}`;
}

const restWords = (confirmed: number): string => {
  if (confirmed === 0) return '';
  return confirmed === 1 ? '; 1 is' : `; the other ${confirmed} are`;
};

function surroundingsWords({ surroundings, steps }: Observations): string {
  const { kernelRelease, architecture, distribution, sandbox, privilege } = surroundings;
  const startMs = steps[0]?.startedAtMs;
  const endMs = steps.at(-1)?.endedAtMs;
  const took =
    startMs === undefined || endMs === undefined ? [] : [`took ${seconds(endMs - startMs)} s`];
  return [
    `kernel ${kernelRelease} (${architecture}, ${distribution})`,
    `sandbox ${sandbox} (${privilege})`,
    ...took,
  ].join(', ');
}
