import type { KernelRule } from './verdict.ts';

/** What a sweep varies: one listener's settings. */
export interface CellSettings {
  readonly backlog: number;
  readonly somaxconn: number;
  readonly maxSynBacklog: number;
  readonly syncookies: number;
}

/** One setting with what the kernel's rules predict and what was measured. */
export interface SweepCell extends CellSettings {
  readonly acceptQueueCapacity: {
    readonly predicted: number;
    /** Null where the run decided nothing; then `problem` says why. */
    readonly measured: number | null;
  };
  readonly synQueueCapacity: {
    readonly predicted: number;
    /** What the documents compute; right to kernel 4.3. */
    readonly oldFormula: number;
    readonly measured: number | null;
  };
  /** The rule of another kernel that explains a difference: a backport, or one that is missing. */
  readonly rule: KernelRule | null;
  readonly runFolder: string | null;
  readonly problem: string | null;
}

export interface Sweep {
  readonly kernel: {
    readonly release: string;
    readonly architecture: string;
    readonly distribution: string;
  };
  readonly cells: readonly SweepCell[];
  readonly wallMs: number;
}

/** Both queues hold exactly what was predicted. */
export const isExact = ({ acceptQueueCapacity, synQueueCapacity }: SweepCell): boolean =>
  acceptQueueCapacity.measured === acceptQueueCapacity.predicted &&
  synQueueCapacity.measured === synQueueCapacity.predicted;

export const isMeasured = ({ acceptQueueCapacity, synQueueCapacity }: SweepCell): boolean =>
  acceptQueueCapacity.measured !== null && synQueueCapacity.measured !== null;

/** Measured, and as no known rule says. */
export const isOff = (cell: SweepCell): boolean =>
  isMeasured(cell) && cell.rule === null && !isExact(cell);
