/** A command that can be copied into a shell, and what it will show. */
export interface Suggestion {
  readonly command: string;
  readonly shows: string;
}

export const REPRO = 'npm run repro --';
