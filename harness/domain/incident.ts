/** An incident of the documents: a system that is run broken and repaired, under the same load. */
import type { Kernel } from './catalogue.ts';
import type { Observations } from './observations.ts';
import type { Parameters } from './parameters.ts';
import type { Scenario } from './scenario.ts';
import type { FindingKind, JudgedClaim, Obstacle } from './verdict.ts';

/** `measured`: neither the fault nor its remedy, but what the document leaves open. */
export type PhaseRole = 'fault' | 'remedy' | 'measured';

/** One run of an incident. */
export interface Phase {
  /** Kebab-case: `fault`, `remedy`, `backlog-128`. */
  readonly name: string;
  readonly role: PhaseRole;
  /** What sets it apart, in a few words: `backlog 998`. */
  readonly title: string;
  readonly parameters: Partial<Parameters>;
  /** About how long the programs and the kernel's timers make it last, in milliseconds. */
  readonly lastsMs: number;
}

/** Something that went wrong for somebody, to be followed down to the kernel's counters. */
export interface Failure {
  /** What the application says of it, in one sentence. */
  readonly says: string;
  readonly atMs: number;
  /** The connection that it happened to, by its number. */
  readonly client: number;
  /** The request that failed, where there is one. */
  readonly request?: number;
}

/** What a document leaves open, as a table with one row for each phase that measured it. */
export interface OpenQuestion {
  readonly title: string;
  /** Names of the phases, in order. */
  readonly phases: readonly string[];
  readonly columns: readonly string[];
  readonly row: (seen: Observations) => readonly string[];
}

export interface Incident {
  /** Its `variants` are the phases. */
  readonly scenario: Scenario;
  /** The fault first. */
  readonly phases: readonly Phase[];
  /** Options of client programs in which phases may differ under the same load: they are the remedy. */
  readonly remedyOptions: readonly string[];
  /** Figures that are shown of the phases, side by side. */
  readonly figures: (seen: Observations) => readonly (readonly [what: string, value: string])[];
  /** One of each kind, from the phase `fault`. */
  readonly failures: (seen: Observations) => readonly Failure[];
  readonly questions: readonly OpenQuestion[];
}

export type ChainLevel = 'application' | 'connection' | 'packets' | 'server' | 'queue' | 'counters';

/** One step down from an application's error to the kernel's counters. */
export interface ChainLink {
  readonly level: ChainLevel;
  /** On the run's time axis; null: of the whole run. */
  readonly atMs: number | null;
  readonly says: string;
}

export interface Chain {
  readonly failure: Failure;
  readonly links: readonly ChainLink[];
}

/** A phase that was run and judged, or why not. */
export type PhaseOutcome = {
  readonly phase: Phase;
  /** As it is to be printed; null: there is none. */
  readonly runFolder: string | null;
} & (
  | {
      readonly kind: 'judged';
      readonly verdict: FindingKind;
      readonly reason: string;
      readonly claims: readonly JudgedClaim[];
      readonly tookMs: number;
      readonly figures: readonly (readonly [what: string, value: string])[];
    }
  | ({ readonly kind: 'failed' } & Obstacle)
);

/** One sentence of the document, and what each phase found about it. */
export interface IncidentClaim {
  readonly id: string;
  readonly claim: string;
  readonly kind: FindingKind;
  readonly findings: readonly {
    readonly phase: string;
    readonly finding: JudgedClaim['finding'];
  }[];
}

export interface IncidentVerdict {
  readonly incident: string;
  readonly title: string;
  readonly document: string;
  readonly kernel: Kernel | null;
  readonly kind: FindingKind;
  /** One sentence: why it is what it is. */
  readonly reason: string;
  /** What the clients of every phase do, and what sets the phases apart. */
  readonly load: string;
  readonly phases: readonly PhaseOutcome[];
  readonly claims: readonly IncidentClaim[];
  readonly chains: readonly Chain[];
  readonly tables: readonly {
    readonly title: string;
    readonly columns: readonly string[];
    readonly rows: readonly (readonly string[])[];
  }[];
}

/** The file of an incident's folder that holds the whole result; its phases lie in folders beside it. */
export const INCIDENT_FILE = 'incident.json';
