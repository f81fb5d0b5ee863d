export interface JsonLines {
  readonly values: readonly unknown[];
  /** What is wrong with the first line that is no JSON; absent when all are. */
  readonly problem?: string;
}

/** Undefined is no JSON value, so it can stand for a line that is none. */
const parseLine = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

/**
 * One JSON value a line. A program that was killed leaves a last line cut in the middle: that is a
 * problem to report, not a reason to lose the lines before it, so nothing is thrown.
 */
export const readJsonLines = (text: string): JsonLines => {
  const lines = text.split('\n');
  const values: unknown[] = [];
  let problem: string | undefined;
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const value = parseLine(line);
    if (value !== undefined) values.push(value);
    else if (index === lines.length - 1) problem ??= `Line ${index + 1}: cut off in the middle.`;
    else problem ??= `Line ${index + 1}: not JSON: '${line.slice(0, 60)}'.`;
  }
  return problem === undefined ? { values } : { values, problem };
};
