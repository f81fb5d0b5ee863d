import type { Observations } from '../domain/observations.ts';
import type { Prediction } from '../domain/prediction.ts';
import type { Scenario } from '../domain/scenario.ts';
import type { Verdict } from '../domain/verdict.ts';

/** What every report is made from: a judged run and its folder as it is to be printed. */
export interface ReportInput {
  readonly scenario: Scenario;
  readonly seen: Observations;
  readonly prediction: Prediction;
  readonly verdict: Verdict;
  readonly runFolder: string;
}
