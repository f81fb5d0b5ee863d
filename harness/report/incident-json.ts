import type { IncidentClaim, IncidentVerdict, PhaseOutcome } from '../domain/incident.ts';

/**
 * An incident as plain data; the contract is that of `jsonReport`. Times are milliseconds.
 * `runFolder` is the folder in which those of the phases lie.
 */
export const incidentJson = (verdict: IncidentVerdict, runFolder: string): object => {
  const { incident, title, document, kernel, kind, reason, load, chains, tables } = verdict;
  return {
    schemaVersion: 1,
    ...{ incident, title, document },
    verdict: kind,
    ...{ reason, kernel, load },
    phases: verdict.phases.map(phaseJson),
    claims: verdict.claims.map((claim) => claimJson(claim, document)),
    chains,
    tables,
    runFolder,
  };
};

const phaseJson = (outcome: PhaseOutcome): object => {
  const { phase, runFolder, reason } = outcome;
  const { name, role, title } = phase;
  const named = { name, role, title, runFolder };
  return outcome.kind === 'failed'
    ? { ...named, verdict: null, reason, remedy: outcome.remedy }
    : {
        ...named,
        ...{ verdict: outcome.verdict, reason, tookMs: outcome.tookMs },
        figures: Object.fromEntries(outcome.figures),
      };
};

const claimJson = ({ id, claim, kind, findings }: IncidentClaim, document: string): object => ({
  ...{ id, document, claim },
  verdict: kind,
  phases: findings.map(({ phase, finding: { kind: found, ...finding } }) => ({
    phase,
    verdict: found,
    ...finding,
  })),
});
