import type { Finding, KernelRule, Testimony } from '../domain/verdict.ts';

type Value = number | string;

/** What one witness says about the question of a claim; undefined: this witness is not here. */
export interface Statement {
  readonly witness: Testimony['witness'];
  readonly value: Value | undefined;
  /** What was looked at, for example `listener's Recv-Q`. */
  readonly of: string;
}

export interface Question {
  /** The document's statement about these parameters, in words. */
  readonly documented: string;
  /** The value that the document's statement means. */
  readonly documentedValue: Value;
  readonly statements: readonly Statement[];
  /** Values that known rules of other kernels lead to. */
  readonly otherRules?: readonly { readonly rule: KernelRule; readonly value: Value }[];
}

const LEAST_WITNESSES = 2;

/**
 * Decides a claim: two kinds of witness at least must be present, and all must agree. What they
 * agree on is what the document says (confirmed), what a known rule says (outdated), or neither
 * (contradicted).
 */
export function decide(question: Question): Finding {
  const { documented } = question;
  const present = question.statements.filter(({ value }) => value !== undefined);
  const testimonies = present.map(({ witness, value, of }) => ({
    witness,
    says: `${of}: ${value}`,
  }));
  if (new Set(present.map(({ witness }) => witness)).size < LEAST_WITNESSES) {
    return {
      kind: 'inconclusive',
      documented,
      reason: `fewer than two independent witnesses: missing ${absent(question)}`,
      remedy: 'npm run repro -- doctor says which tools this machine lacks',
      testimonies,
    };
  }
  const values = new Set(present.map(({ value }) => value));
  if (values.size > 1) {
    return {
      kind: 'inconclusive',
      documented,
      reason: `the witnesses disagree: ${testimonies.map(({ says }) => says).join('; ')}`,
      remedy: 'look at the run folder; a damaged or incomplete piece of evidence shows here',
      testimonies,
    };
  }
  return compare(question, present[0]?.value ?? '', testimonies);
}

const absent = ({ statements }: Question): string =>
  statements
    .filter(({ value }) => value === undefined)
    .map(({ of }) => of)
    .join(', ');

function compare(question: Question, value: Value, testimonies: readonly Testimony[]): Finding {
  const found = { documented: question.documented, observed: String(value), testimonies };
  if (value === question.documentedValue) return { kind: 'confirmed', ...found };
  const other = question.otherRules?.find((candidate) => candidate.value === value);
  return other === undefined
    ? { kind: 'contradicted', ...found }
    : { kind: 'outdated', ...found, rule: other.rule };
}
