import type { KernelsVerdict } from '../domain/kernels.ts';

/** As `kernels.json` and `--json` have it; within a schemaVersion fields are only added. */
export const kernelsJsonReport = (verdict: KernelsVerdict): string =>
  `${JSON.stringify({ schemaVersion: 1, ...verdict }, null, 2)}\n`;
