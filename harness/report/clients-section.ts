import type { Observations } from '../domain/observations.ts';
import { chooseLadder } from './chosen-ladder.ts';
import { type Tale, tellTales } from './client-tales.ts';
import type { ClientView } from './client-views.ts';
import { titledLadder } from './ladder-text.ts';
import { hanging, padded, widest } from './layout.ts';
import { INDENT, type Page } from './page.ts';

/** A column that is narrower breaks sentences into single words. */
const LEAST_WHY_COLUMNS = 44;

export function clientsSection(
  views: readonly ClientView[],
  seen: Observations,
  page: Page,
): readonly string[] {
  const tales = tellTales(views, seen);
  const columns = {
    who: widest(tales.map(({ who }) => who)),
    outcome: widest(tales.map(({ outcome }) => outcome)),
  };
  return [
    page.style.bold('What each client saw, and why'),
    ...tales.flatMap((tale) => taleLines(tale, columns, page)),
  ];
}

function taleLines(
  { who, outcome, why }: Tale,
  columns: { readonly who: number; readonly outcome: number },
  { style, widthColumns }: Page,
): readonly string[] {
  const begin = `${INDENT}${padded(who, columns.who)}  `;
  const head = `${begin}${padded(colouredOutcome(outcome, why, style), columns.outcome)}  `;
  if (why === '') return [head.trimEnd()];
  const whyColumns = widthColumns - begin.length - columns.outcome - 2;
  if (whyColumns >= LEAST_WHY_COLUMNS) return hanging(head, why, widthColumns);
  return [head.trimEnd(), ...hanging(INDENT.repeat(3), why, widthColumns)];
}

function colouredOutcome(outcome: string, why: string, style: Page['style']): string {
  if (!outcome.startsWith('connected')) return style.red(outcome);
  return why.startsWith('but ') ? style.yellow(outcome) : style.green(outcome);
}

/** The packets of the client from whom there is most to learn. */
export function ladderSection(
  views: readonly ClientView[],
  seen: Observations,
  { style }: Page,
): readonly string[] {
  const chosen = chooseLadder(views, seen);
  return chosen === undefined ? [] : titledLadder(chosen, style);
}
