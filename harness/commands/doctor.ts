/** `doctor`: what this machine can do, found out by trying, and how to mend what it cannot. */

import type { SandboxSettings } from '../sandbox/choose.ts';
import { type Container, containerAround } from '../sandbox/container.ts';
import {
  type Capability,
  examineDocker,
  examineMachine,
  examineVirtualMachines,
} from '../sandbox/preflight.ts';
import { EXIT } from './exit-code.ts';
import { print, terminalStyle } from './terminal.ts';

export async function doctor(
  json: boolean,
  { kind, docker: choice }: SandboxSettings,
): Promise<number> {
  const [near, engine] = await Promise.all([examineMachine(), examineDocker(choice)]);
  const docker = { ...engine, essential: kind === 'docker' };
  const ableHere = near.every(({ works, essential }) => works || !essential);
  const able = kind === 'docker' ? docker.works : ableHere || (kind === 'auto' && docker.works);
  const capabilities = [...near, docker, examineVirtualMachines()];
  const container = containerAround();
  if (json) print(JSON.stringify({ schemaVersion: 1, able, container, capabilities }, null, 2));
  else {
    if (container !== null) print(`${describeContainer(container)}\n`);
    print(capabilities.map(describe).join('\n'));
    print(`\n${conclusion(able, ableHere && kind !== 'docker')}`);
  }
  return able ? EXIT.good : EXIT.failed;
}

function conclusion(able: boolean, ableHere: boolean): string {
  if (ableHere) return 'Runs are possible here.';
  return able
    ? 'Runs are possible in Docker: --sandbox docker, which is also what --sandbox auto takes where namespaces cannot be made.'
    : 'No run is possible here until the lines marked MISSING are mended.';
}

function describe({ name, works, detail, cost, remedy, essential }: Capability): string {
  const style = terminalStyle();
  if (works) return `${style.green('ok     ')}  ${name}  ${style.dim(detail)}`;
  const mark = essential ? style.red('MISSING') : style.yellow('lacking');
  return `${mark}  ${name}: ${detail}\n           without it: ${cost}\n           remedy: ${remedy}`;
}

/** What surrounds every run here; what of it stands in the way is said by a remedy below. */
function describeContainer(container: Container): string {
  const { engine, ownKernel, userId, lackingCapabilities, appArmorProfile } = container;
  const facts = [
    `user ${userId}`,
    ...(container.remapsUsers ? ['in a user namespace'] : []),
    ...(lackingCapabilities.length === 0 ? [] : [`lacks ${lackingCapabilities.join(', ')}`]),
    ...(container.filtersSystemCalls ? ['seccomp filter'] : []),
    ...(appArmorProfile === null ? [] : [`AppArmor profile ${appArmorProfile}`]),
    ...(container.forbidsNewPrivileges ? ['no new privileges'] : []),
    ...(container.masksProc ? ['masked /proc'] : []),
  ];
  const name = engine === 'unknown' ? 'a container' : `a container of ${engine}`;
  const kernel = ownKernel === null ? '' : ` Its kernel is that of ${ownKernel}.`;
  return `This is ${name}: ${facts.join('; ')}.${kernel}`;
}
