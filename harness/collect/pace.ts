/**
 * A look takes 0.2 ms. Where it takes longer, in an emulated machine 5 ms, looks are further apart: so
 * many times what the cheapest of the last ones took, for the others were interrupted.
 */
const APART_IN_COSTS = 20;
/** Who asks for looks closer than usual gets them, as far as that is possible. */
const USUALLY_EVERY_MS = 10;
const CLOSE_APART_IN_COSTS = 2;
/** The first look is dearer than all others. */
const LEAST_COSTS = 2;
const LAST_COSTS = 8;

/** How far apart looks are that take time from what they look at. All times in milliseconds. */
export interface Pace {
  readonly isDue: (nowMs: number) => boolean;
  readonly looked: (atMs: number, costMs: number) => void;
}

export function paceOf(everyMs: number): Pace {
  const apart = everyMs < USUALLY_EVERY_MS ? CLOSE_APART_IN_COSTS : APART_IN_COSTS;
  const costsMs: number[] = [];
  let nextAtMs = 0;
  return {
    isDue: (nowMs) => nowMs >= nextAtMs,
    looked: (atMs, costMs) => {
      costsMs.push(costMs);
      if (costsMs.length < LEAST_COSTS) return;
      if (costsMs.length > LAST_COSTS) costsMs.shift();
      nextAtMs = atMs + apart * Math.min(...costsMs);
    },
  };
}
