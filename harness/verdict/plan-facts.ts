/** What the plan of a run alone says, for the laws and figures that hold only under such plans. */
import type { RunPlan, Step } from '../domain/plan.ts';

type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;

function stepsOf<Kind extends Step['kind']>(plan: RunPlan, kind: Kind): readonly StepOf<Kind>[] {
  return plan.steps.filter((step): step is StepOf<Kind> => step.kind === kind);
}

/** Clients that the plan lets connect for the first time. */
export const plannedClients = (plan: RunPlan): number =>
  stepsOf(plan, 'connect').reduce((sum, { clients }) => sum + clients, 0);

/** How many clients a wave has, and how many begin in waves before it; undefined without such a wave. */
export function clientsBefore(
  plan: RunPlan,
  wave: string,
): { readonly before: number; readonly clients: number } | undefined {
  const waves = stepsOf(plan, 'connect');
  const index = waves.findIndex((step) => step.wave === wave);
  const own = waves[index];
  if (own === undefined) return undefined;
  const before = waves.slice(0, index).reduce((sum, { clients }) => sum + clients, 0);
  return { before, clients: own.clients };
}

/** Some client sends keepalive probes. */
export const probes = (plan: RunPlan): boolean =>
  stepsOf(plan, 'connect').some(({ behaviour }) => behaviour.keepAliveMs !== null);

/** Some client says a word after its handshake: data, a keepalive probe, a FIN. */
export const speaks = (plan: RunPlan): boolean =>
  probes(plan) ||
  stepsOf(plan, 'send').length > 0 ||
  stepsOf(plan, 'connect').some(
    ({ behaviour }) => behaviour.sendBytes > 0 || behaviour.closesAtOnce === true,
  );

/** SYN-ACKs do not reach the clients for a while. */
export const holdsSynAcksBack = (plan: RunPlan): boolean =>
  stepsOf(plan, 'gate').some(({ closed, holds }) => closed && holds === 'syn-acks');

/** The listener is closed before the end. */
export const closesTheListener = (plan: RunPlan): boolean =>
  stepsOf(plan, 'server-command').some(({ command }) => command.command === 'close');

/** Values that a sysctl of the server is given in the course of the run. */
export const laterValues = (plan: RunPlan, key: string): readonly string[] =>
  stepsOf(plan, 'set-sysctl').flatMap((step) =>
    step.host === 'server' && step.key === key ? [step.value] : [],
  );
