import type { KernelCell, KernelColumn, KernelsClaim, KernelsVerdict } from '../domain/kernels.ts';
import { differenceWords, explanationWords, foundIn } from './kernels-words.ts';
import { oneLine, tapText, yamlText } from './verify-tap.ts';

interface Point {
  readonly good: boolean;
  readonly text: string;
  /** Why it is skipped; undefined: it is not. */
  readonly skip?: string;
  readonly details: readonly (readonly [label: string, text: string])[];
}

/** Test Anything Protocol, version 14: a test point for each claim on each kernel. */
export function kernelsTapReport(verdict: KernelsVerdict): string {
  const points = verdict.kernels.flatMap((each, index) => pointsOf(each, index, verdict));
  const lines = [
    'TAP version 14',
    ...verdict.kernels.flatMap((each) =>
      each.kind === 'judged' ? [`# ${oneLine(`${each.name}: ${each.uname}`)}`] : [],
    ),
    `1..${points.length}`,
    ...points.flatMap(pointLines),
    `# ${oneLine(differenceWords(verdict))}`,
  ];
  return `${lines.join('\n')}\n`;
}

function pointsOf(
  each: KernelColumn,
  index: number,
  { claims, strict }: KernelsVerdict,
): readonly Point[] {
  if (each.kind === 'failed') {
    const details = Object.entries(each.error);
    return [{ good: false, text: `${each.name}: the kernel can be put to the test`, details }];
  }
  return claims.flatMap((claim) => {
    const cell = claim.cells[index] ?? null;
    return cell === null ? [] : [pointOf(each.name, claim, cell, strict)];
  });
}

function pointOf(kernel: string, claim: KernelsClaim, cell: KernelCell, strict: boolean): Point {
  const isOpen = cell.verdict === 'inconclusive';
  return {
    good: cell.verdict !== 'contradicted' && !(strict && isOpen),
    text: `${kernel}: ${claim.id} ${claim.claim}`,
    ...(isOpen && !strict ? { skip: foundIn(cell, claim) } : {}),
    details: [['verdict', cell.verdict], ['found', foundIn(cell, claim)], ...differsBecause(claim)],
  };
}

function pointLines({ good, text, skip, details }: Point, index: number): readonly string[] {
  const directive = skip === undefined ? '' : ` # SKIP ${tapText(skip)}`;
  return [
    `${good ? 'ok' : 'not ok'} ${index + 1} - ${tapText(text)}${directive}`,
    '  ---',
    ...details.map(([label, words]) => `  ${label}: ${yamlText(words)}`),
    '  ...',
  ];
}

function differsBecause(claim: KernelsClaim): readonly (readonly [string, string])[] {
  const words = explanationWords(claim).join('; ');
  return words === '' ? [] : [['differs_because', words]];
}
