import type {
  CatalogueClaim,
  CatalogueFinding,
  CatalogueOutcome,
  CatalogueVerdict,
  Disagreement,
  Kernel,
  StatedClaim,
  WorkList,
} from '../domain/catalogue.ts';
import type { Finding, FindingKind } from '../domain/verdict.ts';
import { worstOf } from './judge.ts';

export interface CatalogueCase {
  readonly workList: WorkList;
  readonly outcomes: readonly CatalogueOutcome[];
  readonly disagreements: readonly Disagreement[];
  /** Of the machine, for a catalogue without a single judged run. */
  readonly kernel: Kernel;
  readonly strict: boolean;
  readonly wallMs: number;
  readonly folder: string;
}

/** One verdict for each claim from what all runs found about it. */
export function judgeCatalogue(given: CatalogueCase): CatalogueVerdict {
  const { workList, outcomes, disagreements, strict, wallMs, folder } = given;
  const claims = workList.claims.map((claim) => judgeClaim(claim, outcomes, workList));
  const ids = new Set(claims.map(({ id }) => id));
  const [kernel = given.kernel] = outcomes.flatMap((outcome) =>
    outcome.kind === 'judged' ? [outcome.kernel] : [],
  );
  return {
    kernel,
    profile: workList.profile,
    strict,
    claims,
    outcomes,
    disagreements: disagreements.filter((each) => each.claims.every((id) => ids.has(id))),
    totals: totalsOf(claims),
    wallMs,
    longestScenarioMs: Math.max(0, ...outcomes.map(({ tookMs }) => tookMs)),
    folder,
  };
}

function judgeClaim(
  claim: StatedClaim,
  outcomes: readonly CatalogueOutcome[],
  workList: WorkList,
): CatalogueClaim {
  const findings = outcomes.flatMap((outcome) => findingsIn(outcome, claim));
  const kind = worstOf(findings);
  const worst = findings.find(({ finding }) => finding.kind === kind);
  const finding = worst?.finding ?? untested(claim, outcomes, workList);
  return { ...claim, kind: finding.kind, findings, finding };
}

function findingsIn(outcome: CatalogueOutcome, { id }: StatedClaim): readonly CatalogueFinding[] {
  const { run, tookMs, runFolder } = outcome;
  const found =
    outcome.kind === 'judged'
      ? outcome.verdict.claims.filter((claim) => claim.id === id).map(({ finding }) => finding)
      : run.claims.filter((claim) => claim.id === id).map((claim) => failed(claim, outcome.error));
  return found.map((finding) => ({ run, finding, tookMs, runFolder }));
}

/** A run that failed is no statement about the kernel, but its claims must not vanish. */
const failed = (
  { claim }: StatedClaim,
  { message, remedy }: { readonly message: string; readonly remedy: string },
): Finding => ({
  kind: 'inconclusive',
  documented: claim,
  reason: message,
  remedy,
  testimonies: [],
});

function untested(
  { id, claim }: StatedClaim,
  outcomes: readonly CatalogueOutcome[],
  workList: WorkList,
): Finding {
  const planned = workList.untested.find((each) => each.id === id);
  const [measured] = outcomes
    .flatMap((outcome) => (outcome.kind === 'judged' ? outcome.verdict.unexercised : []))
    .filter((each) => each.id === id);
  return {
    kind: 'inconclusive',
    documented: claim,
    reason: `no run put it to the test: ${planned?.reason ?? measured?.reason ?? 'nobody said why'}`,
    remedy:
      planned?.remedy ?? 'look at the runs of its scenario; the prediction did not hold there',
    testimonies: [],
  };
}

function totalsOf(claims: readonly CatalogueClaim[]): CatalogueVerdict['totals'] {
  const count = (kind: FindingKind): number => claims.filter((claim) => claim.kind === kind).length;
  return {
    confirmed: count('confirmed'),
    outdated: count('outdated'),
    contradicted: count('contradicted'),
    inconclusive: count('inconclusive'),
  };
}
