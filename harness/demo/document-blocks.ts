import type { JudgedClaim, KernelRule } from '../domain/verdict.ts';
import { colouredVerdict } from '../report/headline-section.ts';
import type { Result } from './result.ts';
import type { Block } from './screens.ts';
import { hangingText, wrapText } from './wrap-text.ts';

/** Which document says so, and whether this run bears it out. */
export function documentBlocks(result: Result): readonly Block[] {
  const { step, input, state, texts, columns } = result;
  const isAbout = ({ id }: { readonly id: string }): boolean => step.claims.includes(id);
  const [first, ...others] = input.verdict.claims
    .filter(isAbout)
    .map((claim) => claimLines(claim, result));
  const title = [state.look.style.bold(texts.result.documentsTitle), verdictLine(result)];
  const besides = input.verdict.claims
    .filter((claim) => !isAbout(claim))
    .map(({ id, finding }) => `${id} ${texts.result.verdict[finding.kind]}`);
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

/** The verdict on a run in its colour. */
const verdictLine = ({ input: { verdict }, state, texts }: Result): string => {
  const { style } = state.look;
  const word = style.bold(colouredVerdict(texts.result.verdict[verdict.kind], verdict.kind, style));
  return texts.result.inThisRun(word);
};
