import type { ReportInput } from '../report/report-input.ts';
import type { Look } from './look.ts';
import type { Wishes } from './parameters.ts';
import type { Choice } from './step.ts';
import type { Language } from './texts/texts.ts';

/** What the newest run of a step came to. */
export type Outcome =
  | { readonly kind: 'judged'; readonly input: ReportInput }
  /** Of the harness or of the machine: there is nothing to judge. */
  | { readonly kind: 'failed'; readonly message: string; readonly remedy: string };

/** What was done at a step so far. */
export interface Trial {
  readonly wishes: Wishes;
  readonly chosen: Choice | null;
  readonly outcome: Outcome | null;
}

/** A question to the person at the keys that is answered with a number. */
export type Asking =
  | { readonly about: 'step'; readonly typed: string; readonly refused: boolean }
  | {
      readonly about: 'backlog' | 'clients';
      readonly typed: string;
      readonly refused: boolean;
      /** What was answered before. */
      readonly wishes: Wishes;
    };

export type View = 'introduction' | 'running' | 'result' | 'end';

export interface DemoState {
  readonly look: Look;
  readonly language: Language;
  /** The release of the kernel that runs meet. */
  readonly kernel: string;
  /** Index in STEPS. */
  readonly step: number;
  readonly view: View;
  /** Of the screens that the view's page is split into, counted from 0. */
  readonly screen: number;
  readonly help: boolean;
  readonly asking: Asking | null;
  /** By step. */
  readonly trials: readonly Trial[];
  /** The number of the newest run: what older ones report is no longer asked for. */
  readonly run: number;
  readonly elapsedMs: number;
  readonly leaving: boolean;
}

/** A key by its name, or what it types: `right`, `enter`, `ctrl-c`, `n`, `3`. */
export type DemoEvent =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'resized'; readonly columns: number; readonly rows: number }
  | { readonly kind: 'progress'; readonly run: number; readonly elapsedMs: number }
  | { readonly kind: 'ended'; readonly run: number; readonly outcome: Outcome };

/** What has to be done besides drawing the new state. */
export type DemoEffect =
  | {
      readonly kind: 'run';
      readonly run: number;
      readonly step: number;
      readonly wishes: Wishes;
    }
  /** Ends the run under way, if there is one. */
  | { readonly kind: 'cancel' }
  | { readonly kind: 'quit'; readonly interrupted: boolean };

const NOTHING: Trial = { wishes: {}, chosen: null, outcome: null };

export const trialAt = ({ trials }: DemoState, step: number): Trial => trials[step] ?? NOTHING;
