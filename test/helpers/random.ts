import { randomInt } from 'node:crypto';

/** Random numbers that a seed repeats. */
export interface Random {
  readonly seed: number;
  /** From 0 to below `limit`. */
  readonly below: (limit: number) => number;
}

/** The seed is drawn, unless the environment variable of that name gives one, and printed. */
export function seededRandom(variable: string): Random {
  const seed = Number(process.env[variable] ?? randomInt(2 ** 31));
  process.stdout.write(`Random choices can be repeated with ${variable}=${seed}\n`);
  let state = seed;
  const next = (): number => {
    // mulberry32, by Tommy Ettinger (public domain).
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { seed, below: (limit) => Math.floor(next() * limit) };
}
