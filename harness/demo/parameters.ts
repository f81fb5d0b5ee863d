import type { Parameters } from '../domain/parameters.ts';
import type { Scenario } from '../domain/scenario.ts';
import { scenarioNamed } from '../scenarios/catalogue.ts';
import { plannedLimit } from '../scenarios/parts.ts';
import type { DemoStep, Facts } from './step.ts';

/** Other numbers than those of the step, as somebody in the room asked for them. */
export interface Wishes {
  readonly backlog?: number;
  readonly clients?: number;
}

/** What a room can wait for and a page can show. */
export const MOST_WISHED = { backlog: 4_096, clients: 1_000 } as const;

export function scenarioOf(step: DemoStep): Scenario {
  const scenario = scenarioNamed(step.scenario);
  if (scenario === undefined) throw new Error(`There is no scenario ${step.scenario}.`);
  return scenario;
}

export const parametersOf = (step: DemoStep, wishes: Wishes): Parameters => ({
  ...scenarioOf(step).defaults,
  ...step.parameters,
  ...wishes,
});

export function factsOf(parameters: Parameters): Facts {
  const limit = plannedLimit(parameters);
  const { backlog, clients, cap = Number.POSITIVE_INFINITY } = parameters;
  return { backlog, clients, limit, places: limit + 1, cap };
}

/** The same run as a line for a shell. */
export function commandOf(step: DemoStep, wishes: Wishes): string {
  const { backlog, clients } = wishes;
  const options = [
    ...(step.scenario === 'accept-queue-overflow' ? [] : ['--scenario', step.scenario]),
    ...step.options.filter((option) => !isReplaced(option, wishes)),
    ...(backlog === undefined ? [] : ['--backlog', `${backlog}`]),
    ...(clients === undefined ? [] : ['--clients', `${clients}`]),
  ];
  return `npm run repro -- ${options.join(' ')}`.trimEnd();
}

const isReplaced = (option: string, wishes: Wishes): boolean =>
  Object.keys(wishes).some((name) => option.startsWith(`--${name} `));
