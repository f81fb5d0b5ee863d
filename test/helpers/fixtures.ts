import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Evidence } from '../../harness/domain/evidence.ts';
import { readEvidence } from '../../harness/run-folder.ts';

const FOLDER = path.join('test', 'fixtures', 'runs');

/** The runs recorded with `npm run fixture`, by name. */
export const FIXTURES: readonly string[] = readdirSync(FOLDER).sort();

const read = new Map<string, Evidence>();

/** A recorded run folder. It is read once, so nobody may write into its bytes. */
export function fixture(name: string): Evidence {
  const evidence = read.get(name) ?? readEvidence(path.join(FOLDER, name));
  read.set(name, evidence);
  return evidence;
}
