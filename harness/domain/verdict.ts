/** A rule of the kernel by which a document can be out of date. Defined in harness/kernel/. */
export interface KernelRule {
  /** Permanent, kebab-case. */
  readonly id: string;
  /** One sentence in the present tense. */
  readonly statement: string;
  /** Short hash of the mainline commit that brought it; null where it was always so, or is not known. */
  readonly commit: string | null;
  /** First mainline release with it. */
  readonly since: string;
}

/** What one independent side of the evidence says about a question. */
export interface Testimony {
  readonly witness: 'clients' | 'packets' | 'counters' | 'sockets' | 'server' | 'trace';
  readonly says: string;
}

/** What keeps the evidence from deciding anything, and what can be done about it. */
export interface Obstacle {
  readonly reason: string;
  readonly remedy: string;
}

export type FindingKind = 'confirmed' | 'outdated' | 'contradicted' | 'inconclusive';

interface Found {
  readonly documented: string;
  readonly observed: string;
  readonly testimonies: readonly Testimony[];
}

export type Finding =
  | ({ readonly kind: 'confirmed' } & Found)
  | ({ readonly kind: 'outdated'; readonly rule: KernelRule } & Found)
  | ({ readonly kind: 'contradicted' } & Found)
  | {
      readonly kind: 'inconclusive';
      readonly documented: string;
      readonly reason: string;
      readonly remedy: string;
      readonly testimonies: readonly Testimony[];
    };

/** A claim's finding as it stands in reports and in JSON. */
export interface JudgedClaim {
  readonly id: string;
  readonly document: string;
  readonly claim: string;
  readonly finding: Finding;
}

/** A documented claim that these parameters do not put to the test; it counts neither way. */
export interface UnexercisedClaim {
  readonly id: string;
  readonly claim: string;
  readonly reason: string;
}

/** One conservation law of the ledger with both sides. */
export interface Identity {
  readonly name: string;
  /** Null when a side cannot be computed from this evidence. */
  readonly left: number | null;
  readonly right: number | null;
  readonly leftIs: string;
  readonly rightIs: string;
  /** `unknown` counts as imbalance unless `notApplicable` says why the law does not bind this run. */
  readonly status: 'holds' | 'broken' | 'unknown' | 'not-applicable';
  readonly note?: string;
}

export interface Ledger {
  readonly balanced: boolean;
  readonly identities: readonly Identity[];
}

export interface Verdict {
  readonly kind: FindingKind;
  /** One sentence: why the run as a whole is what it is. */
  readonly reason: string;
  readonly claims: readonly JudgedClaim[];
  readonly unexercised: readonly UnexercisedClaim[];
  readonly ledger: Ledger;
}
