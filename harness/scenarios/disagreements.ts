import type { Disagreement } from '../domain/catalogue.ts';

/** Where two of the documents contradict each other, whatever the kernel does. */
export const DISAGREEMENTS: readonly Disagreement[] = [
  { about: 'the length of the SYN queue', claims: ['001-g', '002-a'] },
];
