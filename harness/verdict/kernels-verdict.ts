import type {
  CatalogueClaim,
  CatalogueFinding,
  CatalogueVerdict,
  StatedClaim,
} from '../domain/catalogue.ts';
import type { MachineRecord } from '../domain/evidence.ts';
import type {
  FailedKernel,
  JudgedKernel,
  KernelCell,
  KernelFinding,
  KernelsClaim,
  KernelsVerdict,
} from '../domain/kernels.ts';
import type { Profile } from '../domain/scenario.ts';
import type { Finding, KernelRule } from '../domain/verdict.ts';
import { differingRules } from '../kernel/differing-rules.ts';
import { type KernelRelease, parseRelease } from '../kernel/release.ts';
import { predictionClaim } from './judge.ts';
import { differenceBetween } from './kernels-difference.ts';
import { machineTimesOf } from './machine-times.ts';

/** What became of one kernel. */
export type KernelCase =
  | {
      readonly kind: 'judged';
      readonly name: string;
      readonly uname: string;
      readonly catalogue: CatalogueVerdict;
      /** Of the runs that had a machine of their own. */
      readonly machines: readonly MachineRecord[];
    }
  | FailedKernel;

export interface KernelsCase {
  readonly profile: Profile;
  readonly strict: boolean;
  readonly kernels: readonly KernelCase[];
  readonly wallMs: number;
  readonly folder: string;
}

/** One table of claims and kernels from the catalogue of each kernel. */
export function judgeKernels({ kernels: cases, ...given }: KernelsCase): KernelsVerdict {
  const releases = cases.map((each) =>
    each.kind === 'judged' ? parseRelease(each.uname) : undefined,
  );
  return {
    ...given,
    kernels: cases.map(columnOf),
    claims: claimsIn(cases).map((claim) => rowOf(claim, cases, releases)),
    rules: differingRules(releases),
  };
}

function columnOf(each: KernelCase): JudgedKernel | FailedKernel {
  if (each.kind === 'failed') return each;
  const { name, uname, catalogue, machines } = each;
  const { kernel, totals, wallMs, folder, outcomes } = catalogue;
  return {
    kind: 'judged',
    ...{ name, uname, kernel, totals, wallMs, folder },
    runs: outcomes.length,
    machines: machineTimesOf(machines),
    otherwise: rulesFoundOtherwise(catalogue),
  };
}

/** The prediction is outdated by a rule that its release does not suggest. */
function rulesFoundOtherwise({ claims }: CatalogueVerdict): readonly KernelRule[] {
  const rules = claims
    .filter(({ id }) => id === predictionClaim.id)
    .flatMap(({ findings }) => findings.flatMap(({ finding }) => ruleOf(finding) ?? []));
  return [...new Map(rules.map((rule) => [rule.id, rule])).values()];
}

/** Every kernel's catalogue states the same claims; the first that was judged gives their order. */
function claimsIn(cases: readonly KernelCase[]): readonly StatedClaim[] {
  const all = cases.flatMap((each) => (each.kind === 'judged' ? each.catalogue.claims : []));
  const stated = all.map(({ id, document, claim }) => ({ id, document, claim }));
  const ids = new Set(stated.map(({ id }) => id));
  return [...ids].flatMap((id) => stated.find((claim) => claim.id === id) ?? []);
}

function rowOf(
  claim: StatedClaim,
  cases: readonly KernelCase[],
  releases: readonly (KernelRelease | undefined)[],
): KernelsClaim {
  const cells = cases.map((each) => cellOf(claim, each));
  const answers = cells.flatMap((cell, index) =>
    cell === null ? [] : [{ cell, release: releases[index] }],
  );
  return { ...claim, cells, ...differenceBetween(claim.id, answers) };
}

function cellOf({ id }: StatedClaim, each: KernelCase): KernelCell | null {
  if (each.kind === 'failed') return null;
  const found = each.catalogue.claims.find((claim) => claim.id === id);
  return found === undefined ? null : { verdict: found.kind, findings: findingsOf(found) };
}

/** A claim that no run tested has one finding all the same, which says why. */
const findingsOf = ({ findings, finding }: CatalogueClaim): readonly KernelFinding[] =>
  findings.length === 0
    ? [{ run: '', ...wordsOf(finding), tookMs: 0, runFolder: null }]
    : findings.map(findingOf);

const findingOf = ({ run, finding, tookMs, runFolder }: CatalogueFinding): KernelFinding => ({
  run: run.label,
  ...wordsOf(finding),
  tookMs,
  runFolder,
});

function wordsOf(
  finding: Finding,
): Pick<KernelFinding, 'verdict' | 'observed' | 'reason' | 'remedy' | 'rule'> {
  const open = finding.kind === 'inconclusive';
  return {
    verdict: finding.kind,
    observed: open ? null : finding.observed,
    reason: open ? finding.reason : null,
    remedy: open ? finding.remedy : null,
    rule: ruleOf(finding),
  };
}

const ruleOf = (finding: Finding): KernelRule | null =>
  finding.kind === 'outdated' ? finding.rule : null;
