import type { FindingKind, JudgedClaim, KernelRule, Verdict } from '../domain/verdict.ts';
import { colouredVerdict } from '../report/headline-section.ts';
import { PREDICTION_CLAIM } from '../verdict/judge.ts';
import type { Result } from './result.ts';
import type { Block } from './screens.ts';
import type { DemoStep } from './step.ts';
import { STEPS } from './steps.ts';
import { hangingText, wrapText } from './wrap-text.ts';

/** Which document says so, and whether this run bears it out. */
export function documentBlocks(result: Result): readonly Block[] {
  const { step, input, state, texts, columns } = result;
  const isAbout = ({ id }: { readonly id: string }): boolean => step.claims.includes(id);
  const [first, ...others] = input.verdict.claims
    .filter(isAbout)
    .map((claim) => claimLines(claim, result));
  const title = [
    state.look.style.bold(texts.result.documentsTitle),
    ...(first === undefined ? [] : [verdictLine(result)]),
  ];
  const besides = input.verdict.claims
    .filter((claim) => !isAbout(claim))
    .map(({ id, finding }) =>
      texts.result.beside(id, texts.result.verdict[finding.kind], subjectOfStep(id)),
    );
  const untested = input.verdict.unexercised.map(({ id }) => id);
  const named = [
    ...(besides.length === 0 ? [] : [texts.result.besides(besides)]),
    ...(untested.length === 0 ? [] : [texts.result.notTested(untested)]),
  ];
  return [
    [...title, ...(first ?? [])],
    ...others,
    named.flatMap((text) => wrapText(text, columns)),
  ];
}

/** The number of the step that is about this claim, from 1. */
function subjectOfStep(id: string): number | undefined {
  const index = STEPS.findIndex(({ claims }) => claims.includes(id));
  return index < 0 || id === PREDICTION_CLAIM ? undefined : index + 1;
}

function claimLines({ id, claim, finding }: JudgedClaim, result: Result): Block {
  const { state, texts, columns } = result;
  const { style } = state.look;
  const words = texts.result;
  const verdict = colouredVerdict(words.verdict[finding.kind], finding.kind, style);
  const indented = (label: string, text: string): Block =>
    hangingText(`    ${label}: `, text, columns);
  return [
    `${verdict}  ${style.bold(id)}`,
    ...hangingText('  ', texts.claim(id, claim), columns),
    ...(finding.kind === 'contradicted' || (finding.kind === 'outdated' && words.quotesFindings)
      ? [
          ...indented(words.documentSays, finding.documented),
          ...indented(words.measured, finding.observed),
        ]
      : []),
    ...(finding.kind === 'outdated' ? ruleLines(finding.rule, result) : []),
    ...(finding.kind === 'inconclusive' ? hangingText('    ', finding.reason, columns) : []),
  ];
}

function ruleLines(
  { id, statement, since, commit }: KernelRule,
  { texts, columns }: Result,
): Block {
  const text = texts.result.rule(texts.kernelRule(id, statement), since, commit);
  return hangingText('    ', text, columns);
}

/**
 * The verdict on what the step is about. A run tests other statements besides, of which the page
 * tells; but what it cannot decide at all, or what no rule explains, concerns everybody.
 */
export function verdictOf({ claims }: DemoStep, verdict: Verdict): FindingKind {
  const about = verdict.claims.filter(({ id }) => claims.includes(id));
  const isBad = verdict.kind === 'contradicted' || verdict.kind === 'inconclusive';
  if (isBad || about.length === 0) return verdict.kind;
  return about.some(({ finding }) => finding.kind === 'outdated') ? 'outdated' : 'confirmed';
}

/** In its colour. */
const verdictLine = ({ step, input, state, texts }: Result): string => {
  const { style } = state.look;
  const kind = verdictOf(step, input.verdict);
  return texts.result.ofThisStep(
    style.bold(colouredVerdict(texts.result.verdict[kind], kind, style)),
  );
};
