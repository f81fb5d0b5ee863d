/** What the phases of an incident say together: the fault must show, and the remedy must end it. */
import type {
  Incident,
  IncidentClaim,
  IncidentVerdict,
  Phase,
  PhaseOutcome,
} from '../domain/incident.ts';
import type { Observations } from '../domain/observations.ts';
import type { Finding, FindingKind, Obstacle, Verdict } from '../domain/verdict.ts';
import { chainOfCause } from './chain-of-cause.ts';
import { incomparable, loadOf } from './comparable-phases.ts';
import { PREDICTION_CLAIM, worstOf } from './judge.ts';

/** A phase with its evidence, or why there is none. */
export type PhaseCase = { readonly phase: Phase; readonly runFolder: string | null } & (
  | {
      readonly kind: 'judged';
      readonly seen: Observations;
      readonly verdict: Verdict;
      readonly tookMs: number;
    }
  | ({ readonly kind: 'failed' } & Obstacle)
);

export function judgeIncident(incident: Incident, cases: readonly PhaseCase[]): IncidentVerdict {
  const { scenario } = incident;
  const judged = cases.filter((each) => each.kind === 'judged');
  const claims = scenario.claims.map((claim) => claimOf(claim, incident, cases));
  const decisive = judged.filter(({ phase }) => isDecisive(phase));
  const obstacle = missingPhase(incident, cases) ?? incomparable(incident, decisive);
  const kind = obstacle ? 'inconclusive' : worstKind(judged, claims);
  const fault = judged.find(({ phase }) => phase.role === 'fault');
  const { surroundings } = judged[0]?.seen ?? {};
  return {
    incident: scenario.id,
    title: scenario.title,
    document: scenario.claims[0]?.document ?? '',
    kernel:
      surroundings === undefined
        ? null
        : {
            release: surroundings.kernelRelease,
            architecture: surroundings.architecture,
            distribution: surroundings.distribution,
          },
    kind,
    reason: obstacle ? `${obstacle.reason} (${obstacle.remedy})` : reasonFor(kind, claims, judged),
    load: decisive[0] === undefined ? '' : loadOf(decisive[0].seen.plan, incident.remedyOptions),
    phases: cases.map((each) => outcomeOf(each, incident)),
    claims,
    chains:
      fault === undefined
        ? []
        : incident.failures(fault.seen).map((failure) => chainOfCause(fault.seen, failure)),
    tables: incident.questions.flatMap((question) => {
      const rows = question.phases.flatMap((name) => {
        const found = judged.find(({ phase }) => phase.name === name);
        return found ? [[found.phase.title, ...question.row(found.seen)]] : [];
      });
      // One row beside nothing compares nothing.
      const { title, columns } = question;
      return rows.length < 2 ? [] : [{ title, columns, rows }];
    }),
  };
}

type JudgedCase = Extract<PhaseCase, { readonly kind: 'judged' }>;

const isDecisive = ({ role }: Phase): boolean => role !== 'measured';

function missingPhase({ phases }: Incident, cases: readonly PhaseCase[]): Obstacle | undefined {
  const failed = cases.find((each) => each.kind === 'failed' && isDecisive(each.phase));
  if (failed?.kind === 'failed') {
    return {
      reason: `the phase ${failed.phase.name} failed: ${failed.reason}`,
      remedy: failed.remedy,
    };
  }
  const missing = phases
    .filter(isDecisive)
    .find(({ name }) => !cases.some(({ phase }) => phase.name === name));
  return missing === undefined
    ? undefined
    : {
        reason: `there is no run of the phase ${missing.name}`,
        remedy: 'run the incident again, or judge a folder that has all its phases',
      };
}

function claimOf(
  { id, statement }: Incident['scenario']['claims'][number],
  { phases }: Incident,
  cases: readonly PhaseCase[],
): IncidentClaim {
  const findings = cases.flatMap((each): IncidentClaim['findings'] => {
    if (!isDecisive(each.phase)) return [];
    if (each.kind === 'failed')
      return [{ phase: each.phase.name, finding: notRun(statement, each) }];
    return each.verdict.claims
      .filter((claim) => claim.id === id)
      .map(({ finding }) => ({ phase: each.phase.name, finding }));
  });
  const roles = new Set(
    findings.map(({ phase }) => phases.find(({ name }) => name === phase)?.role),
  );
  // Seen in the fault alone it says nothing about the remedy, and the other way round.
  const kind = roles.size < 2 ? 'inconclusive' : worstOf(findings);
  return { id, claim: statement, kind, findings };
}

const notRun = (documented: string, { reason, remedy }: Obstacle): Finding => ({
  kind: 'inconclusive',
  documented,
  reason,
  remedy,
  testimonies: [],
});

/** The kernel's own rules are judged in every phase, the incident's sentences in those they concern. */
function worstKind(judged: readonly JudgedCase[], claims: readonly IncidentClaim[]): FindingKind {
  const predictions = judged
    .filter(({ phase }) => isDecisive(phase))
    .flatMap(({ verdict }) => verdict.claims.filter(({ id }) => id === PREDICTION_CLAIM));
  return worstOf([...predictions, ...claims.map(({ kind }) => ({ finding: { kind } as Finding }))]);
}

function reasonFor(
  kind: FindingKind,
  claims: readonly IncidentClaim[],
  judged: readonly JudgedCase[],
): string {
  if (kind === 'confirmed') {
    return 'the fault shows what the document describes, and the remedy ends it under the same load';
  }
  const concerned = claims.filter((claim) => claim.kind === kind).map(({ id }) => id);
  const runs = judged
    .filter(({ verdict }) => verdict.kind === kind)
    .map(({ phase, verdict }) => `${phase.name}: ${verdict.reason}`);
  return [...(concerned.length === 0 ? [] : [concerned.join(', ')]), ...runs].join('; ');
}

function outcomeOf(each: PhaseCase, incident: Incident): PhaseOutcome {
  const { phase, runFolder } = each;
  if (each.kind === 'failed') {
    return { kind: 'failed', phase, runFolder, reason: each.reason, remedy: each.remedy };
  }
  return {
    kind: 'judged',
    phase,
    runFolder,
    verdict: each.verdict.kind,
    reason: each.verdict.reason,
    claims: each.verdict.claims,
    tookMs: each.tookMs,
    figures: incident.figures(each.seen),
  };
}
