/**
 * A piece of evidence that does not say what it should. observe() turns it into an EvidenceProblem
 * with the name of the file, so the message names only the line and what is wrong with it.
 */
export class EvidenceUnreadable extends Error {
  override readonly name = 'EvidenceUnreadable';
}

/** `line` counts from 1. */
export const unreadableLine = (line: number, problem: string): EvidenceUnreadable =>
  new EvidenceUnreadable(`Line ${line}: ${problem}`);
