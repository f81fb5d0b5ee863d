/** Whether several kernels answer a claim alike, and which rules tell those apart that do not. */
import type { Difference, KernelCell, KernelFinding } from '../domain/kernels.ts';
import type { KernelRule } from '../domain/verdict.ts';
import { isAtLeast, type KernelRelease, type KernelVersion } from '../kernel/release.ts';
import { predictionClaim } from './judge.ts';

/** What one kernel found about a claim. Undefined: its release cannot be read. */
export interface Answer {
  readonly cell: KernelCell;
  readonly release: KernelRelease | undefined;
}

/** What the same run found on two kernels; all runs, where none is common to both. */
interface Pair {
  readonly found: readonly [readonly KernelFinding[], readonly KernelFinding[]];
  readonly releases: readonly [KernelRelease | undefined, KernelRelease | undefined];
}

export function differenceBetween(claim: string, answers: readonly Answer[]): Difference {
  const pairs = answers.flatMap((one, index) =>
    answers.slice(index + 1).flatMap((other) => differingPairs(claim, one, other)),
  );
  const decided = pairs.filter(({ found }) => found.flat().every(isDecided));
  const explanations = decided.map((pair) => ({ pair, rules: rulesBetween(pair) }));
  const rules = new Map(explanations.flatMap((each) => each.rules).map((rule) => [rule.id, rule]));
  return {
    differs: pairs.length > 0,
    explanation: [...rules.values()],
    unexplained: explanations.some((each) => each.rules.length === 0 || isContradicted(each.pair)),
  };
}

const isDecided = ({ verdict }: KernelFinding): boolean => verdict !== 'inconclusive';

/** Contradicted means: measured as no known rule says. A rule of the other kernel does not help. */
const isContradicted = ({ found }: Pair): boolean =>
  found.flat().some(({ verdict }) => verdict === 'contradicted');

/** A claim's runs are compared one by one: each asks its own question. */
function differingPairs(claim: string, one: Answer, other: Answer): readonly Pair[] {
  const releases = [one.release, other.release] as const;
  const common = one.cell.findings.flatMap((left) => {
    const right = other.cell.findings.find(({ run }) => run === left.run);
    return right === undefined ? [] : [{ found: [[left], [right]] as const, releases }];
  });
  const differing = common.filter(({ found: [[left], [right]] }) => differ(claim, left, right));
  if (differing.length > 0 || one.cell.verdict === other.cell.verdict) return differing;
  return [{ found: [one.cell.findings, other.cell.findings], releases }];
}

/** The words about the kernel rules count figures, of which not every kernel has all. */
const differ = (
  claim: string,
  left: KernelFinding | undefined,
  right: KernelFinding | undefined,
): boolean =>
  left?.verdict !== right?.verdict ||
  left?.rule?.id !== right?.rule?.id ||
  (claim !== predictionClaim.id && left?.observed !== right?.observed);

/**
 * Rules that one side names and the other does not. One that both releases follow explains nothing,
 * unless there is no other: then one of the kernels does not follow its release.
 */
function rulesBetween({ found: [left, right], releases }: Pair): readonly KernelRule[] {
  const [ours, theirs] = [rulesIn(left), rulesIn(right)];
  const named = [...ours, ...theirs].filter(
    ({ id }) => !(hasRule(ours, id) && hasRule(theirs, id)),
  );
  const telling = named.filter(({ since }) => !releases.every((each) => isIn(since, each)));
  return telling.length > 0 ? telling : named;
}

const rulesIn = (findings: readonly KernelFinding[]): readonly KernelRule[] =>
  findings.flatMap(({ rule }) => (rule === null ? [] : [rule]));

const hasRule = (rules: readonly KernelRule[], id: string): boolean =>
  rules.some((rule) => rule.id === id);

const isIn = (since: string, release: KernelRelease | undefined): boolean =>
  release !== undefined && isAtLeast(release, since as KernelVersion);
