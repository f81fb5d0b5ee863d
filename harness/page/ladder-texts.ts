/** What stands on the arrows of a ladder. */
import type { PageLadderRow } from '../report/page/page-model.ts';
import { gapText } from './ladder-layout.ts';
import type { Language } from './language.ts';

export type Segment = Extract<PageLadderRow, { kind: 'segment' }>;

export function segmentText({ what, bytes, retransmission }: Segment, { words }: Language): string {
  const name = words.segments[what] ?? what;
  const size = bytes === undefined ? '' : ` ${bytes} B`;
  return `${name}${size}${retransmission === true ? ` (${words.again})` : ''}`;
}

/** Who sends a SYN again, and why. */
export function longText(row: Segment, language: Language): string {
  return row.what === 'SYN' && row.gapMs !== undefined
    ? language.words.repeated(gapText(row.gapMs))
    : segmentText(row, language);
}

export const fateText = (
  fate: Exclude<Segment['fate'], 'taken'>,
  { fates }: Language['words'],
  refusal: string | undefined,
): string => (fate === 'refused' ? (refusal ?? fates.refused) : fates[fate]);

/** What the drawing tells by lines and crosses. */
export function spoken(
  row: Segment,
  { language, refusal }: { readonly language: Language; readonly refusal?: string | undefined },
): string {
  const { words } = language;
  const who = row.from === 'client' ? words.client : words.server;
  const fate = row.fate === 'taken' ? '' : `, ${fateText(row.fate, words, refusal)}`;
  return `${(row.atMs / 1_000).toFixed(3)} s ${who} ${segmentText(row, language)}${fate}`;
}
