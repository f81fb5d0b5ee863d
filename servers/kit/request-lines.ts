/** One line asks and one line answers, both with the number of the request. */

export const requestLine = (request: number): string => `request ${request}\n`;
export const responseLine = (request: number): string => `response ${request}\n`;

/** Undefined: the line is something else. */
export const readRequest = (line: string): number | undefined => numberBehind('request ', line);
export const readResponse = (line: string): number | undefined => numberBehind('response ', line);

/** Fifteen digits are a whole number in JavaScript; more may not be. */
const numberBehind = (word: string, line: string): number | undefined =>
  line.startsWith(word) && /^\d{1,15}$/.test(line.slice(word.length))
    ? Number(line.slice(word.length))
    : undefined;
