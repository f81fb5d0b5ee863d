import type { KernelRule } from '../../domain/verdict.ts';

export interface HeatCell {
  readonly row: number;
  readonly column: number;
  readonly predicted: number;
  readonly measured: number | null;
  /** What the documents compute; null where they compute the same. */
  readonly documented: number | null;
  readonly problem: string | null;
  readonly rule: KernelRule | null;
  readonly href: string | null;
}

export interface HeatMap {
  readonly queue: 'accept' | 'syn';
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly cells: readonly HeatCell[];
}
