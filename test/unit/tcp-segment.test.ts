import { expect, test } from 'vitest';
import { type TcpSegment, tcpSegmentOf } from '../../harness/evidence/tcp-segment.ts';
import { buildEthernet, buildIpv4, buildIpv6, buildTcp } from '../helpers/build-segment.ts';
import { concat, fields } from '../helpers/write-pcap.ts';

const decode = (bytes: Uint8Array, linkType = 1, originalLength = bytes.length) =>
  tcpSegmentOf({ atNs: 5n, linkType, originalLength, bytes });

const decoded = (bytes: Uint8Array, linkType = 1, originalLength = bytes.length): TcpSegment => {
  const result = decode(bytes, linkType, originalLength);
  if (result === undefined || 'undecodable' in result) throw new Error(JSON.stringify(result));
  return result;
};

const TCP = buildTcp({ seq: 0xfffffffe, ack: 7, flags: 'P.', payloadBytes: 11, optionBytes: 12 });
const IPV4 = buildIpv4(TCP);
const IPV6 = buildIpv6(TCP);
const SEGMENT = {
  atNs: 5n,
  sourceAddress: '10.0.0.2',
  sourcePort: 40000,
  destinationAddress: '10.0.0.1',
  destinationPort: 8080,
  seq: 0xfffffffe,
  ack: 7,
  flags: { syn: false, ack: true, fin: false, rst: false, psh: true },
  payloadBytes: 11,
  window: 501,
};
const SEGMENT6 = { ...SEGMENT, sourceAddress: 'fd00::2', destinationAddress: 'fd00::1' };

test.each([
  ['Ethernet, IPv4', 1, buildEthernet(IPV4), SEGMENT],
  ['Ethernet, IPv6', 1, buildEthernet(IPV6, 0x86dd), SEGMENT6],
  ['Ethernet, 802.1Q', 1, buildEthernet(IPV4, 0x0800, [0x8100]), SEGMENT],
  ['Ethernet, tagged twice', 1, buildEthernet(IPV6, 0x86dd, [0x88a8, 0x8100]), SEGMENT6],
  ['NULL, little endian', 0, concat(fields(true, [32, 2]), IPV4), SEGMENT],
  ['NULL, big endian', 0, concat(fields(false, [32, 2]), IPV4), SEGMENT],
  ['NULL, IPv6 of Darwin', 0, concat(fields(true, [32, 30]), IPV6), SEGMENT6],
  ['LOOP', 108, concat(fields(false, [32, 24]), IPV6), SEGMENT6],
  ['RAW, IPv4', 101, IPV4, SEGMENT],
  ['RAW, IPv6', 101, IPV6, SEGMENT6],
  ['IPV4', 228, IPV4, SEGMENT],
  ['IPV6', 229, IPV6, SEGMENT6],
  ['SLL', 113, concat(new Uint8Array(14), fields(false, [16, 0x0800]), IPV4), SEGMENT],
  ['SLL2', 276, concat(fields(false, [16, 0x86dd]), new Uint8Array(18), IPV6), SEGMENT6],
])('link type %s', (_name, linkType, bytes, expected) => {
  expect(decode(bytes, linkType)).toEqual(expected);
});

test.each([
  ['S', { syn: true, ack: false, fin: false, rst: false, psh: false }],
  ['S.', { syn: true, ack: true, fin: false, rst: false, psh: false }],
  ['F.', { syn: false, ack: true, fin: true, rst: false, psh: false }],
  ['R', { syn: false, ack: false, fin: false, rst: true, psh: false }],
])('flags %s', (flags, expected) => {
  expect(decoded(buildIpv4(buildTcp({ flags })), 101).flags).toEqual(expected);
});

test('IPv4 options are skipped', () => {
  expect(decode(buildIpv4(TCP, { optionBytes: 8 }), 101)).toEqual(SEGMENT);
});

test('the padding of a short Ethernet frame is not payload', () => {
  const bare = buildEthernet(buildIpv4(buildTcp()));
  expect(decoded(concat(bare, new Uint8Array(60 - bare.length))).payloadBytes).toBe(0);
});

test('payload that the snapshot length cut off counts', () => {
  const whole = buildEthernet(buildIpv4(buildTcp({ payloadBytes: 1000 })));
  expect(decoded(whole.subarray(0, 60), 1, whole.length).payloadBytes).toBe(1000);
});

test('TCP options may be cut off', () => {
  expect(decode(IPV4.subarray(0, 40), 101, IPV4.length)).toEqual(SEGMENT);
});

test.each([
  ['IPv4', buildEthernet(buildIpv4(TCP, { totalLength: 0 })), 12],
  ['IPv6', buildEthernet(buildIpv6(TCP, { payloadLength: 0 }), 0x86dd), 12],
])('a length of zero means the length on the wire, %s', (_name, bytes, optionBytes) => {
  const headers = bytes.length - TCP.length + 20 + optionBytes;
  expect(decoded(bytes, 1, headers + 80_000).payloadBytes).toBe(80_000);
});

test('IPv6 extension headers are skipped', () => {
  expect(decode(buildIpv6(TCP, { extensions: [0, 43, 60, 44] }), 101)).toEqual(SEGMENT6);
});

test.each([
  ['ARP', buildEthernet(new Uint8Array(28), 0x0806)],
  ['UDP', buildEthernet(buildIpv4(new Uint8Array(8), { protocol: 17 }))],
  ['ICMPv6', buildEthernet(buildIpv6(new Uint8Array(8), { protocol: 58 }), 0x86dd)],
  [
    'a later fragment of UDP',
    buildEthernet(buildIpv6(TCP, { extensions: [44], protocol: 17, fragmentOffset: 1 }), 0x86dd),
  ],
])('what is not TCP is undefined: %s', (_name, bytes) => {
  expect(decode(bytes)).toBeUndefined();
});

test.each([
  ['link type 105 is not known', 105, IPV4],
  ['link-layer header cut after 13 bytes', 1, buildEthernet(IPV4).subarray(0, 13)],
  ['link-layer header cut after 16', 1, buildEthernet(IPV4, 0x0800, [0x8100]).subarray(0, 16)],
  ['link-layer header cut after 3', 0, IPV4.subarray(0, 3)],
  ['link-layer header cut after 0', 101, new Uint8Array()],
  ['IP version 5', 101, Uint8Array.of(0x50)],
  ['IPv4 header cut', 101, IPV4.subarray(0, 19)],
  ['IPv4 options cut', 101, buildIpv4(TCP, { optionBytes: 8 }).subarray(0, 24)],
  ['not an IPv4 header', 228, IPV6],
  ['not an IPv4 header', 101, concat(Uint8Array.of(0x44), IPV4.subarray(1))],
  ['TCP header of 16 bytes', 101, buildIpv4(buildTcp({ optionBytes: -4 }))],
  ['not an IPv6 header', 229, concat(IPV4, IPV4)],
  ['IPv6 header cut', 101, IPV6.subarray(0, 39)],
  ['IPv6 extension header cut', 101, buildIpv6(TCP, { extensions: [0] }).subarray(0, 47)],
  ['TCP header cut', 101, IPV4.subarray(0, 39)],
  ['TCP header of 32 bytes in a segment of 30', 101, buildIpv4(TCP, { totalLength: 50 })],
  ['later fragment', 101, buildIpv4(TCP, { fragmentOffset: 185 })],
  ['later fragment', 101, buildIpv6(TCP, { extensions: [44], fragmentOffset: 185 })],
])('%s', (reason, linkType, bytes) => {
  expect(decode(bytes, linkType)).toEqual({ undecodable: expect.stringContaining(reason) });
});
