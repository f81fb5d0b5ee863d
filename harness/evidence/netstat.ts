import { unreadableLine } from './evidence-unreadable.ts';

/** The ledger is about TCP; Ip, Icmp, Udp, MPTcpExt and the others are left out. */
const KEPT_PROTOCOLS: ReadonlySet<string> = new Set(['TcpExt', 'Tcp']);

interface Line {
  readonly number: number;
  readonly protocol: string;
  readonly words: readonly string[];
}

const splitLine = (text: string, number: number): Line => {
  const colon = text.indexOf(':');
  if (colon < 1) throw unreadableLine(number, `a protocol and a colon expected, not '${text}'.`);
  const words = text
    .slice(colon + 1)
    .trim()
    .split(/\s+/);
  return { number, protocol: text.slice(0, colon), words };
};

const readCounter = (name: string, word: string, line: number): number => {
  const value = /^-?\d+$/.test(word) ? Number(word) : Number.NaN;
  if (Number.isNaN(value)) throw unreadableLine(line, `${name} is '${word}', not a whole number.`);
  if (!Number.isSafeInteger(value)) {
    throw unreadableLine(line, `${name} is ${word}, beyond the exact integers of this program.`);
  }
  return value;
};

const readPair = (names: Line, values: Line, counters: Map<string, number>): void => {
  if (names.words.length !== values.words.length) {
    const counts = `${values.words.length} values for ${names.words.length} counters`;
    throw unreadableLine(values.number, `${names.protocol} has ${counts}.`);
  }
  for (const [index, name] of names.words.entries()) {
    counters.set(name, readCounter(name, values.words[index] ?? '', values.number));
  }
};

/**
 * The TcpExt and Tcp counters of /proc/net/netstat or /proc/net/snmp (or both, one after the
 * other) under the kernel's own names, which are unique over both protocols. A counter this kernel
 * does not have is absent. Values may be negative: MaxConn is -1 where there is no maximum.
 * Throws EvidenceUnreadable for lines that are no pairs or have not as many values as names, and for a number beyond 2^53 - 1, which
 * could only be given inexactly.
 */
export const readCounters = (text: string): Map<string, number> => {
  const lines = text.trimEnd().split('\n');
  const counters = new Map<string, number>();
  for (let number = 1; number <= lines.length; number += 2) {
    const names = splitLine(lines[number - 1] ?? '', number);
    const next = lines[number];
    const values = next === undefined ? undefined : splitLine(next, number + 1);
    if (values?.protocol !== names.protocol) {
      throw unreadableLine(number, `the values of ${names.protocol} do not follow its names.`);
    }
    if (KEPT_PROTOCOLS.has(names.protocol)) readPair(names, values, counters);
  }
  if (counters.size === 0) throw unreadableLine(1, 'neither TcpExt nor Tcp counters follow.');
  return counters;
};
