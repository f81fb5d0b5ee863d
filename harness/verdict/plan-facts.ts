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
  hasClientPrograms(plan) ||
  probes(plan) ||
  stepsOf(plan, 'send').length > 0 ||
  stepsOf(plan, 'connect').some(
    ({ behaviour }) => behaviour.sendBytes > 0 || behaviour.closesAtOnce === true,
  );

/** SYN-ACKs do not reach the clients for a while. */
export const holdsSynAcksBack = (plan: RunPlan): boolean =>
  stepsOf(plan, 'gate').some(({ closed, holds }) => closed && holds === 'syn-acks');

/** Clients are programs of their own, not the swarm. */
export const hasClientPrograms = (plan: RunPlan): boolean =>
  stepsOf(plan, 'start-clients').length > 0;

/** The step after which no server of the plan listens any more, until another is started. */
const lastClose = ({ steps }: RunPlan): number =>
  steps.findLastIndex((step) => step.kind === 'server-command' && step.command.command === 'close');

const startedAfter = ({ steps }: RunPlan, index: number): boolean =>
  steps.slice(index + 1).some(({ kind }) => kind === 'start-server');

/** The listener is closed before the end, and no other takes its place. */
export const closesTheListener = (plan: RunPlan): boolean =>
  lastClose(plan) >= 0 && !startedAfter(plan, lastClose(plan));

/** The server is started again in the course of the run: its second listener counts anew. */
export const replacesTheListener = (plan: RunPlan): boolean =>
  lastClose(plan) >= 0 && startedAfter(plan, lastClose(plan));

/** Values that a sysctl of the server is given in the course of the run. */
export const laterValues = (plan: RunPlan, key: string): readonly string[] =>
  stepsOf(plan, 'set-sysctl').flatMap((step) =>
    step.host === 'server' && step.key === key ? [step.value] : [],
  );
