import type { Choice } from './client-rows.ts';

export type Reference = 'prediction' | 'documents';

/** What the reader has chosen on this page: it outlasts another language, and printing. */
export interface Reader {
  clients: Choice;
  /** Index of the selected client. */
  client: number | undefined;
  /** Of the ladder: an index of its steps; undefined: as it fits. */
  zoom: number | undefined;
  /** Of the index of claims: the verdicts that are not shown. */
  readonly hidden: Set<string>;
  /** What the cells of a sweep are compared with. */
  reference: Reference;
}

export const newReader = (): Reader => ({
  clients: { status: null, search: '', sortBy: 'number', descending: false },
  client: undefined,
  zoom: undefined,
  hidden: new Set(),
  reference: 'prediction',
});
