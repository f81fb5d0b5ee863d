import type { Sweep } from '../domain/sweep.ts';

/** A sweep as plain data: the contract with programs. `measured` is null where nothing was decided. */
export const sweepJsonReport = ({ kernel, cells, wallMs }: Sweep): string =>
  `${JSON.stringify({ schemaVersion: 1, kernel, cells, wallMs }, null, 2)}\n`;
