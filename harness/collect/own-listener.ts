/** Where an own server listens, by the words of `ss`, and whether the clients can reach it there. */
import { readlinkSync } from 'node:fs';
import path from 'node:path';
import type { AddressFamily } from '../domain/tcp.ts';
import { SERVER_ADDRESS } from './host-network.ts';

export interface OwnListener {
  /** As `ss` writes it, without brackets: `*` takes IPv4 and IPv6, `::` IPv6 alone. */
  readonly address: string;
  readonly port: number;
  readonly acceptQueueLimit: number;
  readonly holders: readonly { readonly name: string; readonly pid: number }[];
}

/** All listeners of a host, with the processes that hold them. */
export const LISTENERS_COMMAND: readonly string[] = ['ss', '-Hltnp'];

const ROW = /^LISTEN\s+\d+\s+(\d+)\s+(\S+):(\d+)\s+\S+(.*)$/;
const HOLDER = /\("((?:[^"\\]|\\.)*)",pid=(\d+)/g;

export const readListeners = (text: string): readonly OwnListener[] =>
  text.split('\n').flatMap((line) => {
    const [, limit, address = '', port, holders = ''] = ROW.exec(line) ?? [];
    if (limit === undefined) return [];
    return [
      {
        address: address.replace(/[[\]]/g, '').replace(/%.*$/, ''),
        port: Number(port),
        acceptQueueLimit: Number(limit),
        holders: [...holders.matchAll(HOLDER)].map(([, name = '', pid]) => ({
          name,
          pid: Number(pid),
        })),
      },
    ];
  });

const REACHABLE: Readonly<Record<AddressFamily, readonly string[]>> = {
  4: ['0.0.0.0', '*', SERVER_ADDRESS[4], `::ffff:${SERVER_ADDRESS[4]}`],
  6: ['::', '*', SERVER_ADDRESS[6]],
};

/** Whether packets of the clients, which come over the wire, arrive at it. */
export const isReachable = ({ address }: OwnListener, family: AddressFamily): boolean =>
  REACHABLE[family].includes(address);

/**
 * What /proc/net/tcp and tcp6 show of such a listener, in the kernel's hexadecimal. An IPv6 socket
 * on all addresses may or may not take IPv4: only `ss` says that.
 */
export function listenerPattern(port: number, family: AddressFamily, alsoIpv6: boolean): RegExp {
  const own = family === 4 ? '01004D0A' : '000077FD000000000000000001000000';
  const addresses = [
    ...(family === 4 ? ['00000000', `0000000000000000FFFF0000${own}`] : []),
    ...(alsoIpv6 || family === 6 ? ['0'.repeat(32)] : []),
    own,
  ];
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  return new RegExp(`^ *\\d+: (?:${addresses.join('|')}):${hexPort} \\S+ 0A `, 'm');
}

/** The file that a process executes, without its folder. */
export function executableOf(pid: number): string {
  try {
    return path.basename(readlinkSync(`/proc/${pid}/exe`));
  } catch {
    return 'unknown';
  }
}
