import type { LadderRow } from './ladder.ts';
import { count } from './words.ts';

type Segment = Extract<LadderRow, { kind: 'segment' }>;

/** What became of a segment, where that is worth a word. */
export const FATE_WORDS: Readonly<Record<Segment['fate'], string | undefined>> = {
  taken: undefined,
  refused: 'refused: nothing comes back',
  dropped: 'dropped: the queue is full',
};

export function segmentWords({ what, bytes, retransmission }: Segment): string {
  const label = bytes === undefined ? what : count(bytes, 'byte');
  return retransmission ? `${label} again` : label;
}

/** Time in which neither side sent or did anything, worth being drawn. */
export interface Gap {
  readonly kind: 'gap';
  readonly lastsMs: number;
}

/** Shorter ones are told by the times of the rows. */
const LEAST_GAP_MS = 100;

/** The rows with the gaps between them: a retransmission tells by how long it was waited for. */
export function withGaps(rows: readonly LadderRow[]): readonly (LadderRow | Gap)[] {
  let beforeMs: number | undefined;
  return rows.flatMap((row) => {
    const atMs = row.kind === 'folded' ? undefined : row.atMs;
    const lastsMs = (atMs ?? 0) - (beforeMs ?? Infinity);
    beforeMs = atMs;
    return lastsMs >= LEAST_GAP_MS ? [{ kind: 'gap', lastsMs } as const, row] : [row];
  });
}
