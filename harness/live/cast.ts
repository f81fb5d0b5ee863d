/** A terminal session as asciicast v2: one JSON value a line, as asciinema plays it. */

export interface CastSize {
  readonly widthColumns: number;
  readonly heightRows: number;
}

/** The first line. It names no time and no machine, so that it may go into a repository. */
export const castHeader = ({ widthColumns, heightRows }: CastSize, title: string): string =>
  `${JSON.stringify({ version: 2, width: widthColumns, height: heightRows, title })}\n`;

/** What was written to the terminal, so long after the beginning. */
export const castEvent = (atMs: number, text: string): string =>
  `${JSON.stringify([Math.round(atMs) / 1_000, 'o', text])}\n`;
