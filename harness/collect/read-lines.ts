/**
 * Hands out together the lines that came together; never none, and the last one also without its end.
 * Node's readline hands them out one by one, which is dear when a large swarm says a great deal at once.
 */
export function readLines(
  output: NodeJS.ReadableStream,
  onLines: (lines: readonly string[]) => void,
): void {
  let begun = '';
  output.setEncoding('utf8');
  output.on('data', (text: string) => {
    const lines = (begun + text).split('\n');
    begun = lines.pop() ?? '';
    if (lines.length > 0) onLines(lines);
  });
  output.on('end', () => {
    if (begun !== '') onLines([begun]);
  });
}
