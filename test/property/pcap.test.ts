import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Capture } from '../../harness/evidence/capture.ts';
import { readCapture } from '../../harness/evidence/capture-file.ts';
import { tcpSegmentOf } from '../../harness/evidence/tcp-segment.ts';
import { buildEthernet, buildIpv4, buildIpv6, buildTcp } from '../helpers/build-segment.ts';
import {
  concat,
  type PacketToWrite,
  pcapngBlocks,
  writeClassicPcap,
} from '../helpers/write-pcap.ts';

const FRAMES = [
  buildEthernet(buildIpv4(buildTcp({ payloadBytes: 3, optionBytes: 8 }))),
  buildEthernet(buildIpv6(buildTcp(), { extensions: [0, 44, 60] }), 0x86dd, [0x8100]),
];

const classicFormat = fc.record({
  linkType: fc.nat(0xffff),
  littleEndian: fc.boolean(),
  nanoseconds: fc.boolean(),
});

/** Whole microseconds, which every format can say. */
const packet: fc.Arbitrary<PacketToWrite> = fc.record({
  atNs: fc.bigInt(0n, 4_294_967_295_999_999n).map((microseconds) => microseconds * 1000n),
  originalLength: fc.nat(0xffffffff),
  bytes: fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.constantFrom(...FRAMES)),
});

interface Section {
  readonly littleEndian: boolean;
  readonly interfaces: readonly { readonly linkType: number; readonly nanoseconds: boolean }[];
  readonly packets: readonly {
    readonly from: number;
    readonly obsolete: boolean;
    readonly packet: PacketToWrite;
    /** Written before the packet; a reader must step over it. */
    readonly strangeBlock: Uint8Array;
  }[];
}

const section: fc.Arbitrary<Section> = fc.record({
  littleEndian: fc.boolean(),
  interfaces: fc.array(fc.record({ linkType: fc.nat(0xffff), nanoseconds: fc.boolean() }), {
    minLength: 1,
    maxLength: 3,
  }),
  packets: fc.array(
    fc.record({
      from: fc.nat(),
      obsolete: fc.boolean(),
      packet,
      strangeBlock: fc.uint8Array({ maxLength: 9 }),
    }),
    { maxLength: 5 },
  ),
});

const writeSection = ({ littleEndian, interfaces, packets }: Section): Uint8Array => {
  const blocks = pcapngBlocks(littleEndian);
  const written = packets.flatMap(({ from, obsolete, packet: { atNs, ...rest }, strangeBlock }) => {
    const number = from % interfaces.length;
    const ticks = interfaces[number]?.nanoseconds ? atNs : atNs / 1000n;
    const write = obsolete ? blocks.obsoletePacket : blocks.enhancedPacket;
    return [blocks.block(0x0bad, strangeBlock), write(number, ticks, rest)];
  });
  const described = interfaces.map(({ linkType, nanoseconds }) =>
    blocks.interfaceDescription({ linkType, ...(nanoseconds ? { resolution: 9 } : {}) }),
  );
  return concat(blocks.sectionHeader(), ...described, ...written);
};

test('classic pcap: what is written is read', () => {
  fc.assert(
    fc.property(fc.array(packet), classicFormat, (packets, format) => {
      const { linkType } = format;
      expect(readCapture(writeClassicPcap(packets, format))).toEqual({
        linkTypes: [linkType],
        packets: packets.map((written) => ({ ...written, linkType })),
      });
    }),
  );
});

test('pcapng: what is written is read', () => {
  fc.assert(
    fc.property(fc.array(section, { minLength: 1, maxLength: 3 }), (sections) => {
      expect(readCapture(concat(...sections.map(writeSection)))).toEqual({
        linkTypes: [
          ...new Set(sections.flatMap(({ interfaces }) => interfaces.map((one) => one.linkType))),
        ],
        packets: sections.flatMap(({ interfaces, packets }) =>
          packets.map(({ from, packet: written }) => ({
            ...written,
            linkType: interfaces[from % interfaces.length]?.linkType,
          })),
        ),
      });
    }),
  );
});

const WHOLE_PACKETS = FRAMES.map((bytes, index) => ({
  atNs: 1_700_000_000_000_000_000n + BigInt(index) * 1000n,
  originalLength: bytes.length,
  bytes,
}));

