import { hanging, padded } from './layout.ts';
import type { Style } from './style.ts';

/** What the sections of a report share. */
export interface Page {
  readonly style: Style;
  readonly widthColumns: number;
  readonly verbose: boolean;
}

export const INDENT = '  ';

/** `  label   text`, the text hanging below its own beginning. */
export const entry = (
  page: Page,
  label: string,
  labelColumns: number,
  text: string,
): readonly string[] =>
  hanging(`${INDENT}${padded(label, labelColumns)}  `, text, page.widthColumns);
