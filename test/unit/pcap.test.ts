import { expect, test } from 'vitest';
import { readCapture } from '../../harness/evidence/capture-file.ts';
import { concat, fields, writeClassicPcap } from '../helpers/write-pcap.ts';

const LITTLE_ENDIAN_US = { linkType: 1, littleEndian: true, nanoseconds: false };
const PACKETS = [
  { atNs: 1_700_000_000_123_456_000n, originalLength: 90, bytes: Uint8Array.from([1, 2, 3]) },
  { atNs: 4_294_967_295_999_999_000n, originalLength: 2, bytes: Uint8Array.from([4, 5]) },
];

test.each([
  { littleEndian: true, nanoseconds: false },
  { littleEndian: false, nanoseconds: false },
  { littleEndian: true, nanoseconds: true },
  { littleEndian: false, nanoseconds: true },
])('reads classic pcap: %o', (format) => {
  const capture = readCapture(writeClassicPcap(PACKETS, { ...format, linkType: 113 }));
  expect(capture).toEqual({
    linkTypes: [113],
    packets: PACKETS.map((packet) => ({ ...packet, linkType: 113 })),
  });
});

test('a known file byte by byte', () => {
  const bytes = Uint8Array.from([
    ...[0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0],
    ...[1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0x3c, 0, 0, 0, 0xee],
  ]);
  expect(readCapture(bytes)).toEqual({
    linkTypes: [1],
    packets: [
      { atNs: 1_000_002_000n, linkType: 1, originalLength: 60, bytes: Uint8Array.of(0xee) },
    ],
  });
});

test('a file cut in a packet gives the packets before it and the place', () => {
  const whole = writeClassicPcap(PACKETS, LITTLE_ENDIAN_US);
  const capture = readCapture(whole.subarray(0, whole.length - 1));
  expect(capture.packets).toHaveLength(1);
  expect(capture.problem).toEqual({
    atByte: 24 + 16 + 3,
    message: 'The file ends after 1 of the 2 bytes of a packet.',
  });
});

test('a file cut in a packet header', () => {
  const whole = writeClassicPcap(PACKETS, LITTLE_ENDIAN_US);
  expect(readCapture(whole.subarray(0, 24 + 5)).problem).toEqual({
    atByte: 24,
    message: 'The file ends after 5 of the 16 bytes of a packet header.',
  });
});

test('a packet length of 4 GiB is not believed', () => {
  const header = writeClassicPcap([], LITTLE_ENDIAN_US);
  const record = fields(true, [32, 1], [32, 0], [32, 0xffffffff], [32, 60]);
  expect(readCapture(concat(header, record)).problem?.message).toBe(
    'The file ends after 0 of the 4294967295 bytes of a packet.',
  );
});

test('a second has no more than a million microseconds', () => {
  const header = writeClassicPcap([], LITTLE_ENDIAN_US);
  const record = fields(true, [32, 1], [32, 1_000_000], [32, 0], [32, 60]);
  expect(readCapture(concat(header, record)).problem?.message).toContain('Not a packet header');
});

test.each([
  ['empty', [], 'The capture file is empty.'],
  ['two bytes', [0xd4, 0xc3], 'The capture file ends after 2 of the 4 bytes that tell its format.'],
  ['gzip', [0x1f, 0x8b, 0x08, 0, 1], 'Neither pcap nor pcapng: the file starts with 1f 8b 08 00.'],
  [
    'a cut header',
    [0xd4, 0xc3, 0xb2, 0xa1, 2],
    'The file ends after 5 of the 24 bytes of its header.',
  ],
])('what is no capture is only a problem: %s', (_name, bytes, message) => {
  expect(readCapture(Uint8Array.from(bytes))).toEqual({
    linkTypes: [],
    packets: [],
    problem: { atByte: 0, message },
  });
});

test('another version of the format is not guessed at', () => {
  const bytes = writeClassicPcap(PACKETS, LITTLE_ENDIAN_US);
  bytes[4] = 3;
  expect(readCapture(bytes).problem?.message).toContain('Version 3.4');
});

test('bits about the frame check sequence do not belong to the link type', () => {
  const bytes = writeClassicPcap(PACKETS, { ...LITTLE_ENDIAN_US, linkType: 0x44000001 });
  expect(readCapture(bytes).linkTypes).toEqual([1]);
});
