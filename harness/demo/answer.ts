import type { Observations } from '../domain/observations.ts';
import type { Testimony } from '../domain/verdict.ts';
import type { Choice, DemoStep, Facts, Said } from './step.ts';

/** What the run answered. `choice` is null where the witnesses do not say one and the same. */
export interface Answer {
  readonly choice: Choice | null;
  readonly said: readonly Said[];
  /** The witnesses who say it. */
  readonly witnesses: readonly Testimony['witness'][];
}

/** Whether somebody who chose this was right. */
export function isRight(
  { amounts }: DemoStep,
  facts: Facts,
  chosen: Choice | null,
  { choice }: Answer,
): boolean {
  if (chosen === null || choice === null || chosen === choice) return chosen === choice;
  return amounts !== undefined && amounts(facts)[chosen] === amounts(facts)[choice];
}

/** One choice counts only if everybody who knows says it, and more than one does. */
export function answerOf(step: DemoStep, seen: Observations, facts: Facts): Answer {
  const said = step.testify(seen, facts);
  const known = said.filter(({ says }) => says !== undefined);
  const [first] = known;
  const agreed =
    known.length > 1 && known.every(({ says }) => says === first?.says) ? first?.says : undefined;
  const choice = agreed === undefined || agreed === 'something else' ? null : agreed;
  return {
    choice,
    said,
    witnesses: choice === null ? [] : known.map(({ witness }) => witness),
  };
}
