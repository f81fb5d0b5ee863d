import { expect, test } from 'vitest';
import { EvidenceUnreadable } from '../../../harness/evidence/evidence-unreadable.ts';
import { NOT_INSTALLED, readNetstatText } from '../../../harness/evidence/netstat-text.ts';

/** The end of what net-tools 2.10 prints on Debian 12, shortened. */
const textOf = (...lines: readonly string[]): string =>
  [
    'UdpLite:',
    'TcpExt:',
    '    25 delayed acks sent',
    ...lines,
    'IpExt:',
    '    InOctets: 1',
    '',
  ].join('\n');

test.each([
  ['dropped', 'net-tools 2.10'],
  ['ignored', 'net-tools 1.60'],
])('SYNs are %s in the words of %s', (word) => {
  const text = textOf(
    '    45968 times the listen queue of a socket overflowed',
    `    46012 SYNs to LISTEN sockets ${word}`,
  );
  expect(readNetstatText(text)).toEqual({ overflowed: 45_968, dropped: 46_012 });
});

test('a line that is not there counts 0', () => {
  expect(readNetstatText(textOf())).toEqual({ overflowed: 0, dropped: 0 });
});

test('a machine without net-tools says nothing', () => {
  expect(readNetstatText(`${NOT_INSTALLED}\n`)).toBeUndefined();
});

test.each([
  ['empty', ''],
  ['without the counters of TCP', 'Ip:\n    Forwarding: 1\n'],
  ['cut off', textOf('    7 SYNs to LISTEN sockets dropped').slice(0, -4)],
])('a text that is %s is unreadable', (_, text) => {
  expect(() => readNetstatText(text)).toThrow(EvidenceUnreadable);
});
