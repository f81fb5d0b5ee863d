/** Options that take names out of a list: repeated, or separated by commas. */
import { nearest } from './nearest.ts';
import { usage } from './values.ts';

/** What an option was given that may be repeated. */
export const texts = (given: unknown): readonly string[] =>
  Array.isArray(given) ? given.map(String) : [];

/** In the order in which they are known; without a word, all. Throws `USAGE`. */
export function chosenNames<Name extends string>(
  option: string,
  known: readonly Name[],
  given: unknown,
): readonly Name[] {
  const words = texts(given)
    .flatMap((text) => text.split(','))
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const unknown = words.find((word) => !known.some((name) => name === word));
  if (unknown !== undefined) {
    const near = nearest(unknown, known);
    throw usage(
      `There is no ${option} '${unknown}'.`,
      near === undefined ? `choose from ${known.join(', ')}` : `did you mean ${near}?`,
    );
  }
  return words.length === 0 ? known : known.filter((name) => words.includes(name));
}
