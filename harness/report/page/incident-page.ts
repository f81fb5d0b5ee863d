import type { IncidentClaim, IncidentVerdict, PhaseOutcome } from '../../domain/incident.ts';
import { REPRO } from '../suggestion.ts';
import { besideIt, hrefOf, type LinkTo } from './catalogue-page.ts';
import type { IncidentPage, PageClaim, PagePhase } from './page-model.ts';

/** An incident with its phases side by side; `story` tells what is rebuilt. */
export function incidentPage(
  verdict: IncidentVerdict,
  story: string,
  { runFolder, linkTo = besideIt }: { readonly runFolder: string; readonly linkTo?: LinkTo },
): IncidentPage {
  const { incident, title, document, kernel, kind, reason, load, chains, tables } = verdict;
  return {
    kind: 'incident',
    ...{ incident, title, document, story, kernel, reason, load, chains, tables },
    verdict: kind,
    phases: verdict.phases.map((outcome) => phaseOf(outcome, linkTo)),
    claims: verdict.claims.map((claim) => claimOf(claim, verdict, linkTo)),
    repeat: [
      { command: `${REPRO} incident ${incident}`, shows: 'the same phases again' },
      { command: `${REPRO} judge ${runFolder}`, shows: 'judge this evidence again' },
    ],
  };
}

const phaseOf = (outcome: PhaseOutcome, linkTo: LinkTo): PagePhase => {
  const { name, title, role } = outcome.phase;
  const judged = outcome.kind === 'judged';
  return {
    ...{ name, title, role, reason: outcome.reason },
    verdict: judged ? outcome.verdict : null,
    figures: judged ? outcome.figures : [],
    href: judged ? hrefOf(outcome.runFolder, linkTo) : null,
  };
};

const claimOf = (
  { id, claim, kind, findings }: IncidentClaim,
  { document, phases }: IncidentVerdict,
  linkTo: LinkTo,
): PageClaim => ({
  ...{ id, document, claim, verdict: kind },
  findings: findings.map(({ phase, finding }) => ({
    label: phase,
    href: hrefOf(phases.find((outcome) => outcome.phase.name === phase)?.runFolder ?? null, linkTo),
    verdict: finding.kind,
    says: finding.kind === 'inconclusive' ? finding.reason : finding.observed,
    rule: finding.kind === 'outdated' ? finding.rule : null,
  })),
});
