import type { AddressFamily, SocketRow, SocketState } from '../domain/tcp.ts';
import { unreadableLine } from './evidence-unreadable.ts';
import { formatIpv4, formatIpv6 } from './ip-address.ts';

/**
 * `st` by the kernel's numbers (include/net/tcp_states.h). A request socket is NEW_SYN_RECV (0C)
 * inside kernels from 4.4 on, and those print it as 03; a dump that shows 0C means the same.
 */
const STATES: Readonly<Record<string, SocketState>> = {
  '01': 'ESTABLISHED',
  '02': 'SYN-SENT',
  '03': 'SYN-RECV',
  '04': 'FIN-WAIT-1',
  '05': 'FIN-WAIT-2',
  '06': 'TIME-WAIT',
  '07': 'CLOSE',
  '08': 'CLOSE-WAIT',
  '09': 'LAST-ACK',
  '0A': 'LISTEN',
  '0B': 'CLOSING',
  '0C': 'SYN-RECV',
};

/** Everything up to `retrnsmt`, which all kinds of rows have, then uid, timeout and inode. */
const ROW = {
  4: /^ *\d+: ([\dA-F]{8}):([\dA-F]{4}) ([\dA-F]{8}):([\dA-F]{4}) ([\dA-F]{2}) ([\dA-F]{8}):([\dA-F]{8}) [\dA-F]{2}:[\dA-F]{8,16} ([\dA-F]{8})(?: +\d+ +\d+ +(\d+))?(?: |$)/,
  6: /^ *\d+: ([\dA-F]{32}):([\dA-F]{4}) ([\dA-F]{32}):([\dA-F]{4}) ([\dA-F]{2}) ([\dA-F]{8}):([\dA-F]{8}) [\dA-F]{2}:[\dA-F]{8,16} ([\dA-F]{8})(?: +\d+ +\d+ +(\d+))?(?: |$)/,
} as const;

/** The kernel prints each 32-bit word of the address as a number, so its bytes stand reversed. */
const readAddress = (hex: string, family: AddressFamily): string => {
  const address = new Uint8Array(hex.length / 2);
  const view = new DataView(address.buffer);
  for (let at = 0; at < address.length; at += 4) {
    view.setUint32(at, Number.parseInt(hex.slice(2 * at, 2 * at + 8), 16), true);
  }
  return family === 4 ? formatIpv4(address) : formatIpv6(address);
};

/** A run has few addresses and many rows, so each address is decoded once. */
const rememberAddresses = (family: AddressFamily): ((hex: string) => string) => {
  const known = new Map<string, string>();
  return (hex) => {
    const address = known.get(hex) ?? readAddress(hex, family);
    known.set(hex, address);
    return address;
  };
};

const readHex = (digits: string | undefined): number => Number.parseInt(digits ?? '', 16);

const readRow = (
  line: string,
  number: number,
  pattern: RegExp,
  address: (hex: string) => string,
): SocketRow => {
  const columns = pattern.exec(line);
  if (columns === null) throw unreadableLine(number, `no row of a socket table: '${line.trim()}'.`);
  const state = STATES[columns[5] ?? ''];
  if (state === undefined) throw unreadableLine(number, `unknown socket state ${columns[5]}.`);
  return {
    localAddress: address(columns[1] ?? ''),
    localPort: readHex(columns[2]),
    remoteAddress: address(columns[3] ?? ''),
    remotePort: readHex(columns[4]),
    state,
    txQueue: readHex(columns[6]),
    rxQueue: readHex(columns[7]),
    retransmits: readHex(columns[8]),
    ...(columns[9] === undefined ? {} : { inode: Number(columns[9]) }),
  };
};

/** The rows without the heading. */
const socketLines = (text: string): string[] => {
  const [heading, ...rows] = text.split('\n');
  if (heading?.trimStart().startsWith('sl ') !== true) {
    throw unreadableLine(1, "the heading of a socket table ('sl local_address ...') is missing.");
  }
  if (rows.at(-1) === '') rows.pop();
  return rows;
};

/**
 * The rows of /proc/net/tcp (`family` 4) or /proc/net/tcp6 (6) as a little-endian machine prints
 * them: addresses are words in the machine's own byte order, and every architecture the harness
 * runs on is little-endian. An IPv4-mapped address in tcp6 is given as the IPv4 address it stands
 * for. Throws EvidenceUnreadable for a line that is cut short or in a state no kernel has.
 */
export const readSocketTable = (text: string, family: AddressFamily): SocketRow[] => {
  const address = rememberAddresses(family);
  const lines = socketLines(text);
  const rows = lines.map((line, index) => readRow(line, index + 2, ROW[family], address));
  if (!text.endsWith('\n')) throw unreadableLine(lines.length + 1, 'cut off in the middle.');
  return rows;
};

/** A hash of 32 bits; a real address of a 64-bit kernel fills the upper half too. */
const HASHED_POINTER = /^0{8}[\da-f]{8}$/;

/**
 * The kernel's hashed addresses of the sockets that listen on a port, by which trace events name a
 * listener (`rx_sk`, `skaddr`): the same text in both places on 6.18. Empty where the table shows
 * none (kernel.kptr_restrict 2) or real ones (1, for root), which no trace event shows.
 */
export const readListenerPointers = (text: string, port: number): string[] => {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return socketLines(text)
    .filter((line) => line.includes(' 0A '))
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[1]?.endsWith(local) === true)
    .flatMap((columns) => columns[11] ?? [])
    .filter((pointer) => HASHED_POINTER.test(pointer) && !/^0+$/.test(pointer));
};
