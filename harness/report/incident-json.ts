import type { IncidentVerdict, PhaseOutcome } from '../domain/incident.ts';

/** An incident as plain data; the contract is that of `jsonReport`. Times are milliseconds. */
export const incidentJson = (verdict: IncidentVerdict): object => {
  const { kind, phases, tables, ...others } = verdict;
  return {
    schemaVersion: 1,
    ...others,
    verdict: kind,
    phases: phases.map(phaseJson),
    tables,
  };
};

const phaseJson = (outcome: PhaseOutcome): object => {
  const { phase, runFolder } = outcome;
  const { name, role, title } = phase;
  return outcome.kind === 'failed'
    ? {
        name,
        role,
        title,
        runFolder,
        verdict: null,
        reason: outcome.reason,
        remedy: outcome.remedy,
      }
    : {
        ...{ name, role, title, runFolder },
        verdict: outcome.verdict,
        reason: outcome.reason,
        tookMs: outcome.tookMs,
        figures: Object.fromEntries(outcome.figures),
      };
};
