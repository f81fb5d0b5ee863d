/** `judge <folder of an incident>`: every phase again, and what they say together. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { FILES } from '../domain/evidence.ts';
import { HarnessError } from '../domain/harness-error.ts';
import { INCIDENT_FILE, type Incident, type IncidentVerdict } from '../domain/incident.ts';
import { fieldOf } from '../evidence/json-shape.ts';
import { incidentJson } from '../report/incident-json.ts';
import { judgeEvidence } from '../reproduce.ts';
import { readEvidence } from '../run-folder.ts';
import { incidentNamed } from '../scenarios/incidents/incidents.ts';
import { judgeIncident, type PhaseCase } from '../verdict/incident-verdict.ts';
import { exitCodeOfVerdict } from './exit-code.ts';
import { keepIncident, show } from './incident.ts';
import { jsonText, type Shown, shortened } from './run.ts';
import { print } from './terminal.ts';

/** Its phases lie in it, and no run does. One that was interrupted has no incident.json. */
export const isIncidentFolder = (folder: string): boolean =>
  !existsSync(path.join(folder, FILES.plan)) &&
  (existsSync(path.join(folder, INCIDENT_FILE)) || runFoldersIn(folder).some(isPhase));

const isPhase = (folder: string): boolean => {
  try {
    const plan = JSON.parse(readFileSync(path.join(folder, FILES.plan), 'utf8')) as unknown;
    return incidentNamed(String(fieldOf(plan, 'scenario'))) !== undefined;
  } catch {
    return false;
  }
};

export function judgeIncidentAgain(folder: string, shown: Shown): number {
  const { incident, verdict } = judgedIncident(folder);
  keepIncident(incident, verdict, folder);
  if (shown.json) print(jsonText(incidentJson(verdict, shortened(folder))));
  else show(incident, verdict, shown, false);
  return exitCodeOfVerdict(verdict.kind);
}

/** What the phases in the folder say together, from their evidence. Throws `EVIDENCE_UNREADABLE`. */
export function judgedIncident(folder: string): {
  readonly incident: Incident;
  readonly verdict: IncidentVerdict;
} {
  const judged = runFoldersIn(folder).map(judgedPhase);
  const [first] = judged;
  if (first === undefined) throw noPhases(folder);
  const { incident } = first;
  const stranger = judged.find((each) => each.incident !== incident);
  if (stranger !== undefined) throw mixed(stranger.incident, incident);
  const cases = incident.phases.flatMap((phase) =>
    judged.flatMap((each) => (each.name === phase.name ? [{ phase, ...each.found }] : [])),
  );
  return { incident, verdict: judgeIncident(incident, cases) };
}

/** Absolute paths of the run folders that lie in it; none where there is no such folder. */
export const runFoldersIn = (folder: string): readonly string[] =>
  (existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [])
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => path.join(folder, name))
    .filter((inner) => existsSync(path.join(inner, FILES.plan)))
    .sort();

interface JudgedPhase {
  readonly incident: Incident;
  readonly name: string | undefined;
  readonly found: Omit<Extract<PhaseCase, { readonly kind: 'judged' }>, 'phase'>;
}

function judgedPhase(folder: string): JudgedPhase {
  const { seen, verdict } = judgeEvidence(readEvidence(folder));
  const incident = incidentNamed(seen.plan.scenario);
  if (incident === undefined) {
    throw new HarnessError(
      'EVIDENCE_UNREADABLE',
      `${path.basename(folder)} is a run of '${seen.plan.scenario}', which is no incident.`,
      { remedy: 'judge that folder by itself' },
    );
  }
  const [first, last] = [seen.steps[0], seen.steps.at(-1)];
  const tookMs = Math.round((last?.endedAtMs ?? 0) - (first?.startedAtMs ?? 0));
  return {
    incident,
    name: seen.plan.parameters.phase,
    found: { kind: 'judged', seen, verdict, tookMs, runFolder: shortened(folder) },
  };
}

const noPhases = (folder: string): HarnessError =>
  new HarnessError('EVIDENCE_UNREADABLE', `There is no run in ${folder}.`, {
    remedy: 'name the folder of an incident, in which its phases lie',
  });

const mixed = (one: Incident, other: Incident): HarnessError =>
  new HarnessError(
    'EVIDENCE_UNREADABLE',
    `The folder holds runs of two incidents, ${one.scenario.id} and ${other.scenario.id}.`,
    { remedy: 'put each into a folder of its own' },
  );
