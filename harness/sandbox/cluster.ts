/**
 * Containers that an engine has started from docker/compose.yaml, on one machine or on several: this
 * process is in the observer's, and has the agents in the others start the listener and the swarm.
 */
import os from 'node:os';
import { CONTROL_PORT } from '../domain/agent.ts';
import type { ClusterOptions } from '../domain/cluster-options.ts';
import { HarnessError } from '../domain/harness-error.ts';
import type { RunPlan, Step } from '../domain/plan.ts';
import { compiledProgram, harnessVersion } from '../package-files.ts';
import { type Command, converse, failureOf } from './converse.ts';
import { assertCommandsFound } from './requirements.ts';
import type { CollectRequest, Sandbox } from './sandbox.ts';

export interface ClusterSettings {
  /** Client containers to wait for; more are taken too. */
  readonly swarms: number;
}

const INSIDE = compiledProgram('harness/collect/cluster-main.js');
/** The names of the services in docker/compose.yaml, and where it mounts /proc of the machine. */
const SERVICES = { listener: 'listener', client: 'client', hostProc: '/host/proc' } as const;

export const clusterCommandLine = ({ swarms }: ClusterSettings, folder: string): Command => {
  const options: ClusterOptions = {
    folder,
    sandbox: 'cluster',
    privilege: 'root',
    harnessVersion: harnessVersion(),
    swarms,
    ...SERVICES,
  };
  return [process.execPath, INSIDE, JSON.stringify(options)];
};

export const clusterSandbox = (settings: ClusterSettings): Sandbox => ({
  kind: 'cluster',
  kernelRelease: os.release(),
  assertFit: (plan) => {
    assertCarriedOutByAgents(plan);
    assertCommandsFound(plan);
  },
  collect: (request) => collect(clusterCommandLine(settings, request.folder), request),
});

/** Steps that would change the network or the kernel, which the engine has made and keeps. */
const REFUSED_STEPS: Partial<Readonly<Record<Step['kind'], string>>> = {
  gate: 'a gate would have to be set in every client container, which has no privilege',
  'start-clients': 'an agent starts the swarm and nothing else',
  'load-libraries': 'an agent starts the swarm and nothing else',
  'set-sysctl': 'sysctls are set by the engine, once, when it makes a container',
};

/** Throws `USAGE` for what only a laboratory of our own can do. */
export function assertCarriedOutByAgents(plan: RunPlan): void {
  const why = plan.steps.flatMap(({ kind }) => REFUSED_STEPS[kind] ?? [])[0] ?? otherReason(plan);
  if (why === undefined) return;
  throw new HarnessError(
    'USAGE',
    `Cannot carry out '${plan.scenario}' with --sandbox cluster because ${why}.`,
    { remedy: 'without --sandbox it can be done, on one machine and without these containers' },
  );
}

function otherReason({ network, parameters }: RunPlan): string | undefined {
  if ((network.relays ?? 1) > 1) return 'there is one listener container, and it has one address';
  if (network.family === 6) return 'the network of the services has IPv4 only';
  if (network.port === CONTROL_PORT) return `the agents listen on port ${CONTROL_PORT}`;
  return parameters.clientAddresses === null
    ? undefined
    : 'each client container has one address, which the engine gives it';
}

async function collect(command: Command, request: CollectRequest): Promise<void> {
  const { reports, exitCode, words } = await converse({ command }, request);
  if (exitCode === 0) return;
  throw (
    failureOf(reports) ??
    new HarnessError(
      'SANDBOX_ENDED',
      `The observer's inside part ended before the run was over. ${words}`,
      { remedy: 'the evidence so far is in the run folder; start the run again' },
    )
  );
}
