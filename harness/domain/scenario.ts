import type { Observations } from './observations.ts';
import type { Parameters } from './parameters.ts';
import type { RunPlan } from './plan.ts';
import type { Prediction } from './prediction.ts';
import type { Finding, Obstacle } from './verdict.ts';

/** The five documents the project started from, by number. */
export type DocumentId = '000' | '001' | '002' | '003' | '004';

/** One sentence a document says, and a pure check of it. */
export interface Claim {
  /** The id of the catalogue, for example `001-a`. */
  readonly id: string;
  readonly document: DocumentId | 'own server';
  /** The document's statement in one sentence. */
  readonly statement: string;
  /** Null when these parameters put the claim to the test; otherwise why they do not. */
  readonly notExercisedBecause: (parameters: Parameters, prediction: Prediction) => string | null;
  readonly judge: (seen: Observations, prediction: Prediction) => Finding;
}

/** How much time `verify` takes: `documented` waits as long as the documents did, up to two minutes. */
export type Profile = 'default' | 'documented';

/** One way in which `verify` carries a scenario out. */
export interface Variant {
  /** Kebab-case, such as `cookies-off`; empty where a scenario has only one. */
  readonly name: string;
  /** What differs from the scenario's defaults. */
  readonly parameters: Partial<Parameters>;
  /** About how long the kernel's own timers make it last, in milliseconds, for order and progress. */
  readonly lastsMs: number;
  /** Absent: it belongs to both. */
  readonly profile?: Profile;
}

/** One documented experiment: data plus small pure functions. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  /** Two or three sentences for a newcomer: what is done and what it shows. */
  readonly story: string;
  readonly claims: readonly Claim[];
  readonly defaults: Parameters;
  readonly variants: readonly Variant[];
  readonly plan: (parameters: Parameters) => RunPlan;
  /** A claim asks the kernel's trace events: `verify` takes them for these runs only. */
  readonly usesTrace?: boolean;
  /** Why this run was not the experiment that it should be, such as a machine too slow; else null. */
  readonly spoiledBy?: (seen: Observations) => Obstacle | null;
  /** `sysctls` are the values in force on both hosts; before the run, those that the plan asks for. */
  readonly predict: (parameters: Parameters, kernel: KernelModel) => Prediction;
}

/** A kernel as far as listen queues are concerned: its rules and the sysctls in force. */
export interface KernelModel {
  readonly rules: KernelRules;
  readonly somaxconn: number;
  readonly maxSynBacklog: number;
  readonly syncookies: number;
  readonly abortOnOverflow: number;
  readonly synRetries: number;
  readonly synLinearTimeouts: number;
  readonly synackRetries: number;
}

/** Which behaviour a kernel follows, one field for each rule that ever changed. */
export interface KernelRules {
  /** `dropped`: always (4.10). `dropped-if-two-young`: only while more than one request is young. */
  readonly synOnFullAcceptQueue: 'dropped' | 'dropped-if-two-young';
  /** `table`: power-of-two table (to 4.3). `limit`: full at B (4.4). `limit-plus-one`: full above B (6.13). */
  readonly synQueue: 'table' | 'limit' | 'limit-plus-one';
  readonly acceptQueueLimitBits: 16 | 32;
  /** Whether a refused SYN moves ListenOverflows and ListenDrops (3.8). */
  readonly refusedSynCounted: boolean;
  readonly cookieCountedAsDrop: boolean;
  /** First retransmission timeout of a SYN and a SYN-ACK: 3000 ms to 3.0, 1000 ms from 3.1. */
  readonly initialRtoMs: 3000 | 1000;
  /** tcp_syn_linear_timeouts exists (6.5). */
  readonly linearSynTimeouts: boolean;
  /** How an unanswered connect(2) ends; see kernel/schedules.ts. */
  readonly connectGiveUp: 'full-schedule' | 'counts-200ms-base' | 'one-step-early';
}
