/** Longer than any line of ours: a peer that never ends its line is none of ours. */
const LONGEST_LINE = 1_024;

/**
 * Cuts text into lines, in whatever pieces it comes, and hands over each without its newline. What
 * it returns takes the next piece, and says false when the line that has begun is too long.
 */
export const lineReader = (onLine: (line: string) => void): ((piece: string) => boolean) => {
  let begun = '';
  return (piece) => {
    const lines = (begun + piece).split('\n');
    begun = lines.pop() ?? '';
    for (const line of lines) onLine(line);
    return begun.length <= LONGEST_LINE;
  };
};
