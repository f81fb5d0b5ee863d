import { expect, test } from 'vitest';
import { formatIpv4, formatIpv6 } from '../../harness/evidence/ip-address.ts';

const ipv6 = (...groups: readonly number[]): Uint8Array =>
  Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));

test('IPv4 is dotted', () => {
  expect(formatIpv4(Uint8Array.from([192, 0, 2, 10]))).toBe('192.0.2.10');
});

test.each([
  ['::', [0, 0, 0, 0, 0, 0, 0, 0]],
  ['::1', [0, 0, 0, 0, 0, 0, 0, 1]],
  ['fd00::2', [0xfd00, 0, 0, 0, 0, 0, 0, 2]],
  ['2001:db8::', [0x2001, 0xdb8, 0, 0, 0, 0, 0, 0]],
  ['2001:db8:0:1:1:1:1:1', [0x2001, 0xdb8, 0, 1, 1, 1, 1, 1]],
  ['2001:0:0:1::1', [0x2001, 0, 0, 1, 0, 0, 0, 1]],
  ['2001:db8::1:0:0:1', [0x2001, 0xdb8, 0, 0, 1, 0, 0, 1]],
  ['1:2:3:4:5:6:7:abcd', [1, 2, 3, 4, 5, 6, 7, 0xabcd]],
  ['192.0.2.1', [0, 0, 0, 0, 0, 0xffff, 0xc000, 0x0201]],
  ['::c000:201', [0, 0, 0, 0, 0, 0, 0xc000, 0x0201]],
])('IPv6 is canonical: %s', (expected, groups) => {
  expect(formatIpv6(ipv6(...groups))).toBe(expected);
});

test('a view into a larger buffer is read where it lies', () => {
  const buffer = Uint8Array.from([9, 9, 9, ...ipv6(0xfe80, 0, 0, 0, 0, 0, 0, 3), 9]);
  expect(formatIpv6(buffer.subarray(3, 19))).toBe('fe80::3');
});
