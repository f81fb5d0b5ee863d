import type { Observations } from '../domain/observations.ts';
import type { FindingKind } from '../domain/verdict.ts';
import type { ClientView } from './client-views.ts';
import { inShort } from './in-short.ts';
import { hanging, wrap } from './layout.ts';
import type { Page } from './page.ts';
import type { ReportInput } from './report-input.ts';
import type { Style } from './style.ts';
import { seconds } from './words.ts';

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
  { scenario, seen, verdict }: ReportInput,
  views: readonly ClientView[],
  page: Page,
): readonly string[] {
  const { style, widthColumns } = page;
  const short = inShort(views, seen).join(' ');
  return [
    style.bold(scenario.title),
    ...hanging(`${verdictWord(verdict.kind, style)}  `, verdict.reason, widthColumns),
    ...wrap(style.dim(surroundingsWords(seen)), widthColumns),
    ...(page.verbose ? ['', ...wrap(scenario.story, widthColumns)] : []),
    ...(short === '' ? [] : ['', ...wrap(style.bold(short), widthColumns)]),
  ];
}

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
