import type { Observations } from '../domain/observations.ts';
import type { FindingKind } from '../domain/verdict.ts';
import { inShort } from './client-tales.ts';
import type { ClientView } from './client-views.ts';
import { hanging, wrap } from './layout.ts';
import type { Page } from './page.ts';
import type { ReportInput } from './report-input.ts';
import type { Style } from './style.ts';
import { duration } from './words.ts';

export function verdictWord(kind: FindingKind, style: Style): string {
  const word = kind.toUpperCase();
  switch (kind) {
    case 'confirmed':
      return style.green(word);
    case 'outdated':
      return style.yellow(word);
    case 'contradicted':
      return style.red(word);
    case 'inconclusive':
      return style.cyan(word);
  }
}

export function headlineSection(
  { scenario, seen, verdict }: ReportInput,
  views: readonly ClientView[],
  page: Page,
): readonly string[] {
  const { style, widthColumns } = page;
  const short = inShort(views, seen).join(' ');
  return [
    style.bold(scenario.title),
    ...hanging(`${style.bold(verdictWord(verdict.kind, style))}  `, verdict.reason, widthColumns),
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
    startMs === undefined || endMs === undefined ? [] : [`took ${duration(endMs - startMs)}`];
  return [
    `kernel ${kernelRelease} (${architecture}, ${distribution})`,
    `sandbox ${sandbox} (${privilege})`,
    ...took,
  ].join(', ');
}
