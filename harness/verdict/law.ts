import type { Observations } from '../domain/observations.ts';

/** A conservation law: two sides, from different witnesses, that must be equal. */
export interface Law {
  readonly name: string;
  readonly left: readonly [what: string, value: number | undefined];
  readonly right: readonly [what: string, value: number | undefined];
  /** Why the law does not bind this run; then it counts neither way. */
  readonly notApplicable?: string | undefined;
}

/** The value that was read back on the server. */
export const foundOnServer = (seen: Observations, wanted: string): string | null | undefined =>
  seen.sysctls.find(({ host, key }) => host === 'server' && key === wanted)?.found;

export const sum = (left: number | undefined, right: number | undefined): number | undefined =>
  left === undefined || right === undefined ? undefined : left + right;

export const difference = (
  left: number | undefined,
  right: number | undefined,
): number | undefined => (left === undefined || right === undefined ? undefined : left - right);
