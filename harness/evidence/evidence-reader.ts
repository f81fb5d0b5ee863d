import type { Evidence } from '../domain/evidence.ts';
import type { EvidenceProblem } from '../domain/observations.ts';
import { EvidenceUnreadable } from './evidence-unreadable.ts';
import { readJsonLines } from './json-lines.ts';
import { type Shape, shapeProblem } from './json-shape.ts';

/** Reads files of a run folder. What is missing or unreadable is noted, and undefined is given. */
export interface EvidenceReader {
  /** What was noted so far, in order. */
  readonly problems: readonly EvidenceProblem[];
  readonly note: (file: string, problem: string) => void;
  readonly bytes: (file: string) => Uint8Array | undefined;
  /** `read` may throw EvidenceUnreadable. */
  readonly text: <T>(file: string, read: (text: string) => T) => T | undefined;
  /** The lines of a JSON-lines file, whatever they hold. */
  readonly lines: (file: string) => readonly unknown[];
}

export const createEvidenceReader = (evidence: Evidence): EvidenceReader => {
  const problems: EvidenceProblem[] = [];
  const note = (file: string, problem: string): void => {
    problems.push({ file, problem });
  };
  const bytes = (file: string): Uint8Array | undefined => {
    const found = evidence.get(file);
    if (found === undefined) note(file, 'The run folder does not have this file.');
    return found;
  };
  const text = <T>(file: string, read: (text: string) => T): T | undefined => {
    const found = bytes(file);
    if (found === undefined) return undefined;
    try {
      return read(new TextDecoder().decode(found));
    } catch (error) {
      if (!(error instanceof EvidenceUnreadable)) throw error;
      note(file, error.message);
      return undefined;
    }
  };
  const lines = (file: string): readonly unknown[] => {
    const read = text(file, readJsonLines);
    if (read?.problem !== undefined) note(file, read.problem);
    return read?.values ?? [];
  };
  return { problems, note, bytes, text, lines };
};

/** Those of the values that have the shape; the others are noted as one problem with the first. */
export const keepShaped = <T>(
  reader: EvidenceReader,
  file: string,
  values: readonly unknown[],
  shape: Shape,
): T[] => {
  const misshapen = values.flatMap((value) => shapeProblem(value, shape) ?? []);
  if (misshapen.length > 0) {
    reader.note(file, `${misshapen.length} of ${values.length} entries: ${misshapen[0]}`);
  }
  return values.filter((value) => shapeProblem(value, shape) === undefined) as T[];
};
