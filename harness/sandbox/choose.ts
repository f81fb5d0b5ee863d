import os from 'node:os';
import { HarnessError } from '../domain/harness-error.ts';
import { type ClusterSettings, clusterCommandLine, clusterSandbox } from './cluster.ts';
import { findCommand } from './command-path.ts';
import { containerAround } from './container.ts';
import { openDockerSandbox } from './docker.ts';
import { findEngine } from './docker-engine.ts';
import type { ImagePreparation } from './docker-image.ts';
import { type DockerSettings, dockerCommandLines } from './docker-run.ts';
import { assertNamespaces, netnsCommandLine, netnsSandbox } from './netns.ts';
import { SANDBOX_KINDS, type Sandbox, type SandboxKind } from './sandbox.ts';
import { listDebianKernels } from './vm/debian-kernels.ts';
import { type KernelSettings, plannedKernelOf } from './vm/kernel-choice.ts';
import { openVmSandbox, vmCommandLine } from './vm/vm.ts';

/** What the options say of the sandbox. */
export interface SandboxSettings {
  readonly kind: SandboxKind | 'auto';
  readonly docker: DockerSettings;
  readonly cluster: ClusterSettings;
  readonly vm: KernelSettings;
}

/** Throws `USAGE`. */
export function sandboxKind(wanted: string): SandboxSettings['kind'] {
  const kind = (['auto', ...SANDBOX_KINDS] as const).find((each) => each === wanted);
  if (kind !== undefined) return kind;
  throw new HarnessError('USAGE', `There is no sandbox '${wanted}'.`, {
    remedy: `choose auto or one of ${SANDBOX_KINDS.join(', ')}`,
  });
}

/**
 * The sandbox for the runs of one command. `auto` is namespaces where they can be made and otherwise
 * a container, if a Docker engine answers. Throws what stands in the way.
 */
export async function openSandbox(
  { kind, docker, cluster, vm }: SandboxSettings,
  preparation: ImagePreparation,
): Promise<Sandbox> {
  switch (kind) {
    case 'netns':
      return netnsSandbox();
    case 'docker':
      return openDockerSandbox(docker, preparation);
    case 'cluster':
      return clusterSandbox(cluster);
    case 'vm':
      return openVmSandbox(vm, preparation);
    case 'auto':
      return firstThatWorks(docker, preparation);
  }
}

async function firstThatWorks(
  docker: DockerSettings,
  preparation: ImagePreparation,
): Promise<Sandbox> {
  const refusal = await assertNamespaces().then(
    () => undefined,
    (error: unknown) => error,
  );
  if (refusal === undefined) return netnsSandbox();
  // An engine is seldom meant to be in a container: what this one lacks is what is to be mended.
  const noEngine = findCommand('docker') === undefined && containerAround() !== null;
  if (noEngine || !(refusal instanceof HarnessError)) throw refusal;
  const silence = await findEngine(docker, preparation.signal).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (silence === undefined) return openDockerSandbox(docker, preparation);
  if (!(silence instanceof HarnessError)) throw silence;
  throw new HarnessError(refusal.code, `${refusal.message} ${silence.message}`, {
    remedy: `${refusal.remedy}; or for Docker: ${silence.remedy}`,
  });
}

/** The kernels that `--sandbox vm` knows by name, the oldest first. */
export const kernelsToChoose = listDebianKernels;

/** The kernel that a run would meet, as far as it is known before anything is fetched or started. */
export const plannedKernel = ({ kind, vm }: SandboxSettings): string =>
  kind === 'vm' ? plannedKernelOf(vm) : `${os.release()} ${os.version()}`;

/** The commands that enter the sandbox, for --dry-run: starts nothing and needs no privilege. */
export function commandLinesOf(
  { kind, docker, cluster, vm }: SandboxSettings,
  folder: string,
): readonly (readonly string[])[] {
  if (kind === 'cluster') return [clusterCommandLine(cluster, folder)];
  if (kind === 'vm') return [vmCommandLine(vm, folder)];
  return kind === 'docker' || (kind === 'auto' && os.platform() !== 'linux')
    ? dockerCommandLines(docker)
    : [netnsCommandLine(folder)];
}
