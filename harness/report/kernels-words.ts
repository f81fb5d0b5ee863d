/** What the reports of several kernels say alike. */
import type { RuleStanding } from '../domain/explanation.ts';
import type {
  JudgedKernel,
  KernelCell,
  KernelColumn,
  KernelsClaim,
  KernelsVerdict,
  MachineTimes,
  Spread,
} from '../domain/kernels.ts';
import type { FindingKind } from '../domain/verdict.ts';
import { parseRelease } from '../kernel/release.ts';
import { predictionClaim } from '../verdict/judge.ts';
import { ruleWords } from './claims-section.ts';
import { totalsWords } from './verify-words.ts';
import { count, duration } from './words.ts';

/** What stands in the column of a kernel that failed as a whole. */
export const FAILED = 'failed';

export const cellWord = (cell: KernelCell | null): FindingKind | typeof FAILED =>
  cell?.verdict ?? FAILED;

/** What was measured, or why it cannot be said; several runs with the same to say say it once. */
export function foundIn(
  { verdict, findings }: KernelCell,
  { id }: Pick<KernelsClaim, 'id'>,
): string {
  // Every run says how many figures it compared, which is of no interest beside other kernels.
  if (id === predictionClaim.id && verdict === 'confirmed') return 'measured as predicted';
  const telling =
    verdict === 'inconclusive' ? findings.filter((each) => each.verdict === verdict) : findings;
  return [...new Set(telling.map(({ observed, reason }) => observed ?? reason ?? ''))].join(' / ');
}

export const kernelWordsOf = (each: JudgedKernel): string =>
  `Linux ${releaseWords(each)}: ${totalsWords(each)}`;

/** A distribution's release does not always say which stable update it is: `6.1.0-50-amd64 (6.1.176)`. */
export function releaseWords({ uname }: Pick<JudgedKernel, 'uname'>): string {
  const release = parseRelease(uname);
  if (release === undefined) return uname;
  const { text, major, minor, patch, patchIsKnown } = release;
  const update = `${major}.${minor}.${patch}`;
  return patchIsKnown && !text.startsWith(update) ? `${text} (${update})` : text;
}

export const failureWords = (each: Extract<KernelColumn, { kind: 'failed' }>): string =>
  `${FAILED}: ${each.error.code}  ${each.error.message} Remedy: ${each.error.remedy}`;

/** `2 of 50 claims differ between the kernels, all of them as known rules say`. */
export function differenceWords({ claims, kernels }: KernelsVerdict): string {
  const judged = kernels.filter(({ kind }) => kind === 'judged').length;
  if (judged < 2) return `${count(judged, 'kernel')} judged: there is nothing to compare.`;
  const differing = claims.filter(({ differs }) => differs);
  if (differing.length === 0) {
    return `All ${count(claims.length, 'claim')} have the same answer on these ${judged} kernels.`;
  }
  const unexplained = differing.filter((claim) => claim.unexplained).length;
  const open = differing.filter(isOpen).length;
  const explained = differing.filter((claim) => !claim.unexplained && !isOpen(claim)).length;
  const parts = [
    ...(explained > 0 ? [`${explained} by a known rule`] : []),
    ...(unexplained > 0 ? [`${unexplained} not explained by a known rule`] : []),
    ...(open > 0 ? [`${open} because not every kernel decides them`] : []),
  ];
  return `${differing.length} of ${count(claims.length, 'claim')} differ between the kernels: ${parts.join(', ')}.`;
}

/** It differs only in that some kernels leave it open. */
const isOpen = ({ differs, explanation, unexplained }: KernelsClaim): boolean =>
  differs && explanation.length === 0 && !unexplained;

/** Why the kernels differ about a claim: its rules, and what they leave unsaid. */
export function explanationWords(claim: KernelsClaim): readonly string[] {
  if (!claim.differs) return [];
  if (isOpen(claim)) return ['not every kernel decides it'];
  return [
    ...claim.explanation.map(ruleWords),
    ...(claim.unexplained ? ['not explained by a known rule'] : []),
  ];
}

/** Kernels with the same answer, together. */
export interface AnswerGroup {
  readonly kernels: readonly string[];
  readonly verdict: FindingKind;
  readonly found: string;
}

export function answersOf(
  claim: KernelsClaim,
  kernels: readonly KernelColumn[],
): readonly AnswerGroup[] {
  const groups = new Map<string, AnswerGroup>();
  for (const [index, cell] of claim.cells.entries()) {
    if (cell === null) continue;
    const found = foundIn(cell, claim);
    const key = `${cell.verdict} ${found}`;
    const names = [...(groups.get(key)?.kernels ?? []), kernels[index]?.name ?? ''];
    groups.set(key, { kernels: names, verdict: cell.verdict, found });
  }
  return [...groups.values()];
}

/** Whether a release follows a rule, in one word. */
export const STANDING_WORDS: Readonly<Record<RuleStanding, string>> = {
  followed: 'yes',
  backported: 'backported',
  'not-yet': 'no',
  replaced: 'replaced',
  unknown: '-',
};

/** One sentence for each rule that a kernel follows, or lacks, against its release. */
export const otherwiseWords = ({ kernels }: KernelsVerdict): readonly string[] =>
  kernels.flatMap((each) =>
    each.kind === 'failed'
      ? []
      : each.otherwise.map(
          (rule) =>
            `${each.name} behaves otherwise than its release suggests (a backport, or one that is missing): ${ruleWords(rule)}.`,
        ),
  );

/** Without a machine of its own a run starts at once. */
export const timesWords = ({ runs, wallMs, machines }: JudgedKernel): string =>
  [
    `${count(runs, 'run')} in ${duration(wallMs)}`,
    ...(machines === null ? ['no virtual machines'] : machineWords(machines)),
  ].join('; ');

const machineWords = ({ boot, run, collect, secondBoots }: MachineTimes): readonly string[] => [
  `boot ${spreadWords(boot)}`,
  `run ${spreadWords(run)}`,
  `collect ${spreadWords(collect)}`,
  ...(secondBoots === 0
    ? []
    : [`${count(secondBoots, 'machine')} came up at the second boot only`]),
];

const spreadWords = ({ medianMs, mostMs }: Spread): string =>
  `${duration(medianMs)} (most ${duration(mostMs)})`;
