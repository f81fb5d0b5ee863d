import type { LadderRow } from './ladder.ts';
import { count } from './words.ts';

export type LadderSegment = Extract<LadderRow, { kind: 'segment' }>;

/** What a ladder says, but for addresses and numbers: one object for each language. */
export interface LadderWords {
  readonly what: (what: LadderSegment['what']) => string;
  readonly bytes: (bytes: number) => string;
  readonly again: (label: string) => string;
  readonly refused: string;
  readonly dropped: string;
  readonly more: (rows: number) => string;
  readonly note: (says: string) => string;
}

/** What the drawings say around it. */
export interface DrawingWords extends LadderWords {
  /** In place of `refused` where the cause is known. */
  readonly refusedByFullQueue: string;
  /** What a refusal is, below a ladder that shows one. */
  readonly refusalMeans: string;
  /** For the `lang` attribute. */
  readonly language: string;
  readonly title: (client: number) => string;
  readonly titleOfText: (client: number) => string;
  readonly seconds: string;
  readonly describes: string;
  readonly client: (client: number) => string;
  readonly server: string;
  readonly port: (address: string, port: number) => string;
  readonly pass: (time: string) => string;
  /** Rows as sentences, for those who do not see them. */
  readonly tellMore: (rows: number) => string;
  readonly tellNote: (at: string, who: LadderSegment['from'], says: string) => string;
  readonly tellSegment: (
    at: string,
    who: LadderSegment['from'],
    label: string,
    fate: string | undefined,
  ) => string;
}

export const ENGLISH_LADDER: DrawingWords = {
  what: (what) => what,
  bytes: (bytes) => count(bytes, 'byte'),
  again: (label) => `${label} again`,
  refused: 'refused: nothing comes back',
  dropped: 'dropped: the queue is full',
  more: (rows) => `${rows} more`,
  note: (says) => says,
  refusedByFullQueue: 'refused: accept queue full',
  refusalMeans: "refused: no answer, no error; the client's kernel sends the SYN again",
  language: 'en',
  title: (client) => `Packets of client ${client}`,
  titleOfText: (client) =>
    `Packets of client ${client} (seconds since its first SYN; client left, server right)`,
  seconds: 'seconds since its first SYN',
  describes:
    'Times are seconds since its first SYN, and a cross marks a segment that the server did not take',
  client: (client) => `client ${client}`,
  server: 'server',
  port: (address, port) => `${address} port ${port}`,
  pass: (time) => `${time} pass`,
  tellMore: (rows) => `${rows} more.`,
  tellNote: (at, who, says) => `${at} s: the ${who} ${says}.`,
  tellSegment: (at, who, label, fate) =>
    `${at} s: ${label} from the ${who}${fate === undefined ? '' : `, ${fate}`}.`,
};

/** What became of a segment, where that is worth a word. */
export const fateOf = ({ fate }: LadderSegment, words: LadderWords): string | undefined =>
  fate === 'taken' ? undefined : words[fate];

export function labelOf(
  { what, bytes, retransmission }: LadderSegment,
  words: LadderWords,
): string {
  const label = bytes === undefined ? words.what(what) : words.bytes(bytes);
  return retransmission ? words.again(label) : label;
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
