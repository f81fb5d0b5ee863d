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

const TABLE = 'inet backlog_lab';

export function gateOf(
  client: HostNamespace,
  network: { readonly family: AddressFamily; readonly port: number },
  run: RunCommand,
): Gate {
  const destination = network.family === 4 ? 'ip daddr' : 'ip6 daddr';
  const closing = [
    `table ${TABLE} {`,
    'chain gate { type filter hook output priority 0;',
    `${destination} ${SERVER_ADDRESS[network.family]} tcp dport ${network.port}`,
    'tcp flags & syn == 0 counter drop',
    '} }',
  ].join(' ');
  return {
    setClosed: async (closed) => {
      const command = closed ? closing : `delete table ${TABLE}`;
      await run(client.inside(['nft', command]), 'client');
    },
  };
}
