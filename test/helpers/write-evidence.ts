import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Evidence } from '../../harness/domain/evidence.ts';

/** Makes a run folder of evidence. */
export function writeEvidence(evidence: Evidence, folder: string): void {
  for (const [file, bytes] of evidence) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), bytes);
  }
}
