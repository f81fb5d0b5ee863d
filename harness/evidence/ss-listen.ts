import type { ListenSocket } from '../domain/tcp.ts';
import { unreadableLine } from './evidence-unreadable.ts';

/** `localAddress` as ss writes it, without brackets; `*` is a dual-stack socket on all addresses. */
export interface ListenRow extends ListenSocket {
  readonly localAddress: string;
  readonly localPort: number;
}

const ROW = /^LISTEN\s+(\d+)\s+(\d+)\s+(\S+):(\d+)\s+\S+/;

/** `d` of skmem: packets the listener dropped. Kernels before 4.7 do not count them. */
const readDrops = (text: string): number | undefined => {
  const fields = /skmem:\(([^)]*)\)/.exec(text)?.[1]?.split(',') ?? [];
  const drops = fields.map((field) => /^d(\d+)$/.exec(field)?.[1]).find((found) => found);
  return drops === undefined ? undefined : Number(drops);
};

const readRow = (text: string, line: number): ListenRow => {
  const columns = ROW.exec(text);
  if (columns === null) throw unreadableLine(line, `no row of a listening socket: '${text}'.`);
  const [, length, limit, address = '', port] = columns;
  const drops = readDrops(text);
  return {
    localAddress: address.replace(/[[\]]/g, ''),
    localPort: Number(port),
    acceptQueueLength: Number(length),
    acceptQueueLimit: Number(limit),
    ...(drops === undefined ? {} : { drops }),
  };
};

/**
 * The rows of `ss -Hltnm`. What ss says about a socket's memory stands behind its row (`ss -O`) or,
 * as iproute2 6.1 writes it otherwise, on an indented line below. Throws EvidenceUnreadable for a
 * line that is neither.
 */
export const readListenSockets = (text: string): ListenRow[] => {
  if (text !== '' && !text.endsWith('\n')) {
    throw unreadableLine(text.split('\n').length, 'cut off in the middle.');
  }
  const rows: { line: number; text: string }[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const previous = rows.at(-1);
    if (/^\s/.test(line) && previous !== undefined) previous.text += line;
    else if (line !== '') rows.push({ line: index + 1, text: line });
  }
  return rows.map((row) => readRow(row.text, row.line));
};
