import type { RunPlan, Step } from '../domain/plan.ts';
import { HOSTS } from '../domain/tcp.ts';
import { fieldOf, type Shape, shapeProblem } from './json-shape.ts';

const PLAN: Shape = {
  schemaVersion: 'number',
  scenario: 'string',
  parameters: 'object',
  network: 'object',
  sysctls: 'object',
  sampleEveryMs: 'number',
  steps: 'array',
};

const PARAMETERS: Shape = {
  backlog: 'number',
  clients: 'number',
  arrivals: 'object',
  connectTimeoutMs: 'number',
  readTimeoutMs: 'number|null',
  sendBytes: 'number',
  keepAliveMs: 'number|null',
  sysctls: 'object',
  family: 'number',
  port: 'number',
  clientAddresses: 'number|null',
  sampleEveryMs: 'number',
};

const NETWORK: Shape = { family: 'number', port: 'number', clientAddresses: 'number' };
const BY_HOST: Shape = { server: 'object', client: 'object' };

/** What each kind of step has; see domain/plan.ts. */
const STEPS: Readonly<Record<Step['kind'], Shape>> = {
  'start-server': { backlog: 'number' },
  'server-command': { command: 'object' },
  snapshot: { name: 'string' },
  gate: { closed: 'boolean' },
  connect: { wave: 'string', clients: 'number', arrivals: 'object', behaviour: 'object' },
  await: { condition: 'object', deadlineMs: 'number' },
  'set-sysctl': { host: ['server', 'client'], key: 'string', value: 'string' },
  release: {},
};

const SHAPE_BY_KIND: ReadonlyMap<unknown, Shape> = new Map(Object.entries(STEPS));

const stepProblem = (step: unknown): string | undefined => {
  const kind = fieldOf(step, 'kind');
  const shape = SHAPE_BY_KIND.get(kind);
  if (shape === undefined) return `a step of the unknown kind '${kind}'.`;
  const problem = shapeProblem(step, shape);
  return problem === undefined ? undefined : `step '${kind}': ${problem}`;
};

/** What keeps a JSON value from being a plan, in words; undefined when it is one. */
export const planProblem = (plan: unknown): string | undefined => {
  const problem = shapeProblem(plan, PLAN);
  if (problem !== undefined) return problem;
  const { parameters, network, sysctls, steps } = plan as RunPlan;
  const parts: readonly (readonly [name: string, part: unknown, shape: Shape])[] = [
    ['parameters', parameters, PARAMETERS],
    ['parameters.sysctls', parameters.sysctls, BY_HOST],
    ['network', network, NETWORK],
    ['sysctls', sysctls, { required: 'object', pinned: 'object' }],
    ['sysctls.required', sysctls.required, BY_HOST],
    ['sysctls.pinned', sysctls.pinned, BY_HOST],
  ];
  for (const [name, part, shape] of parts) {
    const wrong = shapeProblem(part, shape);
    if (wrong !== undefined) return `${name}: ${wrong}`;
  }
  return (
    steps.map(stepProblem).find((wrong) => wrong !== undefined) ?? notAskedFor(plan as RunPlan)
  );
};

/** What was asked for stands in the plan twice: among the parameters, and as required. */
const notAskedFor = ({ parameters, sysctls }: RunPlan): string | undefined => {
  for (const host of HOSTS) {
    for (const [key, value] of Object.entries(parameters.sysctls[host])) {
      const required = sysctls.required[host][key];
      if (required !== value) {
        return `${key} of the ${host} is ${value} among the parameters, and required as ${required}.`;
      }
    }
  }
  return undefined;
};
