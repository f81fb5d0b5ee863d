/** The two queues of a listener, read from /proc/<pid>/net/tcp and tcp6 of its host. */
import { openSync, readFileSync, readSync } from 'node:fs';

/** More than the header line of tcp6, the longer of the two tables. */
const HEADER_BYTES = 300;
/** Slot, two addresses, state and both queues, the first fields of a row of tcp6. */
const ROW_HEAD_BYTES = 110;
/** A whole row of tcp6, which is longer than one of tcp. */
const ROW_BYTES = 220;

/**
 * Reads the accept-queue length; the file stays open for the life of the process. The listener's
 * row comes first, and the kernel stops looking for rows as soon as it has the bytes asked for:
 * 0.05 ms, where one byte more than the row costs the walk to the next socket, up to 2 ms (6.18).
 * Where others listen too, in a container, so many rows are read as there may be listeners.
 * Undefined while nothing listens on the port.
 */
function tableReader(
  tableFile: string,
  port: number,
  mostListeners: number,
): () => number | undefined {
  const listening = new RegExp(`${rowHead(port)} 0A [0-9A-F]+:([0-9A-F]+)`, 'm');
  const table = openSync(tableFile, 'r');
  const rowsBytes = (mostListeners - 1) * ROW_BYTES + ROW_HEAD_BYTES;
  const bytes = new Uint8Array(HEADER_BYTES + rowsBytes);
  const decoder = new TextDecoder();
  let wantedBytes = 0;
  return () => {
    if (wantedBytes === 0) wantedBytes = headerBytes(table, bytes) + rowsBytes;
    const length = readSync(table, bytes, 0, wantedBytes, 0);
    const waiting = listening.exec(decoder.decode(bytes.subarray(0, length)))?.[1];
    return waiting === undefined ? undefined : Number.parseInt(waiting, 16);
  };
}

const headerBytes = (table: number, bytes: Uint8Array): number => {
  const length = readSync(table, bytes, 0, HEADER_BYTES, 0);
  return bytes.subarray(0, length).indexOf(10) + 1;
};

/** Slot, own address and that of the other end, of a socket with this local port. */
const rowHead = (port: number): string =>
  `^ *\\d+: [0-9A-F]+:${port.toString(16).toUpperCase().padStart(4, '0')} \\S+`;

/** As above, of a listener that may be in either of several tables, or in both. */
export function acceptQueueReader(
  tableFiles: readonly string[],
  port: number,
  mostListeners = 1,
): () => number | undefined {
  const readers = tableFiles.map((tableFile) => tableReader(tableFile, port, mostListeners));
  return () => {
    const lengths = readers.flatMap((read) => read() ?? []);
    return lengths.length === 0 ? undefined : lengths.reduce((sum, length) => sum + length);
  };
}

/**
 * SYN-RECV rows of the port: others may listen in a container too. Walks the kernel's whole hash
 * table: 3 to 6 ms with 262144 buckets.
 */
export const synQueueLength = (tableFiles: readonly string[], port: number): number =>
  countRows(tableFiles, new RegExp(`${rowHead(port)} 03 `, 'gm'));

/**
 * SYN-RECV rows whose SYN-ACK has been sent once only: the field `retrnsmt` says how often the
 * request's timer has repeated it (get_openreq4 in net/ipv4/tcp_ipv4.c).
 */
export const sentSynAckOnce = (tableFiles: readonly string[], port: number): number =>
  countRows(tableFiles, new RegExp(`${rowHead(port)} 03 \\S+ \\S+ 0+ `, 'gm'));

const countRows = (tableFiles: readonly string[], row: RegExp): number =>
  tableFiles
    .map((tableFile) => readFileSync(tableFile, 'latin1').match(row)?.length ?? 0)
    .reduce((sum, count) => sum + count, 0);
