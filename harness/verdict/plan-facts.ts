/** What the plan of a run alone says, for the laws and figures that hold only under such plans. */
import type { RunPlan, Step } from '../domain/plan.ts';

type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;

function stepsOf<Kind extends Step['kind']>(plan: RunPlan, kind: Kind): readonly StepOf<Kind>[] {
  return plan.steps.filter((step): step is StepOf<Kind> => step.kind === kind);
}

/** Clients that the plan lets connect for the first time. */
export const plannedClients = (plan: RunPlan): number =>
  stepsOf(plan, 'connect').reduce((sum, { clients }) => sum + clients, 0);

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
