import type { ReportInput } from '../report/report-input.ts';
import type { Answer } from './answer.ts';
import type { DemoState } from './demo-state.ts';
import type { DemoStep, Facts } from './step.ts';
import type { DemoTexts } from './texts/texts.ts';

/** What the pages about one judged run share. */
export interface Result {
  readonly step: DemoStep;
  readonly facts: Facts;
  readonly input: ReportInput;
  readonly answer: Answer;
  readonly state: DemoState;
  readonly texts: DemoTexts;
  readonly columns: number;
}
