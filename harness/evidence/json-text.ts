import { EvidenceUnreadable } from './evidence-unreadable.ts';
import { type Shape, shapeProblem } from './json-shape.ts';

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new EvidenceUnreadable(`Not JSON: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
};

/** A JSON object with the fields of the shape; `T` is trusted to be what the shape says. */
export const readJsonObject = <T>(text: string, shape: Shape): T => {
  const value = parse(text);
  const problem = shapeProblem(value, shape);
  if (problem !== undefined) throw new EvidenceUnreadable(`Not as expected: ${problem}`);
  return value as T;
};

export const readJsonList = (text: string): readonly unknown[] => {
  const value = parse(text);
  if (!Array.isArray(value)) throw new EvidenceUnreadable('Not as expected: a list is expected.');
  return value;
};
