import type { EvidenceProblem, Observations } from '../domain/observations.ts';
import type { Prediction } from '../domain/prediction.ts';
import type { Claim, Scenario } from '../domain/scenario.ts';
import type {
  Finding,
  FindingKind,
  JudgedClaim,
  Ledger,
  Obstacle,
  Verdict,
} from '../domain/verdict.ts';
import { clusterObstacle } from './cluster-obstacle.ts';
import { keepLedger } from './ledger.ts';
import { excusedByTiming } from './poor-timing.ts';
import { type Candidate, judgePrediction } from './prediction-check.ts';

export interface Case {
  readonly scenario: Scenario;
  readonly seen: Observations;
  readonly prediction: Prediction;
  readonly candidates: readonly Candidate[];
}

const SEVERITY: readonly FindingKind[] = ['confirmed', 'outdated', 'inconclusive', 'contradicted'];

/** Two clocks that disagree by more than this cannot order packets and events. */
const MOST_CLOCK_DRIFT_MS = 50;

/** The id of the claim that every scenario carries besides its documented ones. */
export const PREDICTION_CLAIM = 'prediction';

/**
 * Books first, claims second: evidence that is incomplete or does not balance decides nothing, so
 * every claim is then inconclusive for that reason.
 */
export function judge(given: Case): Verdict {
  const { scenario, seen, prediction } = given;
  const ledger = keepLedger(seen);
  const obstacle = obstacleIn(seen, ledger) ?? scenario.spoiledBy?.(seen) ?? undefined;
  const exercised = scenario.claims.filter(
    (claim) => claim.notExercisedBecause(seen.plan.parameters, prediction) === null,
  );
  const claims = [
    ...exercised.map((claim) => judged(claim, obstacle, () => claim.judge(seen, prediction))),
    judged(predictionClaim, obstacle, () => judgePrediction(seen, prediction, given.candidates)),
  ].map((claim) => excusedByTiming(claim, seen));
  const kind = worstOf(claims);
  return {
    kind,
    reason: obstacle?.reason ?? reasonFor(kind, claims),
    claims,
    unexercised: scenario.claims.flatMap((claim) => {
      const reason = claim.notExercisedBecause(seen.plan.parameters, prediction);
      return reason === null ? [] : [{ id: claim.id, claim: claim.statement, reason }];
    }),
    ledger,
  };
}

/** What every scenario claims besides its documented sentences. */
export const predictionClaim = {
  id: PREDICTION_CLAIM,
  document: 'kernel rules',
  statement: 'The kernel does what its rules say.',
} as const;

/** What keeps the evidence from deciding anything; the first found is named. */
function obstacleIn(seen: Observations, ledger: Ledger): Obstacle | undefined {
  return (
    unfinished(seen) ??
    damaged(seen.problems) ??
    steppedClock(seen) ??
    clusterObstacle(seen) ??
    imbalance(ledger) ??
    localFailures(seen)
  );
}

const unfinished = ({ status }: Observations): Obstacle | undefined =>
  status.status === 'complete'
    ? undefined
    : {
        reason: `the run is not complete (${status.status}): ${status.reason ?? 'no reason given'}`,
        remedy: status.error?.remedy ?? 'start the run again',
      };

function damaged([first, ...others]: readonly EvidenceProblem[]): Obstacle | undefined {
  if (first === undefined) return undefined;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return {
    reason: `the evidence is damaged: ${first.file}: ${first.problem}${more}`,
    remedy: 'judge an undamaged copy of the run folder, or start the run again',
  };
}

const steppedClock = ({ clockDriftMs }: Observations): Obstacle | undefined =>
  Math.abs(clockDriftMs) <= MOST_CLOCK_DRIFT_MS
    ? undefined
    : {
        reason: `the wall clock was set during the run: it moved by ${clockDriftMs.toFixed(0)} ms against the monotonic clock`,
        remedy: 'start the run again',
      };

/** An attempt that failed on the client's own machine says nothing about the server. */
function localFailures({ clients }: Observations): Obstacle | undefined {
  const codes = clients.flatMap(({ outcome }) => (outcome.kind === 'failed' ? [outcome.code] : []));
  if (codes.length === 0) return undefined;
  return {
    reason: `${codes.length} clients failed on their own machine: ${[...new Set(codes)].join(', ')}`,
    remedy: 'give the swarm more --client-addresses or a higher ulimit -n, or pass fewer --clients',
  };
}

function imbalance({ balanced, identities }: Ledger): Obstacle | undefined {
  if (balanced) return undefined;
  const residues = identities.filter(({ status }) => status === 'broken' || status === 'unknown');
  const described = residues.map(
    ({ name, leftIs, left, rightIs, right }) =>
      `${name}: ${leftIs} ${left ?? 'unknown'}, ${rightIs} ${right ?? 'unknown'}`,
  );
  return {
    reason: `the ledger does not balance: ${described.join('; ')}`,
    remedy:
      'start the run again; if it stays, the run folder belongs into a report about backlog-lab',
  };
}

function judged(
  claim: Pick<Claim, 'id' | 'statement'> & { readonly document: string },
  obstacle: Obstacle | undefined,
  check: () => Finding,
): JudgedClaim {
  const { id, document, statement } = claim;
  return { id, document, claim: statement, finding: findingOf(obstacle, statement, check) };
}

function findingOf(
  obstacle: Obstacle | undefined,
  documented: string,
  check: () => Finding,
): Finding {
  if (obstacle) return { kind: 'inconclusive', documented, ...obstacle, testimonies: [] };
  try {
    return check();
  } catch (error) {
    return {
      kind: 'inconclusive',
      documented,
      reason: `the check itself failed: ${String(error)}`,
      remedy: 'this is a defect of backlog-lab: report it together with the run folder',
      testimonies: [],
    };
  }
}

export const worstOf = (claims: readonly Pick<JudgedClaim, 'finding'>[]): FindingKind =>
  claims
    .map(({ finding }) => finding.kind)
    .reduce(
      (worst, kind) => (SEVERITY.indexOf(kind) > SEVERITY.indexOf(worst) ? kind : worst),
      'confirmed',
    );

function reasonFor(kind: FindingKind, claims: readonly JudgedClaim[]): string {
  const concerned = claims.filter(({ finding }) => finding.kind === kind).map(({ id }) => id);
  const names = concerned.join(', ');
  switch (kind) {
    case 'confirmed':
      return claims.length > 1
        ? 'every claim was measured as documented'
        : 'the kernel did what its rules say; these parameters put no documented claim to the test';
    case 'outdated':
      return `measured otherwise than documented, as a known kernel rule says: ${names}`;
    case 'contradicted':
      return `measured as no known rule says: ${names}`;
    case 'inconclusive':
      return `could not be decided: ${names}`;
  }
}
