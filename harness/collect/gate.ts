import type { AddressFamily } from '../domain/tcp.ts';
import { type HostNamespace, type RunCommand, SERVER_ADDRESS } from './hosts.ts';

/**
 * The gate sits in the client's output path, before the wire and so before the capture: while it is
 * closed nothing but SYNs leaves the clients. A client that has its SYN-ACK is ESTABLISHED, the
 * server never hears its ACK, and the request waits in the SYN queue. After the gate has opened the
 * ACK goes out again in answer to the next SYN-ACK retransmission (1 s after the first).
 */
export interface Gate {
  setClosed(closed: boolean): Promise<void>;
}

interface Network {
  readonly family: AddressFamily;
  readonly port: number;
}

const TABLE = 'inet backlog_lab';

export function gateCommand(closed: boolean, { family, port }: Network): readonly string[] {
  if (!closed) return ['nft', `delete table ${TABLE}`];
  const destination = `${family === 4 ? 'ip' : 'ip6'} daddr ${SERVER_ADDRESS[family]}`;
  const rule = `${destination} tcp dport ${port} tcp flags & syn == 0 counter drop`;
  const chain = `chain gate { type filter hook output priority 0; ${rule}; }`;
  return ['nft', `table ${TABLE} { ${chain}; }`];
}

export const gateOf = (client: HostNamespace, network: Network, run: RunCommand): Gate => ({
  setClosed: async (closed) => {
    await run(client.inside(gateCommand(closed, network)), 'client');
  },
});
