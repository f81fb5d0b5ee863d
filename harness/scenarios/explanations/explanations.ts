import type { Explanation } from '../../domain/explanation.ts';
import { DOCUMENT_000 } from './document-000.ts';
import { DOCUMENT_001 } from './document-001.ts';
import { DOCUMENT_002 } from './document-002.ts';
import { DOCUMENT_003 } from './document-003.ts';
import { DOCUMENT_004 } from './document-004.ts';

/** One for each claim of the documents, in their order. */
export const EXPLANATIONS: readonly Explanation[] = [
  ...DOCUMENT_000,
  ...DOCUMENT_001,
  ...DOCUMENT_002,
  ...DOCUMENT_003,
  ...DOCUMENT_004,
];

/** `001` for `001-b (ii)`. */
export const documentOf = (claim: string): string => claim.slice(0, claim.indexOf('-'));

/** `001-b` for `001-b (ii)`: the row of the document, of which a claim may be one part. */
export const rowOf = (claim: string): string => claim.replace(/ \(.*$/, '');

/** A part of a row that has no explanation of its own shares the one of its row. */
export const explanationOf = (claim: string): Explanation | undefined =>
  explanationFor(claim) ?? explanationFor(rowOf(claim));

const explanationFor = (name: string): Explanation | undefined =>
  EXPLANATIONS.find(({ claim }) => claim === name);
