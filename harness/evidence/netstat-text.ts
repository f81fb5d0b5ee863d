import type { NetstatText } from '../domain/observations.ts';
import { EvidenceUnreadable } from './evidence-unreadable.ts';

/** Stands in place of the text on a machine without net-tools. */
export const NOT_INSTALLED = 'netstat is not installed';

const OVERFLOWED = /^ +(\d+) times the listen queue of a socket overflowed$/m;
/** net-tools 1.60 says "ignored"; "dropped" came in 2003 and is in 2.10. */
const DROPPED = /^ +(\d+) SYNs to LISTEN sockets (?:dropped|ignored)$/m;

/**
 * What `netstat -s` says of listeners; undefined where it is not installed. It leaves out lines
 * that count 0. Throws EvidenceUnreadable for a text without counters of TCP, and for one that was
 * cut off.
 */
export const readNetstatText = (text: string): NetstatText | undefined => {
  if (text.trim() === NOT_INSTALLED) return undefined;
  if (!/^TcpExt:$/m.test(text)) throw new EvidenceUnreadable('It has no section TcpExt.');
  if (!text.endsWith('\n')) throw new EvidenceUnreadable('Its last line is cut off.');
  return { overflowed: countOf(text, OVERFLOWED), dropped: countOf(text, DROPPED) };
};

const countOf = (text: string, line: RegExp): number => Number(line.exec(text)?.[1] ?? 0);
