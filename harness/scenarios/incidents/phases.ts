/** What the plans of incidents are made of, besides scenarios/parts.ts. */
import type { ServerProgram } from '../../domain/application.ts';
import type { Phase, PhaseRole } from '../../domain/incident.ts';
import type { ProgramOptions, Step } from '../../domain/plan.ts';
import type { Prediction } from '../../domain/prediction.ts';
import type { KernelModel, Variant } from '../../domain/scenario.ts';
import { predictionOf } from '../../kernel/predict.ts';
import { awaitStep, type ServerWishes } from '../parts.ts';

/** Looks up the role of a phase by its name. */
export const rolesOf =
  (phases: readonly Phase[]) =>
  (name: string | undefined): PhaseRole | undefined =>
    phases.find((phase) => phase.name === name)?.role;

/** The phases as what `verify` and the judge know: variants of a scenario. */
export const variantsOf = (phases: readonly Phase[]): readonly Variant[] =>
  phases.map(({ name, parameters, lastsMs }) => ({
    name,
    parameters: { ...parameters, phase: name },
    lastsMs,
  }));

export const startProgram = (
  name: ServerProgram,
  backlog: number | null,
  options: ProgramOptions = {},
  relay?: number,
): ServerWishes => ({
  backlog,
  program: { name, options },
  ...(relay === undefined ? {} : { relay }),
});

/** Longer than any program of an incident needs on a busy machine. */
export const PATIENCE_MS = 60_000;

export const restStep = (wave: string): Step => ({
  kind: 'clients-command',
  wave,
  command: { command: 'rest' },
  deadlineMs: PATIENCE_MS,
});

export const awaitClients = (wave: string, event: string, atLeast: number): Step =>
  awaitStep({ kind: 'clients-told', wave, event, atLeast }, PATIENCE_MS);

export const awaitServer = (event: string, atLeast: number, relay?: number): Step =>
  awaitStep(
    { kind: 'server-told', event, atLeast, ...(relay === undefined ? {} : { relay }) },
    PATIENCE_MS,
  );

/**
 * Under real programs no rule of the kernel fixes how many connect, are refused or are fooled: the
 * limit of the accept queue is known, and that both queues are empty when everything has been
 * served.
 */
export const predictProgram = (backlog: number, kernel: KernelModel): Prediction =>
  predictionOf(backlog, kernel, {
    connected: null,
    timedOut: null,
    refused: null,
    fooled: null,
    acceptQueueLength: 0,
    synQueueLength: 0,
    refusedSyns: null,
  });
