import type { WorkList } from '../domain/catalogue.ts';
import type { Style } from './style.ts';
import { verifyPlanJson, verifyPlanReport } from './verify-plan.ts';

/** What `kernels` would do on one kernel. */
export interface KernelPlan {
  readonly name: string;
  /** As in `uname -rv`; of a kernel that is yet to be fetched only what its name says. */
  readonly kernel: string;
  readonly list: WorkList;
}

/** Kernels with the same work list share it. */
export function kernelsPlanReport(plans: readonly KernelPlan[], style: Style): string {
  const lists = new Map<string, readonly KernelPlan[]>();
  for (const plan of plans) {
    const text = verifyPlanReport(plan.list, style);
    lists.set(text, [...(lists.get(text) ?? []), plan]);
  }
  return [...lists]
    .map(([text, of]) => `${of.map((plan) => headOf(plan, style)).join('\n')}\n${text}`)
    .join('\n');
}

const headOf = ({ name, kernel }: KernelPlan, style: Style): string =>
  `${style.bold(name)}  Linux ${kernel}`;

export const kernelsPlanJson = (plans: readonly KernelPlan[]): object => ({
  schemaVersion: 1,
  dryRun: true,
  kernels: plans.map(({ name, kernel, list }) => ({ name, kernel, ...verifyPlanJson(list) })),
});
