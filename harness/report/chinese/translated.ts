/**
 * A sentence that the harness makes, and its Chinese form: `$1` is what stood there, `{1}` the same
 * in Chinese.
 */
export type SentencePattern = readonly [pattern: RegExp, chinese: string];

/** By the first pattern that fits; undefined for a sentence that none of them knows. */
export function translated(
  english: string,
  patterns: readonly SentencePattern[],
): string | undefined {
  for (const [pattern, chinese] of patterns) {
    const match = pattern.exec(english);
    if (match !== null) return filled(chinese, match, patterns);
  }
  return undefined;
}

const filled = (
  chinese: string,
  groups: readonly (string | undefined)[],
  patterns: readonly SentencePattern[],
): string =>
  chinese.replaceAll(/\$(\d)|\{(\d)\}/g, (_, plain?: string, inner?: string) => {
    const group = groups[Number(plain ?? inner)] ?? '';
    return inner === undefined ? group : (translated(group, patterns) ?? group);
  });
