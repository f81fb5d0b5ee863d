/** What an emulated machine that stops and goes may be blamed for. */
import type { Observations } from '../domain/observations.ts';
import type { JudgedClaim, Obstacle } from '../domain/verdict.ts';
import { SCHEDULING_MS } from '../kernel/schedules.ts';
import { hasClientPrograms } from './plan-facts.ts';

/** How long they work, think and wait is part of the experiment, and no thread of ours can tell. */
const SLOW_PROGRAMS: Obstacle = {
  reason:
    'the machine is emulated: its programs are about ten times as slow as the load of these client programs is made for',
  remedy: 'run it without --kernel, on the kernel of this computer',
};

/**
 * Why a contradiction in this run would decide nothing; undefined where the machine was punctual, or
 * nobody watched. The tolerances stay as they are: what fits in spite of such a machine does fit.
 */
export function poorTiming({ punctuality, plan }: Observations): Obstacle | undefined {
  if (punctuality === undefined) return undefined;
  if (hasClientPrograms(plan)) return SLOW_PROGRAMS;
  const { mostLateMs, clockResolutionMs } = punctuality;
  const worstMs = Math.max(mostLateMs, clockResolutionMs);
  if (worstMs <= SCHEDULING_MS) return undefined;
  return {
    reason: `the machine was too slow to contradict anything: a timer of 10 ms was late by up to ${worstMs.toFixed(0)} ms, and ${SCHEDULING_MS} ms are allowed for`,
    remedy: 'start the run again while this computer has less to do, with fewer --jobs if need be',
  };
}

export function excusedByTiming(claim: JudgedClaim, seen: Observations): JudgedClaim {
  const { finding } = claim;
  const excuse = finding.kind === 'contradicted' ? poorTiming(seen) : undefined;
  if (excuse === undefined) return claim;
  const { documented, testimonies } = finding;
  return { ...claim, finding: { kind: 'inconclusive', documented, ...excuse, testimonies } };
}
