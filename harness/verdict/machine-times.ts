import type { MachineRecord } from '../domain/evidence.ts';
import type { MachineTimes, Spread } from '../domain/kernels.ts';

/** Null where no run had a machine of its own. */
export function machineTimesOf(records: readonly MachineRecord[]): MachineTimes | null {
  if (records.length === 0) return null;
  return {
    machines: records.length,
    boot: spreadOf(records.map(({ startedAfterMs }) => startedAfterMs)),
    run: spreadOf(records.map((each) => each.collectedFromMs - each.startedAfterMs)),
    collect: spreadOf(records.map((each) => each.endedAfterMs - each.collectedFromMs)),
    secondBoots: records.filter(({ boots }) => boots > 1).length,
  };
}

function spreadOf(times: readonly number[]): Spread {
  const sorted = times.toSorted((left, right) => left - right);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? 0;
  return { medianMs: Math.round((lower + upper) / 2), mostMs: sorted.at(-1) ?? 0 };
}
