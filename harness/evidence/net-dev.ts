import { unreadableLine } from './evidence-unreadable.ts';

/** Columns of /proc/net/dev after the interface's name: receive errs and drop, transmit errs and drop. */
const LOSSES = [2, 3, 10, 11] as const;
const COLUMNS = 16;

const readLosses = (text: string, line: number): number => {
  const columns = text.trim().split(/\s+/);
  if (columns.length < COLUMNS || !columns.every((column) => /^\d+$/.test(column))) {
    throw unreadableLine(line, `${COLUMNS} numbers expected after the interface, not '${text}'.`);
  }
  return LOSSES.reduce((sum, column) => sum + Number(columns[column]), 0);
};

/**
 * Packets an interface lost in either direction according to /proc/net/dev (errors and drops);
 * undefined when there is no such interface. Throws EvidenceUnreadable when its row is cut short.
 */
export const readInterfaceDrops = (text: string, interfaceName: string): number | undefined => {
  const lines = text.split('\n');
  const index = lines.findIndex((line) => line.trimStart().startsWith(`${interfaceName}:`));
  const line = lines[index];
  if (line === undefined) return undefined;
  return readLosses(line.slice(line.indexOf(':') + 1), index + 1);
};
