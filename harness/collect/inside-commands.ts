import type { RunPlan, Step } from '../domain/plan.ts';
import { HOSTS, type Host } from '../domain/tcp.ts';
import { captureCommand } from './capture.ts';
import { clientProgramCommand } from './client-programs.ts';
import { gateCommand } from './gate.ts';
import { clientAddressesOf, hostScript, WIRE_COMMAND } from './host-network.ts';
import { HOLDER_COMMAND } from './hosts.ts';
import { libraryCommand } from './libraries.ts';
import { connects } from './namespaces-site.ts';
import { ownServerCommand } from './own-server.ts';
import { serverCommand } from './server.ts';
import { listenerCommand } from './snapshot.ts';
import { swarmCommand } from './swarm.ts';
import { sysctlCommand } from './sysctls.ts';

/** The commands that a plan starts inside the sandbox, in order, for people who want to read along. */
export function insideCommands(plan: RunPlan): readonly (readonly string[])[] {
  const { family, port } = plan.network;
  return [
    ...HOSTS.map(() => HOLDER_COMMAND),
    WIRE_COMMAND,
    ...HOSTS.map((host) => on(host, hostScript(host, plan.network))),
    ...HOSTS.flatMap((host) => sysctlCommands(host, plan)),
    on('server', captureCommand(port)),
    ...(connects(plan)
      ? [
          on(
            'client',
            swarmCommand({ family, port, sourceAddresses: clientAddressesOf(plan.network) }),
          ),
        ]
      : []),
    ...plan.steps.flatMap((step) => stepCommands(step, plan)),
  ];
}

/** As in a run, but for the process id of the host's holder, which is known only then. */
const on = (host: Host, command: readonly string[]): readonly string[] => [
  ...['nsenter', `--net=/proc/<${host}>/ns/net`, '--'],
  ...command,
];

const sysctlCommands = (host: Host, { sysctls }: RunPlan): readonly (readonly string[])[] =>
  [sysctls.pinned[host], sysctls.required[host]]
    .filter((wanted) => Object.keys(wanted).length > 0)
    .map((wanted) => on(host, sysctlCommand(wanted)));

function stepCommands(step: Step, plan: RunPlan): readonly (readonly string[])[] {
  const { network } = plan;
  if (step.kind === 'start-server') {
    const { own } = step;
    return [on('server', own ? ownServerCommand(own) : serverCommand({ ...network, ...step }))];
  }
  if (step.kind === 'load-libraries') {
    return step.clients.map((client) => on('client', libraryCommand(network, client)));
  }
  if (step.kind === 'start-clients') {
    const programs = plan.steps.filter(({ kind }) => kind === 'start-clients');
    return [on('client', clientProgramCommand(step, programs.indexOf(step), plan))];
  }
  if (step.kind === 'gate') return [on('client', gateCommand(step, network))];
  if (step.kind === 'snapshot') return [on('server', listenerCommand(network.port))];
  if (step.kind === 'set-sysctl') return [on(step.host, sysctlCommand({ [step.key]: step.value }))];
  return [];
}
