/** Looks at values that come over the network, before anything is done with them. */

export type Fields = Readonly<Record<string, unknown>>;

/** The largest int of the kernel, and the longest delay of a timer of Node's. */
export const MOST = 2 ** 31 - 1;

export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null;

export const isWhole = (value: unknown, least: number, most = MOST): boolean =>
  Number.isInteger(value) && Number(value) >= least && Number(value) <= most;

export const isAbsentOr = (value: unknown, is: (value: unknown) => boolean): boolean =>
  value === undefined || is(value);
