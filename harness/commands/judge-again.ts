/** `judge <run folder>`: the verdict again, from the evidence alone. */
import path from 'node:path';
import { judgeEvidence } from '../reproduce.ts';
import { readEvidence } from '../run-folder.ts';
import { exitCodeOfVerdict } from './exit-code.ts';
import { refuseDrawings } from './incident-options.ts';
import { isIncidentFolder, judgeIncidentAgain } from './judge-incident-again.ts';
import { ladderWish } from './ladder-options.ts';
import { conclude, type Shown } from './run.ts';

export function judgeAgain(
  folder: string,
  shown: Shown,
  given: Readonly<Record<string, unknown>>,
): number {
  const ladder = ladderWish(given, shown.json);
  const absolute = path.resolve(folder);
  if (isIncidentFolder(absolute)) {
    refuseDrawings(given, 'the folder of an incident');
    return judgeIncidentAgain(absolute, shown);
  }
  const judgement = judgeEvidence(readEvidence(absolute));
  conclude(judgement, absolute, shown, ladder);
  return exitCodeOfVerdict(judgement.verdict.kind);
}
