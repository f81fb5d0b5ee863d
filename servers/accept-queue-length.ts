import { readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { endianness } from 'node:os';

/** The queue is full when `length` is above `limit` (Linux, `sk_acceptq_is_full`). */
export interface AcceptQueue {
  readonly length: number;
  readonly limit: number;
}

const LISTEN = '0A';

/** As the kernel prints it: hexadecimal words of four bytes, each in the order of the machine. */
const hexAddress = (host: string): string => {
  const bytes = isIPv6(host) ? [...Array(15).fill(0), 1] : host.split('.').map(Number);
  const words = Array.from({ length: bytes.length / 4 }, (_, word) =>
    bytes.slice(4 * word, 4 * word + 4),
  );
  return words
    .flatMap((word) => (endianness() === 'LE' ? word.reverse() : word))
    .map((byte: number) => byte.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase();
};

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

/**
 * The accept queue of a listener on 127.0.0.0/8 or ::1, from the kernel's own table, which any user
 * may read: the length is rx_queue of the listener's row, the limit min(backlog, somaxconn).
 * Undefined where there is no such table (only Linux has it) or where it shows no connection, as a
 * table does that is only imitated.
 */
export const readAcceptQueue = (
  { host, port }: { readonly host: string; readonly port: number },
  backlog: number,
): AcceptQueue | undefined => {
  const local = `${hexAddress(host)}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const table = readText(isIPv6(host) ? '/proc/net/tcp6' : '/proc/net/tcp') ?? '';
  const somaxconn = readText('/proc/sys/net/core/somaxconn');
  const row = table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(([, address, , state]) => address === local && state === LISTEN);
  const length = Number.parseInt(row?.[4]?.split(':')[1] ?? '0', 16);
  return somaxconn === undefined || length === 0
    ? undefined
    : { length, limit: Math.min(backlog, Number(somaxconn)) };
};
