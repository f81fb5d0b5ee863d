import type { RunPlan, Step } from '../domain/plan.ts';
import { HOSTS, type Host } from '../domain/tcp.ts';
import { captureCommand } from './capture.ts';
import { gateCommand } from './gate.ts';
import { clientAddressesOf, hostScript, WIRE_COMMAND } from './hosts.ts';
import { serverCommand } from './server.ts';
import { swarmCommand } from './swarm.ts';

/** The commands that a plan starts inside the sandbox, in order, for people who want to read along. */
export function insideCommands(plan: RunPlan): readonly (readonly string[])[] {
  const { family, port } = plan.network;
  return [
    WIRE_COMMAND,
    ...HOSTS.map((host) => on(host, hostScript(host, plan.network))),
    on('server', captureCommand(port)),
    on('client', swarmCommand({ family, port, sourceAddresses: clientAddressesOf(plan.network) })),
    ...plan.steps.flatMap((step) => stepCommands(step, plan)),
  ];
}

/** As in a run, but for the process id of the host's holder, which is known only then. */
const on = (host: Host, command: readonly string[]): readonly string[] => [
  ...['nsenter', `--net=/proc/<${host}>/ns/net`, '--'],
  ...command,
];

function stepCommands(step: Step, { network }: RunPlan): readonly (readonly string[])[] {
  if (step.kind === 'start-server') {
    return [on('server', serverCommand({ ...network, backlog: step.backlog }))];
  }
  if (step.kind === 'gate') return [on('client', gateCommand(step.closed, network))];
  return [];
}
