import type { KernelModel } from '../../harness/domain/scenario.ts';
import { defaultSysctls, kernelModel } from '../../harness/kernel/kernel-model.ts';
import { parseRelease } from '../../harness/kernel/release.ts';
import { rulesOf } from '../../harness/kernel/rules.ts';

/** The model of a release with its default sysctls, but for the given fields. */
export function kernelOf(text: string, changes: Partial<KernelModel> = {}): KernelModel {
  const release = parseRelease(text);
  if (release === undefined) throw new Error(`not a release: ${text}`);
  return { ...kernelModel(rulesOf(release), {}, {}, defaultSysctls(release)), ...changes };
}
