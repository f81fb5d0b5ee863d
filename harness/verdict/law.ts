/** A conservation law: two sides, from different witnesses, that must be equal. */
export interface Law {
  readonly name: string;
  readonly left: readonly [what: string, value: number | undefined];
  readonly right: readonly [what: string, value: number | undefined];
  /** Why the law does not bind this run; then it counts neither way. */
  readonly notApplicable?: string | undefined;
}

export const sum = (left: number | undefined, right: number | undefined): number | undefined =>
  left === undefined || right === undefined ? undefined : left + right;

export const difference = (
  left: number | undefined,
  right: number | undefined,
): number | undefined => (left === undefined || right === undefined ? undefined : left - right);
