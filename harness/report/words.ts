/** Numbers as words of a report. */

/** `2506 ms`, `0.3 ms`, `13.1 s`: as exact as a reader can use. */
export function duration(ms: number): string {
  if (ms >= 10_000) return `${trimmed(ms / 1_000, 1)} s`;
  return ms < 10 ? `${trimmed(ms, 1)} ms` : `${Math.round(ms)} ms`;
}

/** Without its unit: `0`, `1.03`, `131`. */
export const seconds = (ms: number): string => trimmed(ms / 1_000, 2);

const trimmed = (value: number, decimals: number): string =>
  String(Number(value.toFixed(decimals)));

export const count = (number: number, thing: string, things = `${thing}s`): string =>
  `${number} ${number === 1 ? thing : things}`;

export const times = (number: number): string =>
  number === 1 ? 'once' : number === 2 ? 'twice' : `${number} times`;

/** `1st`, `2nd`, `3rd`, `4th`, `11th`. */
export function ordinal(number: number): string {
  const isTeen = Math.floor(number / 10) % 10 === 1;
  return `${number}${(isTeen ? undefined : ['th', 'st', 'nd', 'rd'][number % 10]) ?? 'th'}`;
}

/** `0.3 ms`, or `0.3 to 1.2 ms` when the values differ as printed. A common unit is said once. */
export function span(values: readonly number[], format: (value: number) => string): string {
  const least = format(values.reduce((left, right) => Math.min(left, right), Infinity));
  const most = format(values.reduce((left, right) => Math.max(left, right), -Infinity));
  if (least === most) return least;
  const [number = '', unit] = least.split(' ');
  return unit !== undefined && most.endsWith(` ${unit}`)
    ? `${number} to ${most}`
    : `${least} to ${most}`;
}

/** Numbers in ascending order, runs of them shortened: `1-3, 7, 9-12`. */
export function numberRanges(numbers: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const number of numbers) {
    const current = ranges.at(-1);
    if (current !== undefined && number === current[1] + 1) current[1] = number;
    else ranges.push([number, number]);
  }
  const shown = ranges.slice(0, MOST_RANGES).map(([first, last]) => {
    if (first === last) return `${first}`;
    return last === first + 1 ? `${first}, ${last}` : `${first}-${last}`;
  });
  return [...shown, ...(ranges.length > MOST_RANGES ? ['...'] : [])].join(', ');
}

const MOST_RANGES = 4;
