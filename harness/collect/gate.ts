import type { RunPlan, Step } from '../domain/plan.ts';
import { clientAddressesOf, SERVER_ADDRESS } from './host-network.ts';
import type { HostNamespace, RunCommand } from './hosts.ts';

/**
 * The gate stands on the client's host, in one of two places.
 *
 * - In its output path, before the wire and so before the capture: while it is closed nothing but
 *   SYNs leaves the clients. A client that has its SYN-ACK is ESTABLISHED, the server never hears
 *   its ACK, and the request waits in the SYN queue. After the gate has opened the ACK goes out
 *   again in answer to the next SYN-ACK retransmission (1 s after the first).
 * - In its input path, behind the wire: no SYN-ACK reaches a client, so nobody is connected, and the
 *   requests wait in the SYN queue as they would for clients that are far away or gone.
 */
export interface Gate {
  set(step: GateStep): Promise<void>;
}

export type GateStep = Pick<Extract<Step, { kind: 'gate' }>, 'closed' | 'holds' | 'address'>;

type Network = RunPlan['network'];

const TABLE = 'inet backlog_lab';

export function gateCommand(
  { closed, holds, address }: GateStep,
  network: Network,
): readonly string[] {
  if (!closed) return ['nft', `delete table ${TABLE}`];
  const { family, port } = network;
  const protocol = family === 4 ? 'ip' : 'ip6';
  const server = SERVER_ADDRESS[family];
  const [hook, rule] =
    holds === 'syn-acks'
      ? ['input', `${protocol} saddr ${server} tcp sport ${port}`]
      : ['output', `${protocol} daddr ${server} tcp dport ${port} tcp flags & syn == 0`];
  const only =
    address === undefined
      ? ''
      : `${protocol} ${hook === 'input' ? 'daddr' : 'saddr'} ${clientAddressesOf(network)[address]} `;
  const chain = `chain gate { type filter hook ${hook} priority 0; ${only}${rule} counter drop; }`;
  return ['nft', `table ${TABLE} { ${chain}; }`];
}

/** For kernels without nftables: the same rules in the words of iptables. */
export function oldGateCommand(
  { closed, holds, address }: GateStep,
  network: Network,
): readonly string[] {
  const { family, port } = network;
  const server = SERVER_ADDRESS[family];
  const client = address === undefined ? undefined : clientAddressesOf(network)[address];
  const held = holds === 'syn-acks';
  return [
    ...[family === 4 ? 'iptables-legacy' : 'ip6tables-legacy', '-w', closed ? '-I' : '-D'],
    ...(held ? ['INPUT', '-s', server] : ['OUTPUT', '-d', server]),
    ...(client === undefined ? [] : [held ? '-d' : '-s', client]),
    ...['-p', 'tcp', held ? '--sport' : '--dport', `${port}`],
    ...(held ? [] : ['--tcp-flags', 'SYN', 'NONE']),
    ...['-j', 'DROP'],
  ];
}

export const oldGateOf = (client: HostNamespace, network: Network, run: RunCommand): Gate => {
  // It is opened by the very rule that closed it.
  let last: GateStep | undefined;
  return {
    set: async (step) => {
      const rule = step.closed ? step : { ...(last ?? step), closed: false };
      last = rule;
      await run(client.inside(oldGateCommand(rule, network)), 'client');
    },
  };
};

export const gateOf = (client: HostNamespace, network: Network, run: RunCommand): Gate => ({
  set: async (step) => {
    await run(client.inside(gateCommand(step, network)), 'client');
  },
});
