/** What keeps the phases of an incident from being compared with each other. */
import type { Incident, Phase } from '../domain/incident.ts';
import type { Observations } from '../domain/observations.ts';
import type { RunPlan, Step } from '../domain/plan.ts';
import type { Obstacle } from '../domain/verdict.ts';

/** A phase that decides, with its evidence. */
export interface PhaseSeen {
  readonly phase: Phase;
  readonly seen: Observations;
}

type StartClients = Extract<Step, { readonly kind: 'start-clients' }>;

/** The client programs with all their options but those that are the remedy. */
export function loadOf({ steps }: RunPlan, remedyOptions: readonly string[]): string {
  return steps
    .filter((step): step is StartClients => step.kind === 'start-clients')
    .map(({ program, options }) => {
      const words = Object.entries(options)
        .filter(([name]) => !remedyOptions.includes(name))
        .map(([name, value]) => `${name.replaceAll('-', ' ')}${value === true ? '' : ` ${value}`}`);
      return `${program} (${words.join(', ')})`;
    })
    .join('; ');
}

/** The first reason why the phases, put side by side, would compare nothing. */
export const incomparable = (
  incident: Incident,
  phases: readonly PhaseSeen[],
): Obstacle | undefined =>
  otherLoad(incident, phases) ?? otherMachine(phases) ?? otherPlan(incident, phases);

function otherLoad(
  { remedyOptions }: Incident,
  phases: readonly PhaseSeen[],
): Obstacle | undefined {
  const loads = new Set(phases.map(({ seen }) => loadOf(seen.plan, remedyOptions)));
  if (loads.size < 2) return undefined;
  return {
    reason: `the phases are not under the same load: ${[...loads].join(' against ')}`,
    remedy: 'run the incident again with one set of options',
  };
}

/** Another kernel may have cured what the remedy should, and another version may do something else. */
function otherMachine(phases: readonly PhaseSeen[]): Obstacle | undefined {
  const machines = new Set(phases.map(({ seen }) => machineOf(seen)));
  if (machines.size < 2) return undefined;
  return {
    reason: `the phases were not run on the same machine: ${[...machines].join(' against ')}`,
    remedy: 'run the incident again, so that all its phases follow each other',
  };
}

const machineOf = ({ surroundings }: Observations): string => {
  const { kernelRelease, architecture, distribution, sandbox, harnessVersion } = surroundings;
  return `kernel ${kernelRelease} (${architecture}, ${distribution}), sandbox ${sandbox}, backlog-lab ${harnessVersion}`;
};

/**
 * Under the name and the title of a phase there must be that phase: its backlog, its sysctls, its
 * programs. An evidence folder says of itself what it is, and may be wrong.
 */
function otherPlan({ scenario }: Incident, phases: readonly PhaseSeen[]): Obstacle | undefined {
  const other = phases.find(({ phase: { name, parameters }, seen }) => {
    const plan = scenario.plan({ ...scenario.defaults, ...parameters, phase: name });
    return JSON.stringify(plan) !== JSON.stringify(seen.plan);
  });
  if (other === undefined) return undefined;
  return {
    reason: `what was run as the phase ${other.phase.name} is not what this version means by it (${other.phase.title})`,
    remedy: 'run the incident again, or judge it with the version that has recorded it',
  };
}