const wholeSection = (littleEndian: boolean): Uint8Array =>
  concat(
    writeSection({
      littleEndian,
      interfaces: [{ linkType: 1, nanoseconds: true }],
      packets: WHOLE_PACKETS.map((whole, index) => ({
        from: 0,
        obsolete: index > 0,
        packet: whole,
        strangeBlock: Uint8Array.of(1),
      })),
    }),
    pcapngBlocks(littleEndian).simplePacket({ originalLength: 5, bytes: new Uint8Array(5) }),
  );

const FILES: readonly (readonly [string, Uint8Array])[] = [
  ...[true, false].flatMap((littleEndian) =>
    [true, false].map((nanoseconds): [string, Uint8Array] => [
      `pcap, ${littleEndian ? 'little' : 'big'} endian, ${nanoseconds ? 'ns' : 'µs'}`,
      writeClassicPcap(WHOLE_PACKETS, { linkType: 1, littleEndian, nanoseconds }),
    ]),
  ),
  ['pcapng', concat(wholeSection(true), wholeSection(false))],
];

/** Where the file can end without anything being missing: behind a header, packet or block. */
const endsOf = (file: Uint8Array): Set<number> =>
  new Set(
    Array.from({ length: file.length + 1 }, (_, length) => length).filter(
      (length) => readCapture(file.subarray(0, length)).problem === undefined,
    ),
  );

const decodeAll = (capture: Capture): void => {
  for (const captured of capture.packets) tcpSegmentOf(captured);
};

test.each(FILES)('%s, cut anywhere: the packets before the cut, and a problem', (_name, file) => {
  const whole = readCapture(file);
  expect(whole.problem).toBeUndefined();
  for (let length = 0; length < file.length; length += 1) {
    const { packets, problem } = readCapture(file.subarray(0, length));
    expect(packets).toEqual(whole.packets.slice(0, packets.length));
    expect(problem?.atByte ?? 0).toBeLessThanOrEqual(length);
  }
  const ends = endsOf(file);
  const packetsAtEnds = [...ends].map((end) => readCapture(file.subarray(0, end)).packets.length);
  expect(new Set(packetsAtEnds)).toEqual(new Set([...whole.packets.keys(), whole.packets.length]));
  expect(ends.size).toBeLessThan(file.length / 8);
});

test.each(FILES)('%s, damaged anywhere: it is read as far as it goes', (_name, file) => {
  for (const [at, byte] of file.entries()) {
    for (const damage of [0xff, 0x80, 0x01]) {
      const damaged = Uint8Array.from(file);
      damaged[at] = byte ^ damage;
      const capture = readCapture(damaged);
      expect(capture.packets.length).toBeLessThanOrEqual(file.length / 16);
      expect(capture.packets.length + (capture.problem === undefined ? 0 : 1)).toBeGreaterThan(0);
      decodeAll(capture);
    }
  }
});

const MAGICS = [
  [0xa1, 0xb2, 0xc3, 0xd4],
  [0x4d, 0x3c, 0xb2, 0xa1],
  [0x0a, 0x0d, 0x0d, 0x0a, 0, 0, 0, 12, 0x1a, 0x2b, 0x3c, 0x4d],
  [0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 1, 0],
  [],
];

test('any bytes behind any magic are read without an exception', () => {
  fc.assert(
    fc.property(fc.constantFrom(...MAGICS), fc.uint8Array({ maxLength: 300 }), (magic, bytes) => {
      const file = Uint8Array.from([...magic, ...bytes]);
      const { packets, problem } = readCapture(file);
      expect(packets.length + (problem === undefined ? 0 : 1)).toBeGreaterThan(0);
      expect(problem?.atByte ?? 0).toBeLessThanOrEqual(file.length);
    }),
    { numRuns: 2000 },
  );
});

test('any bytes are a segment, another protocol or undecodable', () => {
  const linkType = fc.constantFrom(0, 1, 101, 108, 113, 228, 229, 276, 9);
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 120 }),
    fc
      .tuple(fc.constantFrom(...FRAMES), fc.nat(), fc.nat(255))
      .map(([frame, at, byte]) =>
        frame.map((old, index) => (index === at % frame.length ? byte : old)),
      ),
  );
  fc.assert(
    fc.property(linkType, bytes, fc.nat(0xffffffff), (type, captured, originalLength) => {
      const result = tcpSegmentOf({ atNs: 0n, linkType: type, originalLength, bytes: captured });
      if (result === undefined || 'undecodable' in result) return;
      expect(result.payloadBytes).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 5000 },
  );
});
