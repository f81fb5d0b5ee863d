import type {
  CatalogueClaim,
  CatalogueFinding,
  CatalogueOutcome,
  CatalogueVerdict,
} from '../domain/catalogue.ts';
import type { Finding } from '../domain/verdict.ts';

/**
 * The catalogue as plain data: the contract with programs. Fields may be added, none is renamed,
 * removed or given another meaning within a schemaVersion. Times are milliseconds.
 */
export function verifyJson(verdict: CatalogueVerdict): object {
  const { kernel, profile, strict, claims, outcomes, disagreements } = verdict;
  const { totals, wallMs, longestScenarioMs, folder } = verdict;
  return {
    schemaVersion: 1,
    kernel,
    profile,
    strict,
    claims: claims.map(claimOf),
    disagreements,
    scenarios: outcomes.map(scenarioOf),
    totals,
    wallMs,
    longestScenarioMs,
    folder,
  };
}

export const verifyJsonReport = (verdict: CatalogueVerdict): string =>
  `${JSON.stringify(verifyJson(verdict), null, 2)}\n`;

const claimOf = ({ id, document, claim, finding, findings }: CatalogueClaim): object => ({
  id,
  document,
  claim,
  ...wordsOf(finding),
  findings: findings.map(findingOf),
});

const findingOf = ({ run, finding, tookMs, runFolder }: CatalogueFinding): object => ({
  scenario: run.scenario.id,
  variant: run.variant.name,
  ...wordsOf(finding),
  testimonies: finding.testimonies,
  tookMs,
  runFolder,
});

/** Every field is there whatever was found; null: there is none. */
function wordsOf(finding: Finding): object {
  const open = finding.kind === 'inconclusive';
  return {
    verdict: finding.kind,
    documented: finding.documented,
    observed: open ? null : finding.observed,
    rule: finding.kind === 'outdated' ? finding.rule : null,
    reason: open ? finding.reason : null,
    remedy: open ? finding.remedy : null,
  };
}

function scenarioOf(outcome: CatalogueOutcome): object {
  const { run, tookMs, runFolder } = outcome;
  const variant = { variant: run.variant.name, tookMs };
  if (outcome.kind === 'judged') return { ...outcome.report, ...variant };
  const { code, message, remedy } = outcome.error;
  return { scenario: run.scenario.id, ...variant, error: { code, message, remedy }, runFolder };
}
