/** Every step of every scenario has a name in Chinese, which says the same numbers. */
import { expect, test } from 'vitest';
import { describeStep } from '../../../harness/collect/steps.ts';
import { chineseStepName } from '../../../harness/live/chinese-step-names.ts';
import { SCENARIOS } from '../../../harness/scenarios/catalogue.ts';
import { INCIDENTS } from '../../../harness/scenarios/incidents/incidents.ts';

const namesOfSteps = (): ReadonlySet<string> => {
  const plans = [...SCENARIOS, ...INCIDENTS.map(({ scenario }) => scenario)].flatMap((scenario) =>
    [{}, ...scenario.variants.map(({ parameters }) => parameters)].map((parameters) =>
      scenario.plan({ ...scenario.defaults, ...parameters }),
    ),
  );
  const steps = plans.flatMap((plan) => plan.steps.filter(({ kind }) => kind !== 'snapshot'));
  return new Set(steps.map(describeStep));
};

test('no name of a step is left in English', () => {
  const names = [...namesOfSteps()];
  expect(names.length).toBeGreaterThan(40);
  const left = names.filter((name) => !/[\u4e00-\u9fff]/u.test(chineseStepName(name)));
  expect(left).toEqual([]);
  for (const name of names) expect(chineseStepName(name)).not.toMatch(/\$\d/);
});
