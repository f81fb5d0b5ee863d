/** What the run of one cell of a sweep measured. */
import type { Observations } from '../domain/observations.ts';
import type { Prediction } from '../domain/prediction.ts';
import type { CellSettings, SweepCell } from '../domain/sweep.ts';
import type { KernelRule, Verdict } from '../domain/verdict.ts';
import { oldSynQueueFormula } from '../kernel/queue-capacity.ts';
import { closing, synQueueLengthAt } from '../verdict/figures.ts';
import { ACCEPT_QUEUE_FULL } from './queue-capacities.ts';

/** A run of the cell as it was judged. */
export interface MeasuredCell {
  readonly seen: Observations;
  readonly prediction: Prediction;
  readonly verdict: Verdict;
}

/**
 * The accept queue by its length when clients were refused, the SYN queue by its requests when
 * clients were refused or got cookies. What the run could not decide is not measured.
 */
export function cellOf(
  settings: CellSettings,
  { seen, prediction, verdict }: MeasuredCell,
  runFolder: string,
): SweepCell {
  const isDecided = verdict.kind !== 'inconclusive';
  const acceptQueue = seen.snapshots.get(ACCEPT_QUEUE_FULL)?.listener?.acceptQueueLength;
  const synQueue = synQueueLengthAt(closing(seen));
  const measured = {
    acceptQueue: isDecided ? (acceptQueue ?? null) : null,
    synQueue: isDecided ? (synQueue ?? null) : null,
  };
  const { acceptQueueCapacity, synQueueCapacity } = prediction;
  const isAsPredicted =
    measured.acceptQueue === acceptQueueCapacity && measured.synQueue === synQueueCapacity;
  // Both queues as predicted, and yet something else was not: that must not be green.
  const hasProblem = !isDecided || (verdict.kind === 'contradicted' && isAsPredicted);
  return {
    ...unmeasuredCell(settings, prediction),
    acceptQueueCapacity: { predicted: acceptQueueCapacity, measured: measured.acceptQueue },
    synQueueCapacity: {
      predicted: synQueueCapacity,
      oldFormula: oldFormulaFor(settings),
      measured: measured.synQueue,
    },
    rule: ruleOf(verdict),
    runFolder,
    problem: hasProblem ? verdict.reason : null,
  };
}

/** A cell with its prediction alone. */
export const unmeasuredCell = (
  settings: CellSettings,
  { acceptQueueCapacity, synQueueCapacity }: Prediction,
): SweepCell => ({
  ...settings,
  acceptQueueCapacity: { predicted: acceptQueueCapacity, measured: null },
  synQueueCapacity: {
    predicted: synQueueCapacity,
    oldFormula: oldFormulaFor(settings),
    measured: null,
  },
  rule: null,
  runFolder: null,
  problem: null,
});

const oldFormulaFor = ({ backlog, somaxconn, maxSynBacklog }: CellSettings): number =>
  oldSynQueueFormula(backlog, somaxconn, maxSynBacklog);

function ruleOf({ claims }: Verdict): KernelRule | null {
  const outdated = claims.flatMap(({ finding }) =>
    finding.kind === 'outdated' ? [finding.rule] : [],
  );
  return outdated[0] ?? null;
}
