/** What a health check holds a server for, as load balancers do. */
export interface ServerHealth {
  readonly up: boolean;
  /** Checks in a row, up to the last one, that say the opposite. */
  readonly against: number;
}

export interface Thresholds {
  /** So many good checks in a row bring a server up that is down. */
  readonly rise: number;
  /** So many failed checks in a row bring a server down that is up. */
  readonly fall: number;
}

/** Up until checks have shown otherwise. */
export const ASSUMED_UP: ServerHealth = { up: true, against: 0 };

export const afterCheck = (
  { up, against }: ServerHealth,
  healthy: boolean,
  { rise, fall }: Thresholds,
): ServerHealth => {
  if (healthy === up) return { up, against: 0 };
  const enough = up ? fall : rise;
  return against + 1 < enough ? { up, against: against + 1 } : { up: !up, against: 0 };
};

/** For people who read the log. */
export const wordsOf = (
  before: ServerHealth,
  after: ServerHealth,
  { rise, fall }: Thresholds,
): string => {
  if (before.up && !after.up) return `server is DOWN after ${fall} failed checks`;
  if (!before.up && after.up) return `server is UP after ${rise} good checks`;
  const state = after.up ? 'up' : 'down';
  if (after.against === 0) return `server is ${state}`;
  const checks = after.up
    ? `${after.against} of ${fall} failed`
    : `${after.against} of ${rise} good`;
  return `server is still ${state}: ${checks} checks`;
};
