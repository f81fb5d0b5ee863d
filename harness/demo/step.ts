import type { Observations } from '../domain/observations.ts';
import type { Parameters } from '../domain/parameters.ts';
import type { Host } from '../domain/tcp.ts';
import type { Testimony } from '../domain/verdict.ts';
import type { ClientView } from '../report/client-views.ts';

export const STEP_IDS = [
  'two-queues',
  'one-more-than-backlog',
  'refused-syn',
  'one-second-connect',
  'fooled-client',
  'abort-on-overflow',
  'syn-queue-and-cookies',
  'somaxconn',
  'counters',
  'connection-cap',
] as const;
export type StepId = (typeof STEP_IDS)[number];

/** One of the three answers that a question offers. */
export type Choice = 0 | 1 | 2;
export const CHOICES: readonly Choice[] = [0, 1, 2];

/** The numbers that the words of a step speak of. */
export interface Facts {
  readonly backlog: number;
  readonly clients: number;
  /** The smaller of backlog and somaxconn, as the plan sets it. */
  readonly limit: number;
  /** Limit + 1: what the accept queue holds. */
  readonly places: number;
  readonly cap: number;
}

/** What one side of the evidence answers: a choice, something that no choice says, or nothing. */
export interface Said {
  readonly witness: Testimony['witness'];
  readonly says: Choice | 'something else' | undefined;
}

export interface CounterShown {
  readonly host: Host;
  readonly counter: string;
}

export interface QueuesBefore {
  /** `later`: when the clients have come about whom the question is. */
  readonly moment: 'beginning' | 'later';
  readonly synQueue: number;
  readonly acceptQueue: number;
  /** The places are the answer. */
  readonly hidesPlaces?: boolean;
}

/** One station of the workshop but for its words, which are in texts/. */
export interface DemoStep {
  readonly id: StepId;
  readonly scenario: string;
  /** What differs from the scenario's defaults. */
  readonly parameters: Partial<Parameters>;
  /** The same in words of the command line. */
  readonly options: readonly string[];
  /** Both queues as the picture before the run shows them. */
  readonly before: (facts: Facts) => QueuesBefore;
  /** What the words of the step take for right. The run decides, not this. */
  readonly expects: (facts: Facts) => Choice;
  /** Where the choices are amounts: two of them may be the same one, and then both are right. */
  readonly amounts?: (facts: Facts) => Readonly<Record<Choice, number>>;
  /** What each witness answers; they share nothing but the question. */
  readonly testify: (seen: Observations, facts: Facts) => readonly Said[];
  /** Whose packets tell the story; undefined for one who is not of that kind. */
  readonly interest: (view: ClientView) => boolean;
  /** The claims that it is about; those that its run puts to the test besides are only named. */
  readonly claims: readonly string[];
  /** Shown whether they have moved or not: that one stands still may be the point. */
  readonly counters: readonly CounterShown[];
}
